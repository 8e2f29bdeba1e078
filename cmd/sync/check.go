package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the model file, and the CRM against it",
		Long: `Reads the model file, then asks the CRM whether the credential, its scopes, the quota and every field the model names
allow a run. Every mistake is shown with its line in the model file and what to do. Changes nothing.`,
		Example: example("bareme check", "bareme check --model examples/bareme.yaml"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.check(cmd.Context()) },
	}
}

func (p *program) check(ctx context.Context) error {
	file, conn, connector, err := p.open()
	if err != nil {
		return err
	}
	p.printf("%s is valid: %s, %s\n", file.Name,
		counted(len(file.Mapping.Attributes), "attribute", "attributes"), counted(len(file.Scoring.Scores), "score", "scores"))
	account, err := connector.Account(ctx)
	if err != nil {
		return err
	}
	p.printf("%s: %s account %s, time zone %s\n", conn.Name, conn.CRM, account.ID, account.TimeZone)
	if err := checkFields(ctx, file, connector); err != nil {
		return err
	}
	if err := connector.Check(ctx, file.Mapper.Need()); err != nil {
		return err
	}
	p.printf("Every field the model reads is there, and every field it writes can be written.\n")
	return nil
}
