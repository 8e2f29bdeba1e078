package modelfile

import (
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// Alert is one alert of the file, and the connection whose records it watches.
type Alert struct {
	Connection string
	alert.Rule
}

// AlertsOf are the alerts that watch a connection.
func (f *File) AlertsOf(connection string) (rules []alert.Rule) {
	for _, a := range f.Alerts {
		if a.Connection == connection {
			rules = append(rules, a.Rule)
		}
	}
	return rules
}

const (
	defaultMargin   = 5
	defaultCoolDown = 14 * day
	defaultPerOwner = 10
	defaultDigest   = 8*60 + 30
)

func (b *builder) alerts(f *File, n *node) {
	names := map[string]bool{}
	for _, item := range itemsOf(n) {
		a := Alert{Rule: alert.Rule{
			Name: textOf(item.get("name")), Enters: textsOf(item.get("enters")), Keeps: textsOf(item.get("keeps")), To: textsOf(item.get("to")),
			Margin: defaultMargin, CoolDown: defaultCoolDown, PerOwner: defaultPerOwner, Digest: defaultDigest, Backfill: textOf(item.get("backfill")) == "true",
		}}
		if names[a.Name] {
			b.add(item.get("name").span(b.src), "two alerts are called "+quote(a.Name), "Give each its own name: alerts remember people by it.")
		}
		names[a.Name] = true
		b.alertBand(&a.Rule, item)
		b.alertPlace(f, &a, item)
		for key, set := range map[string]func(*node){
			"cool_down": func(v *node) { a.CoolDown = time.Duration(durationOf(v)) },
			"per_owner": func(v *node) { a.PerOwner = wholeOf(v.text) },
			"digest":    func(v *node) { a.Digest = clockOf(v) },
			"quiet":     func(v *node) { a.Quiet = b.quiet(v) },
		} {
			if v := item.get(key); v != nil {
				set(v)
			}
		}
		b.alertShow(f, &a, item.get("show"))
		f.Alerts = append(f.Alerts, a)
	}
}

// alertBand reads which band it is.
func (b *builder) alertBand(r *alert.Rule, item *node) {
	enters, score := item.get("enters"), item.get("score")
	switch {
	case enters == nil && score == nil:
		b.add(item.span(b.src), "alert "+quote(r.Name)+" says of no band", `Add enters with labels or grades, as in enters: "A1 A2", or a score, as in score: 80.`)
	case enters != nil && score != nil:
		b.add(score.span(b.src), "alert "+quote(r.Name)+" has enters and score", "Keep one of them; two alerts can tell of two bands.")
	}
	r.Score = optional(score)
	for key, with := range map[string]*node{"margin": score, "keeps": enters} {
		if stray := item.get(key); stray != nil && with == nil {
			beside := map[string]string{"margin": "score", "keeps": "enters"}[key]
			b.add(stray.span(b.src), key+" only makes sense beside "+beside, "Remove it.")
		}
	}
	if v := item.get("margin"); v != nil {
		r.Margin = numberOf(v)
	}
}

// alertPlace reads which connection it is.
func (b *builder) alertPlace(f *File, a *Alert, item *node) {
	var all []string
	for _, c := range f.Connections {
		all = append(all, c.Name)
	}
	if len(all) > 0 {
		a.Connection = all[0]
	}
	in := item.get("in")
	if in == nil {
		return
	}
	a.Connection = in.text
	if !slices.Contains(all, in.text) {
		b.add(in.span(b.src), "there is no connection "+quote(in.text), "Connections are "+listing(all)+".")
	}
}

func (b *builder) quiet(n *node) *alert.Quiet {
	from, to := n.get("from"), n.get("to")
	if (from == nil) != (to == nil) {
		b.add(n.span(b.src), "quiet hours have a beginning and an end", `Write both, as in quiet: {from: "19:00", to: "08:00"}.`)
	}
	return &alert.Quiet{From: clockOf(from), To: clockOf(to), Weekends: textOf(n.get("weekends")) == "true"}
}

// clockOf reads a time of day the shapes have checked.
func clockOf(n *node) alert.Clock {
	c, _ := alert.ParseClock(textOf(n))
	return c
}

// alertShow finds the fields of the attributes that are shown, as the watched connection's records have them.
func (b *builder) alertShow(f *File, a *Alert, n *node) {
	if n == nil {
		return
	}
	items := n.items
	if n.kind != listNode {
		items = []*node{n}
	}
	for _, item := range items {
		i := slices.IndexFunc(f.Mapping.Attributes, func(s mapping.AttributeSpec) bool { return s.Name == item.text })
		if i < 0 || len(f.Mapping.Attributes[i].From) == 0 {
			b.add(item.span(b.src), "there is no attribute "+quote(item.text)+" with a field to show", "Name an attribute of people that comes from a field.")
			continue
		}
		shown := alert.Shown{Name: item.text}
		for _, field := range f.Mapping.Attributes[i].From {
			if f.Mapping.Joined != nil {
				of, own, _ := strings.Cut(field, ".")
				if of != a.Connection {
					continue
				}
				field = own
			}
			shown.Fields = append(shown.Fields, field)
		}
		a.Show = append(a.Show, shown)
	}
}

// checkAlerts compares the alerts with what the model can show, and with what is written: an alert follows what a record
// shows.
func (f *File) checkAlerts() []scoring.Problem {
	var problems []scoring.Problem
	for i := range f.Alerts {
		a, path := &f.Alerts[i], "$.alerts["+itoa(i)+"]"
		if a.Score != nil {
			problems = append(problems, f.reachable(a, path)...)
			problems = append(problems, f.needsWritten(a, mapping.KeyScore, path+".score")...)
			continue
		}
		var more []scoring.Problem
		a.Enters, more = f.band(a, a.Enters, path+".enters")
		problems = append(problems, more...)
		if len(a.Keeps) > 0 {
			a.Keeps, more = f.band(a, a.Keeps, path+".keeps")
			problems = append(problems, more...)
		}
	}
	return problems
}

func (f *File) reachable(a *Alert, path string) []scoring.Problem {
	least, most := f.Model.OverallRange()
	if *a.Score > least.Float() && *a.Score <= most.Float() {
		return nil
	}
	message, hint := "no score ever reaches "+plainNumber(*a.Score), "scores go from "+least.String()+" to "+most.String()
	if *a.Score <= least.Float() {
		message = "every score is at least " + plainNumber(*a.Score)
	}
	return []scoring.Problem{{Path: path + ".score", Message: message, Hint: hint}}
}

// band splits a list of labels and grades. Labels may hold spaces.
func (f *File) band(a *Alert, texts []string, path string) (names []string, problems []scoring.Problem) {
	labels, grades := f.Model.Labels(), f.Model.Grades()
	for _, text := range texts {
		parts := strings.Fields(text)
		if slices.Contains(labels, text) {
			parts = []string{text}
		}
		for _, name := range parts {
			switch {
			case slices.Contains(labels, name):
				problems = append(problems, f.needsWritten(a, mapping.KeyLabel, path)...)
			case slices.Contains(grades, name):
				problems = append(problems, f.needsWritten(a, mapping.KeyGrade, path)...)
			default:
				problems = append(problems, scoring.Problem{Path: path, Message: quote(name) + " is neither a label nor a grade of this model", Hint: choices(labels, grades)})
			}
			names = append(names, name)
		}
	}
	return names, slices.CompactFunc(problems, func(a, b scoring.Problem) bool { return a.Message == b.Message })
}

func choices(labels, grades []string) string {
	if len(labels)+len(grades) == 0 {
		return "the model has no section grade: add one, or write score: 80"
	}
	return "known: " + listing(slices.Concat(labels, grades))
}

// needsWritten reports a band by something that records do not show.
func (f *File) needsWritten(a *Alert, key, path string) []scoring.Problem {
	fields := f.Mapping.Write.Fields
	if j := f.Mapping.Joined; j != nil {
		fields = j.Writes[a.Connection].Fields
	}
	if slices.ContainsFunc(fields, func(w mapping.WriteField) bool { return w.Key == key }) {
		return nil
	}
	return []scoring.Problem{{Path: path, Message: "alerts follow what records show, and the " + key + " is not written", Hint: "add " + key + " to write.people"}}
}
