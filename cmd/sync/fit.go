package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/scoring/rfm"
	"github.com/bareme/bareme/worker"
)

// fitFlags say what fit is to do.
type fitFlags struct {
	learnFlags
	out  string
	keep string
	last bool

	calibrate bool
}

func (p *program) fitCommand() *cobra.Command {
	var f fitFlags
	cmd := &cobra.Command{
		Use:   "fit",
		Short: "Learn from history: cut points, and a score proposed from who converted",
		Long: `Has every score by purchases (method: rfm) learn its cut points from everybody in the state file, and shows them with
the segments people fall into. They are used unchanged until the next fit, so that nobody's score moves because others
came or went. The first sync learns by itself; schedule.fit learns again on a schedule.

With a section learn in the model file it also learns which facts tell people who convert from those who do not, judges
that on people it did not learn from, and proposes a score: points for each fact, with the difference from the model in
force. Nothing changes until bareme apply. With --csv it learns from a file instead of the state, through the mapping of
the model. Where there is too little to learn from, or nothing that tells, it says so and proposes nothing.

People are looked at as they stood then: the CRM is asked for the field history of the mapped fields, a batch of people at
a time, and what it tells is not kept. How many calls that takes at most is told first; --offline asks nothing.

Writes no score: the next sync scores everybody.`,
		Example: example("bareme fit", "bareme fit --out proposal.yaml && bareme apply proposal.yaml", "bareme fit --show",
			"bareme fit --csv Leads.csv --outcome Converted --model examples/leads-csv.yaml --out proposal.yaml --keep leads.fit.json", "bareme fit -o json | jq '.[].cuts'"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.fit(cmd.Context(), f) },
	}
	f.learnFlags.add(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "write the proposal to this file, to be read, edited and applied")
	cmd.Flags().StringVar(&f.keep, "keep", "", "with --csv: keep what was learnt in this file, for drift and model card; the state keeps its own")
	cmd.Flags().BoolVar(&f.calibrate, "calibrate", false, "after points were edited by hand: learn the probability of the score anew for the points as they stand")
	cmd.Flags().BoolVar(&f.last, "show", false, "show the last proposal instead of learning anew")
	return cmd
}

func (f *learnFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.csv, "csv", "", "learn from this CSV or XLSX file instead of the state")
	cmd.Flags().StringVar(&f.outcome, "outcome", "", "with --csv: the column that says who converted")
	cmd.Flags().StringVar(&f.positive, "positive", "", "with --outcome: its values that mean yes, separated by commas (default: 1, yes, true …)")
	cmd.Flags().BoolVar(&f.offline, "offline", false, "ask no CRM what people were: of attributes, those under learn.fixed alone are learnt from")
}

func (f *learnFlags) check() error {
	switch {
	case f.csv == "" && f.outcome+f.positive != "":
		return usagef("--outcome and --positive belong to --csv: the model file says what the outcome of the state is, under learn")
	case f.positive != "" && f.outcome == "":
		return usagef("--positive belongs to --outcome")
	}
	return nil
}

func (p *program) fit(ctx context.Context, f fitFlags) (err error) {
	file, err := p.load()
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	purchases := file.Model.Fits() || file.Companies != nil && file.Companies.Model.Fits()
	if !purchases && file.Learn == nil && f.csv == "" {
		return usagef("%s has nothing that learns: no score has method: rfm, and there is no section learn", file.Name)
	}
	if f.calibrate {
		return p.calibrate(ctx, file, f.learnFlags)
	}
	if f.keep != "" && f.csv == "" {
		return usagef("--keep belongs to --csv: what is learnt from the state is kept in the state")
	}
	if f.csv != "" {
		made, err := p.propose(ctx, nil, file, f.learnFlags)
		if err != nil {
			return err
		}
		if err := keepFit(f.keep, made.Proposal); err != nil {
			return err
		}
		return p.tellProposed(made, nil, f.out)
	}
	w, err := p.snapshot(ctx, file)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	if f.last {
		made, err := p.lastProposed(ctx, w, file)
		if err != nil {
			return err
		}
		return p.tellProposed(made, nil, f.out)
	}
	fits, err := p.fitPurchases(ctx, w)
	if file.Learn == nil || err != nil {
		return p.tellFits(fits, err)
	}
	made, err := p.propose(ctx, w, file, f.learnFlags)
	if err != nil {
		if !p.json() {
			p.printFits(fits)
		}
		return err
	}
	return p.tellProposed(made, fits, f.out)
}

