package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
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

// checked is what a check found right.
type checked struct {
	Model      string   `json:"model"`
	Connection string   `json:"connection"`
	CRM        string   `json:"crm"`
	Account    string   `json:"account"`
	TimeZone   string   `json:"time_zone"`
	Attributes int      `json:"attributes"`
	Scores     []string `json:"scores"`
	Companies  []string `json:"companies,omitempty"` // the scores of companies

	Alerts []string `json:"alerts,omitempty"` // whose channels have their settings

	Estimated []estimated `json:"estimated,omitempty"` // attributes that are guesses where they are not known
}

// estimated is an attribute that is guessed from first names, and what for.
type estimated struct {
	Attribute string `json:"attribute"`
	Purpose   string `json:"purpose"`
}

func (p *program) check(ctx context.Context) error {
	sites, err := p.sites()
	if err != nil {
		return err
	}
	all := make([]checked, len(sites))
	for i, s := range sites {
		if all[i], err = p.checkSite(ctx, s); err != nil {
			return err
		}
	}
	if p.json() {
		return p.printJSON(oneOrAll(all))
	}
	p.printChecked(all)
	return nil
}

// checkSite checks one connection.
func (p *program) checkSite(ctx context.Context, s site) (checked, error) {
	file, conn, connector := s.file, s.Connection, s.crm
	account, err := connector.Account(ctx)
	if err != nil {
		return checked{}, err
	}
	if err := checkFields(ctx, file, connector); err != nil {
		return checked{}, err
	}
	alerts, err := p.channels(s)
	if err != nil {
		return checked{}, err
	}
	if err := connector.Check(ctx, file.Need().With(alerts.Need())); err != nil {
		return checked{}, err
	}
	if tasker, ok := connector.(crm.Tasker); ok && makesTasks(s) {
		if err := tasker.CheckTasks(ctx); err != nil {
			return checked{}, err
		}
	}
	done := checked{
		Model: file.Name, Connection: conn.Name, CRM: conn.CRM, Account: account.ID, TimeZone: account.TimeZone,
		Attributes: len(file.Mapping.Attributes), Scores: file.Model.Scores(),
	}
	if file.Companies != nil {
		done.Companies = file.Companies.Model.Scores()
	}
	if alerts != nil {
		for _, r := range alerts.Rules {
			done.Alerts = append(done.Alerts, r.Name)
		}
	}
	for _, a := range file.Mapping.Attributes {
		if a.Transform == mapping.AgeFromFirstName {
			done.Estimated = append(done.Estimated, estimated{a.Name, a.FirstName.Purpose})
		}
	}
	return done, nil
}

func (p *program) printChecked(all []checked) {
	done := all[0]
	p.printf("%s is valid: %s, %s (%s)\n", done.Model, counted(done.Attributes, "attribute", "attributes"),
		counted(len(done.Scores), "score", "scores"), strings.Join(done.Scores, ", "))
	if len(done.Companies) > 0 {
		p.printf("Companies are scored too: %s (%s)\n", counted(len(done.Companies), "score", "scores"), strings.Join(done.Companies, ", "))
	}
	for _, c := range all {
		p.printf("%s: %s account %s, time zone %s\n", c.Connection, c.CRM, c.Account, c.TimeZone)
	}
	for _, e := range done.Estimated {
		p.printf("%s is estimated from first names where it is not known; purpose: %s\n", e.Attribute, e.Purpose)
	}
	p.printf("Every field the model reads is there, and every field it writes can be written.\n")
}

// oneOrAll is what programs read: one thing where there is one connection, else a list.
func oneOrAll[T any](all []T) any {
	if len(all) == 1 {
		return all[0]
	}
	return all
}
