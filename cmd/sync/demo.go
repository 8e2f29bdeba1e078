package main

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func (p *program) demoCommand() *cobra.Command {
	var d demo
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work on a made-up CRM",
		Long: `Starts a sandbox with invented people, creates the score fields, scores everybody, lets a day pass in which people click,
meet and buy, scores what changed, and shows the result. Needs no account and no network.

With --crm both, marketing is in HubSpot and sales in Salesforce: about half of the people are known to both, and are scored
once with what both know.`,
		Example: example("bareme demo", "bareme demo --crm both", "bareme demo --people 5000 --seed 7", "bareme demo --serve   # keeps the sandbox up to try commands on"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.demo(cmd.Context(), d)
		},
	}
	cmd.Flags().StringVar(&d.crm, "crm", "hubspot", "hubspot, salesforce or both")
	cmd.Flags().IntVar(&d.people, "people", 2000, "how many people to invent")
	cmd.Flags().Int64Var(&d.seed, "seed", 1, "the same seed gives the same people")
	cmd.Flags().BoolVar(&d.keep, "serve", false, "keep the sandbox up afterwards")
	return cmd
}

// changes is how many records change in the demo's day, and how many of them it tells.
const (
	changes      = 40
	changesShown = 8
)

// demo is what a demonstration is asked for.
type demo struct {
	crm    string
	people int
	seed   int64
	keep   bool
}

func (p *program) demo(ctx context.Context, d demo) (err error) {
	stage, ok := stages()[d.crm]
	if !ok {
		return usagef("--crm %q is not known: it is hubspot, salesforce or both", d.crm)
	}
	dir, err := os.MkdirTemp("", "bareme-demo-")
	if err != nil {
		return err
	}
	if !d.keep {
		defer func() { _ = os.RemoveAll(dir) }()
	}
	var ahead time.Duration
	p.now = func() time.Time { return time.Now().Add(ahead) }
	p.flags.model, p.flags.state, p.flags.connection = filepath.Join(dir, "bareme.yaml"), filepath.Join(dir, "bareme.db"), ""
	if err := os.WriteFile(p.flags.model, stage.model, 0o600); err != nil {
		return err
	}
	raised, err := p.raise(ctx, stage, d)
	defer func() {
		if cerr := raised.close(); err == nil {
			err = cerr
		}
	}()
	if err != nil {
		return err
	}
	aDay := func() {
		ahead += 24 * time.Hour
		raised.pass(24 * time.Hour)
	}
	if err := p.demoRuns(ctx, stage, raised, aDay, d); err != nil {
		return err
	}
	p.demoNext(raised, dir, d)
	if d.keep {
		<-ctx.Done()
	}
	return nil
}

func (p *program) demoRuns(ctx context.Context, stage stage, raised raisedBoxes, aDay func(), d demo) error {
	p.printf("%s\n\n1. Create the fields scores are written to\n", stage.about(d.people))
	if err := p.provision(ctx); err != nil {
		return err
	}
	p.printf("\n2. First sync: read everything, score everybody, write\n")
	if err := p.sync(ctx, worker.Options{Kind: worker.Sync, Accept: true}); err != nil {
		return err
	}
	aDay()
	p.printf("\n3. A day passes: people click, meet, change jobs and buy\n")
	happened := raised.drift(changes)
	for _, what := range happened[:min(changesShown, len(happened))] {
		p.printf("  %s\n", what)
	}
	p.printf("  … and %d more\n", max(0, len(happened)-changesShown))
	p.printf("\n4. Second sync: what changed, and our own writes coming back, which are recognised\n")
	if err := p.sync(ctx, worker.Options{Kind: worker.Sync}); err != nil {
		return err
	}
	p.printf("\n5. The result\n\n")
	if len(raised) > 1 {
		if err := p.identity(ctx); err != nil {
			return err
		}
		p.printf("\n")
	}
	return p.demoResult(ctx)
}

// demoResult shows the people of the first connection, and its companies.
func (p *program) demoResult(ctx context.Context) (err error) {
	g, sites, err := p.group(ctx)
	if err != nil {
		return err
	}
	w, file := g[0], sites[0].file
	defer closing(w.Store, &err)
	t, err := w.Store.Tally(ctx, worker.PeopleOf(w.Connection))
	if err != nil {
		return err
	}
	if len(g) > 1 {
		p.printf("%s: ", w.Connection)
	}
	p.printPopulation(t)
	lang := file.Mapper.Language()
	leads, err := best(ctx, w, crm.People, 10, lang)
	if err != nil {
		return err
	}
	p.printf("\nThe ten best leads\n")
	p.printLeads(leads)
	if firms := w.OfCompanies(); firms != nil {
		leads, err := best(ctx, firms, crm.Companies, 3, lang)
		if err != nil {
			return err
		}
		p.printf("\nThe three best companies, by what they are and by their people\n")
		p.printLeads(leads)
	}
	return nil
}

