package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

// visit is one look at an installation: what was learnt so far, and what was found.
type visit struct {
	p        *program
	sendTest bool // messages are sent, which say that they are tests
	findings []finding
	failed   map[string]bool // checks that found something wrong, or were not made

	file      *modelfile.File
	conn      modelfile.Connection
	connector crm.Connector
	schemas   map[string]crm.Schema
}

// check is one thing to look at, and the checks without which it makes no sense.
type check struct {
	name  string
	needs []string
	look  func(context.Context) []finding

	connection string // what it is about; "" for the whole file
	of         string // the same, where there are several
}

// plan lists the checks: of the whole, of each connection, of the whole again.
func (v *visit) plan(connections []string) []check {
	all := []check{
		{name: "model", look: v.model},
		{name: "state", look: v.state},
		{name: "schedule", needs: []string{"model"}, look: v.schedule},
	}
	for _, name := range connections {
		for _, c := range v.ofConnection() {
			c.connection = name
			if len(connections) > 1 {
				c.of = name
			}
			all = append(all, c)
		}
	}
	return all
}

func (v *visit) ofConnection() []check {
	return []check{
		{name: "credential", needs: []string{"model"}, look: v.credential},
		{name: "account", needs: []string{"credential"}, look: v.account},
		{name: "fields", needs: []string{"account"}, look: v.fields},
		{name: "rights", needs: []string{"account"}, look: v.rights},
		{name: "calls", needs: []string{"account"}, look: v.calls},
		{name: "clock", needs: []string{"account"}, look: v.clock},
		{name: "record", needs: []string{"fields", "rights"}, look: v.record},
		{name: "alerts", needs: []string{"account"}, look: v.alerts},
	}
}

// missing is the first needed check that failed, "" when none did.
func (v *visit) missing(needs []string) string {
	i := slices.IndexFunc(needs, func(name string) bool { return v.failed[name] })
	if i < 0 {
		return ""
	}
	return needs[i]
}

func (v *visit) count(s status) (n int) {
	for _, f := range v.findings {
		if f.Status == s {
			n++
		}
	}
	return n
}

func fine(format string, args ...any) []finding {
	return []finding{{Status: right, Says: fmt.Sprintf(format, args...)}}
}

// mistakes are the findings of an error: one for each of those that were joined.
func mistakes(err error) []finding {
	if u, ok := err.(usageError); ok { //nolint:errorlint // err itself
		err = u.err
	}
	one, told := err.(*crm.Error) //nolint:errorlint // err itself, not a part of it
	if joined, ok := err.(interface{ Unwrap() []error }); ok && !told {
		var all []finding
		for _, part := range joined.Unwrap() {
			all = append(all, mistakes(part)...)
		}
		return all
	}
	if !errors.As(err, &one) {
		return []finding{{Status: wrong, Says: err.Error()}}
	}
	bare := *one
	bare.Hint = ""
	return []finding{{Status: wrong, Says: bare.Error(), Do: one.Hint}}
}

func (v *visit) model(context.Context) (found []finding) {
	var err error
	if v.file, err = v.p.load(); err != nil {
		return mistakes(err)
	}
	return fine("%s: %s, %s", v.file.Name, counted(len(v.file.Mapping.Attributes), "attribute", "attributes"),
		counted(len(v.file.Model.Scores()), "score", "scores"))
}

func (v *visit) credential(context.Context) []finding {
	for _, c := range v.ofConnection() { // those of the connection before say nothing of this one
		v.failed[c.name] = false
	}
	s, err := v.p.open()
	if err != nil {
		return mistakes(err)
	}
	v.file, v.conn, v.connector = s.file, s.Connection, s.crm
	return fine("%s has one for %s", v.conn.Name, v.conn.CRM)
}

func (v *visit) account(ctx context.Context) []finding {
	account, err := v.connector.Account(ctx)
	if err != nil {
		return mistakes(err)
	}
	return fine("%s account %s, time zone %s", v.conn.CRM, account.ID, cmp.Or(account.TimeZone, "not told"))
}

// fields compares the model with what the CRM describes.
func (v *visit) fields(ctx context.Context) []finding {
	var err error
	if v.schemas, err = describeNeeded(ctx, v.file, v.connector); err != nil {
		return mistakes(err)
	}
	var found []finding
	for _, problem := range v.file.Validate(v.schemas) {
		f := finding{Status: wrong, Says: fmt.Sprintf("%s (%s)", problem.Message, v.line(problem)), Do: problem.Hint}
		if problem.Warning {
			f.Status = look
		}
		found = append(found, f)
	}
	if slices.ContainsFunc(found, func(f finding) bool { return f.Status == wrong }) {
		return found
	}
	need, reads, writes := v.file.Need(), 0, 0
	for object := range v.schemas {
		reads += len(need.Read[object])
		writes += len(need.Write[object])
	}
	return append(fine("all %d to read and all %d to write are there", reads, writes), found...)
}

// line is where the model file says what a problem is about.
func (v *visit) line(problem scoring.Problem) string {
	line, _ := v.file.Position(problem)
	return fmt.Sprintf("%s:%d", v.file.Name, line)
}

