package main

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

func (p *program) lintCommand() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Look for what works in the model file and is probably not meant",
		Long: `Looks for conditions that can never hold or never fail, criteria with the same condition, caps that nothing reaches
or that always take points away, scores, grades and labels that nobody can get, and attributes and activity that are
mapped and used nowhere. What it says of these is true of everybody, not a guess.

When there is a state file, it also names the criteria that give nobody in the snapshot points, and those that give
everybody points. Asks the CRM nothing.`,
		Example: example("bareme lint", "bareme lint --strict --model new.yaml", "bareme lint -o json | jq '.[].message'"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.lint(cmd.Context(), strict) },
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "end with exit code 2 when anything is found")
	return cmd
}

// lintFinding is a finding with its place, for programs.
type lintFinding struct {
	Kind    scoring.FindingKind `json:"kind"`
	Line    int                 `json:"line"`
	Column  int                 `json:"column"`
	Path    string              `json:"path"`
	Message string              `json:"message"`
	Hint    string              `json:"hint,omitempty"`
}

func (p *program) lint(ctx context.Context, strict bool) error {
	file, err := p.load()
	if err != nil {
		return err
	}
	found := file.Lint()
	found = append(found, unused(&file.Part)...)
	if c := file.Companies; c != nil {
		found = append(found, c.Lint()...)
		found = append(found, modelfile.OfCompanies(unused(c))...)
	}
	found = slices.DeleteFunc(found, func(f scoring.Finding) bool {
		return f.Kind == scoring.ScoreOutOfReach && !hasKey(file, f.Problem.Path)
	})
	for _, w := range file.Warnings {
		found = append(found, scoring.Finding{Kind: "warning", Problem: w})
	}
	seen, people, err := p.lintSnapshot(ctx, file, found)
	if err != nil {
		return err
	}
	found = append(found, seen...)
	p.printFindings(file, found, people)
	if strict && len(found) > 0 {
		return usagef("%s (--strict)", counted(len(found), "finding", "findings"))
	}
	return nil
}

// printFindings shows findings in the order of the file.
func (p *program) printFindings(file *modelfile.File, found []scoring.Finding, people int) {
	list := make([]lintFinding, len(found))
	order := make([]int, len(found))
	for i, f := range found {
		line, column := file.Position(f.Problem)
		list[i], order[i] = lintFinding{f.Kind, line, column, f.Problem.Path, f.Problem.Message, f.Problem.Hint}, i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(list[a].Line, list[b].Line), cmp.Compare(list[a].Column, list[b].Column))
	})
	if p.json() {
		sorted := make([]lintFinding, 0, len(list))
		for _, i := range order {
			sorted = append(sorted, list[i])
		}
		_ = p.printJSON(sorted)
		return
	}
	for _, i := range order {
		p.printf("%s\n\n", file.Show(found[i].Problem))
	}
	looked := "no snapshot to look at"
	if people > 0 {
		looked = counted(people, "person", "people") + " of the snapshot looked at"
	}
	p.printf("%s: %s, %s\n", file.Name, pick(len(found) == 0, "nothing found", counted(len(found), "finding", "findings")), looked)
}

// hasKey reports whether the file has a key: one that it leaves out is shown at what would hold it.
func hasKey(file *modelfile.File, path string) bool {
	line, column := file.Position(scoring.Problem{Path: path})
	outer, at := file.Position(scoring.Problem{Path: path[:strings.LastIndexByte(path, '.')]})
	return line != outer || column != at
}

// unused finds what is mapped and asked for nowhere: not by the model, nor by the rest of the file.
func unused(file *modelfile.Part) []scoring.Finding {
	attributes, activities := file.Model.Unused()
	elsewhere := map[string]bool{}
	rest := file.Mapping
	rest.Attributes, rest.Activities = nil, nil
	scoring.Words(rest, elsewhere)
	var found []scoring.Finding
	add := func(name, path, what string) {
		p := scoring.Problem{
			Path: path, Message: fmt.Sprintf("the %s %q is mapped, and no rule asks for it", what, name),
			Hint: "remove it, so that its fields are not read, or use it", Warning: true,
		}
		if what == "activity" && file.Mapping.Retain > 0 && file.Mapping.Active == nil {
			p.Hint = "remove it, unless it shall count as a sign of life for privacy.retain"
		}
		found = append(found, scoring.Finding{Kind: scoring.MappedNotUsed, Problem: p})
	}
	for _, a := range file.Mapping.Attributes {
		if slices.Contains(attributes, a.Name) && !elsewhere[a.Name] && !referred(file, a.Name) {
			add(a.Name, a.Path, "attribute")
		}
	}
	for _, a := range file.Mapping.Activities {
		if slices.Contains(activities, a.Name) && !elsewhere[a.Name] {
			add(a.Name, a.Path, "activity")
		}
	}
	return found
}

// referred reports whether another attribute is made with the help of this one: its name stands in a text that is not
// one of the usual ones, which name the CRM's fields and values.
func referred(file *modelfile.Part, name string) bool {
	usual := []string{"Name", "Path", "From", "Type", "Transform", "Default", "Lookup", "Currency", "Empty", "CurrencyFrom"}
	for _, a := range file.Mapping.Attributes {
		v := reflect.ValueOf(a)
		for i := range v.NumField() {
			words := map[string]bool{}
			if f := v.Type().Field(i); f.IsExported() && !slices.Contains(usual, f.Name) {
				scoring.Words(v.Field(i).Interface(), words)
			}
			if words[name] {
				return true
			}
		}
	}
	return false
}

// lintSnapshot finds the criteria that do not tell the people of the snapshot apart; dead ones were named already.
func (p *program) lintSnapshot(ctx context.Context, file *modelfile.File, known []scoring.Finding) (found []scoring.Finding, people int, err error) {
	if there, err := p.hasState(); err != nil || !there {
		return nil, 0, nil // without a place for state there is no snapshot
	}
	w, err := p.snapshot(ctx, file)
	if err != nil {
		return nil, 0, err
	}
	defer closing(w.Store, &err)
	c, err := w.Compare(ctx, contender(file.For(w.Connection)), contender(file.For(w.Connection)), 0)
	if err != nil {
		return nil, 0, err
	}
	n := counted(c.Looked(), "person", "people")
	said := func(kind scoring.FindingKind, u worker.CriterionUse, message string) {
		path := criterionPath(file, u)
		if slices.ContainsFunc(known, func(f scoring.Finding) bool { return f.Kind == scoring.DeadCriterion && f.Problem.Path == path+".when" }) {
			return
		}
		found = append(found, scoring.Finding{Kind: kind, Problem: scoring.Problem{Path: path, Message: message, Warning: true}})
	}
	for _, u := range c.Never() {
		said(scoring.NeverInSnapshot, u, fmt.Sprintf("%q gives nobody points, of %s in the snapshot", u.Criterion, n))
	}
	for _, u := range c.Always() {
		said(scoring.AlwaysInSnapshot, u, fmt.Sprintf("%q gives everybody points, all %s in the snapshot: it tells nobody apart", u.Criterion, n))
	}
	return found, c.People, nil
}

func criterionPath(file *modelfile.File, u worker.CriterionUse) string {
	for _, s := range file.Scoring.Scores {
		for _, g := range s.Groups {
			for _, c := range g.Criteria {
				if s.Name == u.Score && g.Name == u.Group && c.Name == u.Criterion {
					return c.Path
				}
			}
		}
	}
	return "$.scores"
}
