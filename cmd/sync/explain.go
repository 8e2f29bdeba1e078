package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/worker"
)

func (p *program) explainCommand() *cobra.Command {
	var lang string
	var company bool
	cmd := &cobra.Command{
		Use:   "explain ID|EMAIL",
		Short: "Say why one person, or company, has the score they have",
		Long: `Scores one person, or with --company one company, from the snapshot and shows every reason, for and against, adding up to the score exactly;
what was not known; what would lift or lower the grade; and how the score moved over time, with the reason for each
move. Asks the CRM nothing.`,
		Example: example("bareme explain 72810357568", "bareme explain --company 9184200", "bareme explain jane@example.com --lang fr"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("explain takes one record id or e-mail address, like: bareme explain jane@example.com")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.explain(cmd.Context(), args[0], lang, company) },
	}
	cmd.Flags().StringVar(&lang, "lang", "", "the language of the reasons: en or fr (default: the model file's)")
	cmd.Flags().BoolVar(&company, "company", false, "the id is that of a company")
	return cmd
}

func (p *program) explain(ctx context.Context, who, lang string, company bool) (err error) {
	p.looks = true
	g, sites, err := p.group(ctx)
	if err != nil {
		return err
	}
	defer closing(g[0].Store, &err)
	w, same, err := known(ctx, g, sites, who, company)
	if err != nil {
		return err
	}
	if lang == "" {
		lang = w.Mapper.Language()
	}
	if lang != "en" && lang != "fr" {
		return usagef("--lang %q is not known: it is en or fr", lang)
	}
	e, err := w.Explain(ctx, who, lang)
	if err != nil {
		return err
	}
	if p.json() {
		return p.printJSON(e)
	}
	p.printExplanation(e, tongueOf(lang))
	if len(same) > 0 {
		text := pick(lang == "fr", "La même personne :", "The same person:")
		if company {
			text = pick(lang == "fr", "La même entreprise :", "The same company:")
		}
		p.printf("\n%s %s\n", text, linksText(same))
	}
	return nil
}

// known is the worker of the first connection that knows this person or company, and the other records of the same one.
// Somebody unknown to all is an error of the first.
func known(ctx context.Context, g worker.Group, sites []site, who string, company bool) (*worker.Worker, []worker.Link, error) {
	workers := slices.Clone(g)
	of := worker.PeopleOf
	if company {
		of = worker.CompaniesOf
		for i := range workers {
			var err error
			if workers[i], err = ofCompanies(g[i], sites[i].file); err != nil {
				return nil, nil, err
			}
		}
	}
	if len(workers) == 1 {
		return workers[0], nil, nil
	}
	var first error
	for _, w := range workers {
		id, same, err := w.Same(ctx, who)
		if err == nil {
			_, _, err = w.Store.Subject(ctx, of(w.Connection), id)
		}
		switch {
		case err == nil:
			return w, same, nil
		case !errors.Is(err, crm.ErrNotFound):
			return nil, nil, err
		case first == nil:
			first = err
		}
	}
	return nil, nil, first
}

// ofCompanies is the worker of the companies.
func ofCompanies(w *worker.Worker, file *modelfile.File) (*worker.Worker, error) {
	if firms := w.OfCompanies(); firms != nil {
		return firms, nil
	}
	return nil, usagef("%s does not score companies: it has no section companies", file.Name)
}
