package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring/rfm"
	"github.com/bareme/bareme/worker"
)

func (p *program) fitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "fit",
		Short: "Learn the cut points of scores by purchases again",
		Long: `Has every score by purchases (method: rfm) learn its cut points from everybody in the state file, and shows them with
the segments people fall into. They are used unchanged until the next fit, so that nobody's score moves because others
came or went. The first sync learns by itself; schedule.fit learns again on a schedule. Asks the CRM nothing and writes no
score: the next sync scores everybody by what was learnt.`,
		Example: example("bareme fit", "bareme fit -o json | jq '.[].cuts'"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.fit(cmd.Context()) },
	}
}

func (p *program) fit(ctx context.Context) (err error) {
	file, err := p.load()
	if err != nil {
		return err
	}
	if !file.Model.Fits() && (file.Companies == nil || !file.Companies.Model.Fits()) {
		return usagef("%s has no score that learns from the population: none has method: rfm", file.Name)
	}
	w, err := p.snapshot(ctx, file)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	bar := p.progress()
	w.Progress = bar
	fits, err := w.Fit(ctx)
	bar.end()
	if p.json() && fits != nil {
		if perr := p.printJSON(fits); perr != nil {
			return perr
		}
		return err
	}
	for _, f := range fits {
		p.printFit(f)
	}
	if err == nil {
		p.printf("\nNext: bareme preview, then bareme sync: everybody is scored by these cut points\n")
	}
	return err
}

func (p *program) printFit(f worker.Fitted) {
	how := pick(f.Cuts.Binning == rfm.Fixed, "%s: cut points of the model file, for %s on %s", "%s: "+string(f.Cuts.Binning)+", learnt from %s on %s")
	name := title(f.Score)
	if f.Object == crm.Companies {
		name += " of companies"
	}
	p.printf("\n"+how+"\n", name, counted(f.Customers, "customer", "customers"), f.At.Format("2 January 2006"))
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