// rights asks the connector for everything that would stop a run. Fields that are missing were told before.
func (v *visit) rights(ctx context.Context) []finding {
	need := v.file.Need()
	for object, s := range v.schemas {
		known := func(name string) bool { _, ok := s.Field(name); return ok }
		need.Read[object] = keep(need.Read[object], known)
		need.Write[object] = keep(need.Write[object], known)
	}
	if err := v.connector.Check(ctx, need); err != nil {
		return mistakes(err)
	}
	if v.failed["fields"] {
		return fine("the credential may read and write the fields that are there")
	}
	return fine("the credential may read and write everything the model names")
}

func keep(names []string, is func(string) bool) (kept []string) {
	for _, name := range names {
		if is(name) {
			kept = append(kept, name)
		}
	}
	return kept
}

func (v *visit) calls(context.Context) []finding {
	m, ok := v.connector.(crm.Metered)
	if !ok {
		return fine("%s counts none", v.conn.CRM)
	}
	u := m.Usage()
	if u.DailyLimit == 0 {
		return []finding{{Status: look, Says: "the CRM did not tell how many calls are left today"}}
	}
	says := fmt.Sprintf("%s of %s left today", number(u.DailyLeft), number(u.DailyLimit))
	if u.DailyLeft < u.DailyLimit/10 {
		return []finding{{Status: look, Says: says, Do: "Find out who spends them; a run stops kindly when they are spent, and goes on the next day"}}
	}
	return fine("%s", says)
}

// clockSlack is how far clocks may be apart before it matters to scores.
const clockSlack = 5 * time.Minute

func (v *visit) clock(context.Context) []finding {
	m, ok := v.connector.(crm.Metered)
	if !ok {
		return fine("the CRM has none of its own")
	}
	ahead := m.Usage().Clock
	if ahead.Abs() <= clockSlack {
		return fine("agrees with the CRM's to %s", max(time.Second, ahead.Abs().Round(time.Second)))
	}
	which := "ahead of"
	if ahead < 0 {
		which = "behind"
	}
	return []finding{{Status: look, Says: fmt.Sprintf("the CRM's is %s %s this machine's", ahead.Abs().Round(time.Second), which),
		Do: "Set this machine's clock: points that fall with age are computed for the wrong moment"}}
}

// record takes one person through mapping and scoring. Activity is left aside: it would have to be read whole.
func (v *visit) record(ctx context.Context) []finding {
	for page, err := range v.connector.Records(ctx, crm.Query{Object: crm.People, Fields: v.file.Mapper.Need().Read[crm.People]}) {
		if err != nil {
			return mistakes(err)
		}
		if len(page.Items) == 0 {
			continue
		}
		return v.score(page.Items[0])
	}
	return []finding{{Status: look, Says: "the account has no people yet"}}
}

func (v *visit) score(rec crm.Record) []finding {
	now := v.p.now().UTC()
	var subject scoring.Subject
	var result scoring.Result
	warnings := v.file.Mapper.Subject(mapping.Input{Person: v.file.Mapper.Own(rec.Fields)}, now, &subject)
	v.file.Model.Score(&subject, now, &result)
	skip, no := v.file.Mapper.Skip(v.file.Mapper.Own(rec.Fields))
	wanted := v.file.Mapper.Show(v.file.Model, &result, "", now, skip)
	filled := 0
	for _, value := range wanted {
		if value != "" {
			filled++
		}
	}
	what := fmt.Sprintf("would show %s of %s", counted(filled, "field", "fields"), number(len(wanted)))
	if no {
		what = "would be left alone: " + skip
	}
	found := fine("%s (the first one, without its activity) %s; nothing was written", rec.ID, what)
	for _, w := range warnings {
		found = append(found, finding{Status: look, Says: w.Name + ": " + w.Message})
	}
	return found
}

// state opens the state as a run would.
func (v *visit) state(ctx context.Context) []finding {
	path, err := v.p.statePlace()
	if err != nil {
		return mistakes(err)
	}
	store, err := v.p.openStore(ctx)
	if errors.Is(err, worker.ErrStoreLocked) {
		return []finding{{Status: look, Says: err.Error(), Do: "Nothing, if that is the worker: it holds the file as long as it runs"}}
	}
	if err != nil {
		return mistakes(err)
	}
	if err := store.Close(); err != nil {
		return mistakes(err)
	}
	return fine("%s can be read and written", path)
}

// schedule says when the next runs are due.
func (v *visit) schedule(context.Context) []finding {
	s := v.file.Schedule
	now := v.p.now().In(s.TimeZone)
	var due []string
	for _, each := range []struct{ kind, spec string }{{"sync", s.Sync}, {"rescore", s.Rescore}, {"reload", s.Reload}, {"fit", s.Fit}} {
		if each.spec == "" {
			continue
		}
		times, err := cron.ParseStandard(each.spec)
		if err != nil {
			return []finding{{Status: wrong, Says: fmt.Sprintf("%s %q: %v", each.kind, each.spec, err)}}
		}
		next := times.Next(now)
		if next.IsZero() {
			return []finding{{Status: wrong, Says: fmt.Sprintf("%s %q is never due", each.kind, each.spec), Do: "Name a day that exists"}}
		}
		due = append(due, each.kind+" "+next.Format("Mon 2 Jan 15:04"))
	}
	if len(due) == 0 {
		return []finding{{Status: look, Says: "the model file has none", Do: "Add one for bareme run, or call bareme sync yourself"}}
	}
	return fine("next: %s (%s)", strings.Join(due, ", "), s.TimeZone)
}
