package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	connector "github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/worker"
)

func (p *program) demoCommand() *cobra.Command {
	var people int
	var seed int64
	var keep bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work on a made-up CRM",
		Long: `Starts a HubSpot sandbox with invented people, creates the score fields, scores everybody, lets a day pass in which people
click, meet and buy, scores what changed, and shows the result. Needs no account and no network.`,
		Example: example("bareme demo", "bareme demo --people 5000 --seed 7", "bareme demo --serve   # keeps the sandbox up to try commands on"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.demo(cmd.Context(), people, seed, keep)
		},
	}
	cmd.Flags().IntVar(&people, "people", 2000, "how many people to invent")
	cmd.Flags().Int64Var(&seed, "seed", 1, "the same seed gives the same people")
	cmd.Flags().BoolVar(&keep, "serve", false, "keep the sandbox up afterwards")
	return cmd
}

// changes is how many records change in the demo's day, and how many of them it tells.
const (
	changes      = 40
	changesShown = 8
)

func (p *program) demo(ctx context.Context, people int, seed int64, keep bool) (err error) {
	dir, err := os.MkdirTemp("", "bareme-demo-")
	if err != nil {
		return err
	}
	if !keep {
		defer func() { _ = os.RemoveAll(dir) }()
	}
	var ahead time.Duration
	p.now = func() time.Time { return time.Now().Add(ahead) }
	box := hubspot.New(hubspot.Options{Seed: seed, People: people})
	aDay := func() {
		ahead += 24 * time.Hour
		box.Pass(24 * time.Hour)
	}
	s, err := serve(ctx, "127.0.0.1:0", box)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := s.close(); err == nil {
			err = cerr
		}
	}()
	if err := p.demoSettings(dir, s.url); err != nil {
		return err
	}
	if err := p.demoRuns(ctx, box, aDay, people); err != nil {
		return err
	}
	p.demoNext(keep, s.url, dir)
	if keep {
		<-ctx.Done()
	}
	return nil
}

// demoSettings points this invocation at the sandbox, whatever the environment says.
func (p *program) demoSettings(dir, url string) error {
	p.flags.model, p.flags.state = filepath.Join(dir, "bareme.yaml"), filepath.Join(dir, "bareme.db")
	p.flags.connection = ""
	p.settings.HubSpot = connector.Settings{BaseURL: url, Token: sandboxToken, APIVersion: connector.Version, DailyShare: 0.5}
	return os.WriteFile(p.flags.model, examples.HubSpot, 0o600)
}

func (p *program) demoRuns(ctx context.Context, box *hubspot.Sandbox, aDay func(), people int) error {
	p.printf("A made-up HubSpot account with %s, real rate limits included.\n\n1. Create the fields scores are written to\n", counted(people, "person", "people"))
	if err := p.provision(ctx); err != nil {
		return err
	}
	p.printf("\n2. First sync: read everything, score everybody, write\n")
	if err := p.sync(ctx, worker.Options{Kind: worker.Sync, Accept: true}); err != nil {
		return err
	}
	aDay()
	p.printf("\n3. A day passes: people click, meet, change jobs and buy\n")
	happened := box.Drift(changes)
	for _, what := range happened[:min(changesShown, len(happened))] {
		p.printf("  %s\n", what)
	}
	p.printf("  … and %d more\n", max(0, len(happened)-changesShown))
	p.printf("\n4. Second sync: what changed, and our own writes coming back, which are recognised\n")
	if err := p.sync(ctx, worker.Options{Kind: worker.Sync}); err != nil {
		return err
	}
	return p.demoResult(ctx)
}

func (p *program) demoResult(ctx context.Context) (err error) {
	w, file, err := p.worker(ctx)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	t, err := w.Store.Tally(ctx, worker.PeopleOf(w.Connection))
	if err != nil {
		return err
	}
	p.printf("\n5. The result\n\n")
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

func (p *program) demoNext(keep bool, url, dir string) {
	p.printf("\nNext\n")
	if keep {
		p.printf("  The sandbox stays up at %s until Ctrl-C. In another terminal:\n", url)
		p.printf("    export BAREME_HUBSPOT_BASE_URL=%s BAREME_HUBSPOT_TOKEN=%s\n", url, sandboxToken)
		p.printf("    export BAREME_MODEL=%s BAREME_STATE=%s\n    bareme preview\n", filepath.Join(dir, "bareme.yaml"), filepath.Join(dir, "bareme.db"))
		return
	}
	p.printf("  bareme demo --serve     keep the sandbox up and try commands on it\n" +
		"  bareme init             write a model file for your own HubSpot account (BAREME_HUBSPOT_TOKEN)\n" +
		"  docs/hubspot.md         which scopes the token needs\n")
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
	fields := []string{"firstname", "lastname", "jobtitle", "company"}
	if object == crm.Companies {
		fields = []string{"name", "city"}
	}
	records, err := reader.Read(ctx, object, ids, fields)
	if err != nil {
		return nil, err
	}
	for _, rec := range records {
		name := strings.TrimSpace(rec.Fields["name"] + rec.Fields["firstname"] + " " + rec.Fields["lastname"])
		for _, more := range []string{rec.Fields["city"], rec.Fields["jobtitle"], rec.Fields["company"]} {
			if more != "" {
				name += ", " + more
			}
		}
		out[rec.ID] = name
	}
	return out, nil
}
