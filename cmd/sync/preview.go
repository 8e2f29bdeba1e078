package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/worker"
)

func (p *program) previewCommand() *cobra.Command {
	var examples int
	var noPull bool
	var against, html string
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Show what a sync would write, without writing it",
		Long: `Pulls and scores as "bareme sync" does, then shows what it would write instead of writing it: how many records,
who goes from which grade to which, how the scores are spread, and the largest changes with their reasons.
Nothing in the CRM changes.

With --against, it compares the model in force with another model file on the snapshot instead, without asking the CRM
anything: who goes from which grade to which and why, the distribution before and after, criteria that give nobody or
everybody points, groups always at their cap, and what is not known; of people, then of companies where both models score
them, each by what its own people add up to. --html also writes that of people as one HTML file
that needs nothing else.`,
		Example: example("bareme preview", "bareme preview --no-pull --examples 20", "bareme preview -o json | jq .moves",
			"bareme preview --model new.yaml --against bareme.yaml --html comparison.html"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case against != "":
				return p.previewAgainst(cmd.Context(), against, html, examples)
			case html != "":
				return usagef("--html belongs to --against: bareme preview --against old.yaml --html %s", html)
			}
			return p.preview(cmd.Context(), noPull, examples)
		},
	}
	cmd.Flags().IntVar(&examples, "examples", 5, "how many of the largest changes to show")
	cmd.Flags().BoolVar(&noPull, "no-pull", false, "score everybody from the snapshot, without asking the CRM what changed")
	cmd.Flags().StringVar(&against, "against", "", "compare the model with this model file on the snapshot, without asking the CRM anything")
	cmd.Flags().StringVar(&html, "html", "", "with --against: write the comparison to this HTML file, too")
	return cmd
}

func (p *program) preview(ctx context.Context, noPull bool, examples int) (err error) {
	g, sites, err := p.group(ctx)
	if err != nil {
		return err
	}
	defer closing(g[0].Store, &err)
	if err := checkSites(ctx, sites); err != nil {
		return err
	}
	o := worker.Options{Kind: worker.Sync}
	if noPull {
		o.Kind = worker.Rescore
	}
	bar := p.progress()
	for _, w := range g {
		w.Progress = bar
	}
	views, err := g.Preview(ctx, o, examples)
	bar.end()
	if err != nil {
		return err
	}
	if p.json() {
		return p.printJSON(oneOrAll(views))
	}
	for i, view := range views {
		if len(views) > 1 {
			p.printf("%s%s (%s)\n", pick(i == 0, "", "\n"), sites[i].Name, sites[i].CRM)
		}
		p.printPreview(view, sites[i].file.Limits.MaxChanged)
		if n := toWrite(view); sites[i].CRM == "salesforce" && n > 0 {
			p.printf("Salesforce runs your flows, triggers and validation rules for %s.\n", pick(n == 1, "this record", "each of these "+number(n)+" records"))
		}
	}
	return nil
}

// toWrite is how many records a sync would write.
func toWrite(v worker.Preview) int {
	n := v.Report.Planned
	if v.Report.Companies != nil {
		n += v.Report.Companies.Planned
	}
	return n
}

func (p *program) printPreview(v worker.Preview, maxChanged float64) {
	people, changes := v.Report.Population.People, v.Report.Planned
	p.printf("Preview: %s of %s would be written; nothing has been.\n\n", counted(changes, "record", "records"), number(people))
	p.printPopulation(v.Report.Population)
	p.printPlanned(v.Changes, changes)
	hint := acceptHint(changes, people, maxChanged)
	if c := v.Report.Companies; c != nil {
		p.printf("\nCompanies: %s of %s would be written\n\n", number(c.Planned), number(c.Population.People))
		p.printCompanies(c.Population)
		p.printPlanned(*v.Companies, c.Planned)
		hint = cmp.Or(hint, acceptHint(c.Planned, c.Population.People, maxChanged))
		changes += c.Planned
	}
	if changes > 0 {
		p.printf("\nNext: bareme sync%s\n", hint)
	}
}

// printPlanned tells what would be written of people, or of companies.
func (p *program) printPlanned(v worker.Changes, changes int) {
	if changes == 0 {
		return
	}
	p.printf("\nGrades that move (%d is all that would be written)\n", changes)
	for _, m := range v.Moves {
		p.printf("  %-4s → %-4s %s %s\n", orDash(m.From), orDash(m.To), bar(m.People, v.Moves[0].People, 24), number(m.People))
	}
	p.printf("\nFields\n")
	for _, field := range slices.Sorted(maps.Keys(v.Fields)) {
		p.printf("  %-24s %s\n", field, counted(v.Fields[field], "record", "records"))
	}
	p.printf("\nLargest changes\n")
	for _, c := range v.Most {
		p.printf("  %s: %s → %s\n", c.ID, headlineText(c.Old), headlineText(c.New))
		for _, reason := range c.Reasons[:min(3, len(c.Reasons))] {
			p.printf("      %s\n", tenths(reason))
		}
	}
}

// acceptHint is the flag a plan of this size will need.
func acceptHint(changes, people int, maxChanged float64) string {
	if maxChanged > 0 && float64(changes) > maxChanged*float64(people) {
		return fmt.Sprintf(" --accept-changes   (more than %s of the records change)", percent(maxChanged))
	}
	return ""
}

func headlineText(h worker.Planned) string {
	if !h.Scored {
		return "no score"
	}
	return fmt.Sprintf("%s %s", trimmed(h.Score), orDash(h.Grade))
}

// tenths shows a reason of the ledger, which begins with its exact points, with points to a tenth.
func tenths(reason string) string {
	points, text, _ := strings.Cut(reason, " ")
	x, err := strconv.ParseFloat(points, 64)
	if err != nil {
		return reason // why there is no score
	}
	return fmt.Sprintf("%+6.1f  %s", x, text)
}