func (p *program) fitPurchases(ctx context.Context, w *worker.Worker) ([]worker.Fitted, error) {
	bar := p.progress()
	w.Progress = bar
	defer bar.end()
	return w.Fit(ctx)
}

// tellFits shows what scores by purchases learnt, and passes on why others did not.
func (p *program) tellFits(fits []worker.Fitted, failed error) error {
	if p.json() && fits != nil {
		if err := p.printJSON(fits); err != nil {
			return err
		}
		return failed
	}
	p.printFits(fits)
	if failed == nil {
		p.printf("\nNext: bareme preview, then bareme sync: everybody is scored by these cut points\n")
	}
	return failed
}

func (p *program) printFits(fits []worker.Fitted) {
	for _, f := range fits {
		p.printFit(f)
	}
}

// tellProposed shows and writes a proposal, after what scores by purchases learnt.
func (p *program) tellProposed(made *proposed, fits []worker.Fitted, out string) error {
	if out != "" {
		if err := writeNew(out, []byte(made.Text)); err != nil {
			return err
		}
	}
	if p.json() {
		return p.printJSON(struct {
			Fits     []worker.Fitted `json:"fits,omitempty"`
			Proposal *proposed       `json:"proposal"`
		}{fits, made})
	}
	p.printFits(fits)
	p.printProposed(made, out)
	return nil
}

func (p *program) printFit(f worker.Fitted) {
	switch f.Score {
	case scoring.ValueFit:
		p.printValueFit(f)
		return
	case scoring.ProductsFit:
		p.printProductsFit(f)
		return
	}
	how := pick(f.Cuts.Binning == rfm.Fixed, "%s: cut points of the model file, for %s on %s", "%s: "+string(f.Cuts.Binning)+", learnt from %s on %s")
	p.printf("\n"+how+"\n", fitName(f), customersOf(f), f.At.Format("2 January 2006"))
	if f.Priceless > 0 {
		p.printf("  note: %s no amount in the model's currency: counted, and no money\n", pick(f.Priceless == 1, "1 purchase has", number(f.Priceless)+" purchases have"))
	}
	p.printf("\nCut points (the best place is %d)\n", f.Cuts.Recency.Bins)
	p.printLadder("recency", "days: fewer are better", f.Cuts.Recency)
	p.printLadders("frequency", "purchases", f.Cuts.Frequency)
	p.printLadders("monetary", "in all", f.Cuts.Monetary)
	p.printf("\nSegments\n")
	most := 0
	for _, s := range f.Segments {
		most = max(most, s.Customers)
	}
	for _, s := range f.Segments {
		share := 0.0
		if f.Customers > 0 {
			share = 100 * float64(s.Customers) / float64(f.Customers)
		}
		p.printf("  %-20s %s %7s  %4.1f %%\n", s.Name, bar(s.Customers, most, 30), number(s.Customers), share)
	}
}

// customersOf are those a fit is of.
func customersOf(f worker.Fitted) string {
	all := counted(f.Customers, "customer", "customers")
	if f.Sample == 0 {
		return all
	}
	return all + " (a sample of " + number(f.Sample) + ", chosen by a hash of the id)"
}

func (p *program) printLadders(measure, unit string, all []rfm.Ladder) {
	if len(all) == 1 {
		p.printLadder(measure, unit, all[0])
		return
	}
	p.printf("  %-10s in %d sets, one for each group above it (see -o json)\n", measure, len(all))
}

func (p *program) printLadder(measure, unit string, l rfm.Ladder) {
	if l.Bins == 1 {
		p.printf("  %-10s left out\n", measure)
		return
	}
	var points []string
	same := false
	for i, x := range l.Points {
		points = append(points, fmt.Sprintf("%8s", strconv.FormatFloat(x, 'f', -1, 64)))
		if len(points[i]) > 8 {
			points[i] = fmt.Sprintf("%8.2f", x)
		}
		same = same || i > 0 && x == l.Points[i-1]
	}
	p.printf("  %-10s %s  %s\n", measure, strings.Join(points, " "), unit)
	if same {
		p.printf("  %-10s some cut points are the same: the places between them stay empty\n", "")
	}
}
