package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/worker"
)

func (p *program) explainCommand() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "explain ID|EMAIL",
		Short: "Say why one person has the score they have",
		Long: `Scores one person from the snapshot and shows every reason, for and against, adding up to the score exactly;
what was not known; and what was written to the record so far. Asks the CRM nothing.`,
		Example: example("bareme explain 72810357568", "bareme explain jane@example.com --lang fr"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("explain takes one record id or e-mail address, like: bareme explain jane@example.com")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.explain(cmd.Context(), args[0], lang) },
	}
	cmd.Flags().StringVar(&lang, "lang", "", "the language of the reasons: en or fr (default: the model file's)")
	return cmd
}

func (p *program) explain(ctx context.Context, who, lang string) (err error) {
	w, file, err := p.worker(ctx)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	if lang == "" {
		lang = file.Mapper.Language()
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
	p.printExplanation(e)
	return nil
}

func (p *program) printExplanation(e worker.Explanation) {
	p.printf("Record %s, as of %s\n", e.ID, e.At.Format("2 January 2006 15:04 MST"))
	switch {
	case e.Skipped != "":
		p.printf("\nNot scored: %s\n", e.Skipped)
	case !e.Scored:
		p.printf("\nUnscored: %s\n", e.Unscored)
	default:
		p.printf("\n  Score %s   Grade %s   %s, %s\n", trimmed(e.Overall), orDash(e.Grade), orDash(e.Label), orDash(e.Trend))
	}
	for _, s := range e.Scores {
		if !s.Known {
			p.printf("\n%s: unknown\n", title(s.Name))
		} else {
			p.printf("\n%s: %.1f\n", title(s.Name), s.Points)
		}
		for i, points := range addingUp(s.Reasons, s.Points) {
			p.printf("  %+7.1f  %s\n", points, s.Reasons[i].Text)
		}
	}
	if len(e.Unknown) > 0 {
		p.printf("\nNot known: %s\n", strings.Join(e.Unknown, ", "))
	}
	if e.Later > 0 {
		p.printf("\n%s dated in the future: not counted yet\n", counted(e.Later, "event is", "events are"))
	}
	if e.SetAside {
		p.printf("\nThe CRM refused the last update of this record: it is set aside and tried again later.\n")
	}
	if len(e.History) > 0 {
		p.printf("\nWritten so far\n")
	}
	for _, h := range e.History {
		p.printf("  %s  %s → %s\n", h.At.Format("2006-01-02 15:04"), headlineText(h.Old), headlineText(h.New))
	}
}
