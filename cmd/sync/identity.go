package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/worker"
)

func (p *program) identityCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "identity",
		Short: "Show how people of several CRMs are joined, and who is not",
		Long: `With several connections in the model file, a person known to more than one is scored once. This shows how many are
joined, by what, and lists the records that could be the same person as too many others: a link to two records, or an
address that two records of one CRM have. None of those is joined; mend them in the CRM. Asks the CRMs nothing.`,
		Example: example("bareme identity", "bareme identity -o json | jq '.[].disputed'"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.identity(cmd.Context()) },
	}
}

func (p *program) identity(ctx context.Context) (err error) {
	p.looks = true
	g, sites, err := p.group(ctx)
	if err != nil {
		return err
	}
	defer closing(g[0].Store, &err)
	if len(sites[0].file.Connections) < 2 {
		return usagef("%s has one connection: there is nothing to join", sites[0].file.Name)
	}
	all := make([]worker.Joining, len(g))
	for i, w := range g {
		if all[i], err = w.Joining(ctx); err != nil {
			return err
		}
	}
	if p.json() {
		return p.printJSON(all)
	}
	for i, j := range all {
		p.printf("%s%s (%s), %s\n", pick(i == 0, "", "\n"), j.Connection, sites[i].CRM, counted(j.People, "person", "people"))
		p.printJoining(j)
	}
	return nil
}

// disputedShown is how many records a text tells; JSON has all.
const disputedShown = 20

func (p *program) printJoining(j worker.Joining) {
	line := func(n int, what string) {
		p.printf("  %s %7s  %s\n", bar(n, j.People, 24), number(n), what)
	}
	line(j.ByLink, "joined by a link")
	line(j.ByIdentity, "joined by the address")
	line(j.Alone, "known here only"+pick(j.Shared > 0, fmt.Sprintf(", %s of them by a mailbox several people may read", number(j.Shared)), ""))
	line(len(j.Disputed), "could be too many others: joined with none")
	for i, d := range j.Disputed {
		if i == disputedShown {
			p.printf("    … and %s more: bareme identity -o json\n", number(len(j.Disputed)-i))
			break
		}
		p.printf("    %s  like %s\n", d.ID, linksText(d.Kin))
	}
}

func linksText(links []worker.Link) string {
	parts := make([]string, len(links))
	for i, l := range links {
		parts[i] = l.ID + " in " + l.Connection
	}
	return strings.Join(parts, ", ")
}