func (p *program) printLeads(leads []lead) {
	for i, l := range leads {
		p.printf("%3d. %s\n     score %s  grade %s  %s  %s\n", i+1, l.name, trimmed(l.why.Overall), orDash(l.why.Grade), orDash(l.why.Label), orDash(l.why.Trend))
		for _, reason := range l.reasons {
			p.printf("     %+6.1f  %s\n", reason.Points.Float(), reason.Text)
		}
	}
}

func (p *program) demoNext(raised raisedBoxes, dir string, d demo) {
	p.printf("\nNext\n")
	if d.keep {
		for _, b := range raised {
			p.printf("  The %s sandbox stays up at %s until Ctrl-C.\n", b.name, b.served.url)
		}
		p.printf("  In another terminal:\n")
		for _, b := range raised {
			p.printf("    export %s\n", b.environment)
		}
		p.printf("    export BAREME_MODEL=%s BAREME_STATE=%s\n    bareme preview\n", filepath.Join(dir, "bareme.yaml"), filepath.Join(dir, "bareme.db"))
		return
	}
	p.printf("  bareme demo --serve       keep the sandbox up and try commands on it\n")
	if d.crm == "hubspot" {
		p.printf("  bareme demo --crm both    one person in HubSpot and Salesforce, scored once\n" +
			"  bareme init               write a model file for your own HubSpot account (BAREME_HUBSPOT_TOKEN)\n" +
			"  docs/hubspot.md           which scopes the token needs\n")
		return
	}
	p.printf("  bareme init --crm salesforce   write a model file for your own org\n" +
		"  docs/salesforce.md        the user, the app and the rights it needs\n")
	if d.crm == "both" {
		p.printf("  docs/identity.md          how one person is recognised in both\n")
	}
}

// lead is one person or company for people to read: the only place where names are shown, read from the CRM for the purpose and
// kept nowhere.
type lead struct {
	name    string
	why     worker.Explanation
	reasons []reasonText
}

// best returns the people, or companies, with the highest scores. w scores them.
func best(ctx context.Context, w *worker.Worker, object string, n int, lang string) ([]lead, error) {
	top, err := w.Store.Best(ctx, worker.Population{Connection: w.Connection, Object: object}, n)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(top))
	for i, s := range top {
		ids[i] = s.ID
	}
	names, err := names(ctx, w.CRM, object, ids)
	if err != nil {
		return nil, err
	}
	leads := make([]lead, len(top))
	for i, id := range ids {
		e, err := w.Explain(ctx, id, lang)
		if err != nil {
			return nil, err
		}
		leads[i] = lead{name: names[id], why: e, reasons: strongest(e, 4)}
	}
	// They were the best when they were scored; since then, points have faded.
	slices.SortStableFunc(leads, func(a, b lead) int { return cmp.Compare(b.why.Overall, a.why.Overall) })
	return leads, nil
}

// names reads what people are called, for those CRMs whose field names we know.
func names(ctx context.Context, c crm.Connector, object string, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = "record " + id
	}
	reader, ok := c.(crm.Reader)
	if !ok {
		return out, nil
	}
	schema, err := c.Describe(ctx, object)
	if err != nil {
		return nil, err
	}
	var fields []string
	for _, name := range []string{"name", "firstname", "lastname", "jobtitle", "company", "city", "Name", "Title", "Company", "BillingCity"} {
		if _, ok := schema.Field(name); ok && (object == crm.Companies || name != "city") {
			fields = append(fields, name)
		}
	}
	records, err := reader.Read(ctx, object, ids, fields)
	if err != nil {
		return nil, err
	}
	for _, rec := range records {
		name := strings.TrimSpace(rec.Fields["name"] + rec.Fields["Name"] + rec.Fields["firstname"] + " " + rec.Fields["lastname"])
		for _, field := range []string{"city", "BillingCity", "jobtitle", "Title", "company", "Company"} {
			if more := rec.Fields[field]; more != "" {
				name += ", " + more
			}
		}
		out[rec.ID] = name
	}
	return out, nil
}
