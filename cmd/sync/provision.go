package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/crm"
)

func (p *program) provisionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "provision",
		Short: "Create the fields scores are written to",
		Long: `Creates in the CRM the fields the model file writes to, restores archived ones and adds missing options.
Fields that are there already stay as they are.`,
		Example: example("bareme provision"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.provision(cmd.Context()) },
	}
}

func (p *program) provision(ctx context.Context) error {
	sites, err := p.sites()
	if err != nil {
		return err
	}
	for _, s := range sites {
		if len(sites) > 1 && !p.json() {
			p.printf("%s (%s)\n", s.Name, s.CRM)
		}
		if err := p.provisionSite(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) provisionSite(ctx context.Context, s site) error {
	file := s.file
	maker, ok := s.crm.(crm.Provisioner)
	if !ok {
		return usagef("%s cannot create fields: create them by hand, then run bareme check", s.CRM)
	}
	done, err := maker.Provision(ctx, crm.People, file.Mapper.WriteFields(file.Model))
	var firms []crm.Provisioned
	if c := file.Companies; c != nil && err == nil {
		firms, err = maker.Provision(ctx, crm.Companies, c.Mapper.WriteFields(c.Model))
	}
	if granter, ok := s.crm.(crm.TaskGranter); ok && err == nil && makesTasks(s) {
		var granted bool
		if granted, err = granter.GrantTasks(ctx); granted {
			done = append(done, crm.Provisioned{Field: "Edit Tasks", Action: "granted"})
		}
	}
	if p.json() && err == nil {
		return p.printJSON(append(done, firms...))
	}
	for _, f := range done {
		p.printf("  %-24s %s\n", f.Field, f.Action)
	}
	for _, f := range firms {
		p.printf("  %-24s %s, of companies\n", f.Field, f.Action)
	}
	return err
}
