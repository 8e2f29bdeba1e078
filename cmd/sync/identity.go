package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func (p *program) identityCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "identity",
		Short: "Show how people and companies of several CRMs are joined, and which are not",
		Long: `With several connections in the model file, a person known to more than one is scored once, and so is a company. This shows
how many are joined, by what, and lists the records that could be the same as too many others: a link to two records, or
an address that two records of one CRM have. None of those is joined; mend them in the CRM. Asks the CRMs nothing.`,
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
	var all []worker.Joining
	for _, of := range []func(*worker.Worker) *worker.Worker{func(w *worker.Worker) *worker.Worker { return w }, (*worker.Worker).OfCompanies} {
		for _, w := range g {
			if w = of(w); w == nil {
				continue
			}
			j, err := w.Joining(ctx)
			if err != nil {
				return err
			}
			all = append(all, j)
		}
	}
	if p.json() {
		return p.printJSON(all)
	}
	for i, j := range all {
		what := counted(j.People, "person", "people")
		if j.Object == crm.Companies {
			what = counted(j.People, "company", "companies")
		}
		p.printf("%s%s (%s), %s\n", pick(i == 0, "", "\n"), j.Connection, sites[i%len(g)].CRM, what)
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
	address, shared := "address", "a mailbox several people may read"
	if j.Object == crm.Companies {
		address, shared = "web address", "a domain many companies use"
	}
	line(j.ByLink, "joined by a link")
	line(j.ByIdentity, "joined by the "+address)
	line(j.Alone, "known here only"+pick(j.Shared > 0, fmt.Sprintf(", %s of them by %s", number(j.Shared), shared), ""))
	line(len(j.Disputed), "could be too many others, or another's: joined with none")
	p.printDisputed(j.Disputed, "like")
	if len(j.Rivals) > 0 {
		line(len(j.Rivals), "joined with a contact, while a link also names a lead of another address")
		p.printDisputed(j.Rivals, "beside")
	}
}

func (p *program) printDisputed(list []worker.Disputed, word string) {
	for i, d := range list {
		if i == disputedShown {
			p.printf("    … and %s more: bareme identity -o json\n", number(len(list)-i))
			break
		}
		p.printf("    %s  %s %s\n", d.ID, word, linksText(d.Kin))
	}
}

func linksText(links []worker.Link) string {
	parts := make([]string, len(links))
	for i, l := range links {
		parts[i] = l.ID + " in " + l.Connection
	}
	return strings.Join(parts, ", ")
}
