package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

func (p *program) forgetCommand() *cobra.Command {
	keepOut := true
	cmd := &cobra.Command{
		Use:   "forget ID|EMAIL",
		Short: "Erase one person everywhere, and prove it",
		Long: `Erases one person: clears the fields Barème wrote on the CRM's record, and forgets the snapshot, the activity, the
pending update and the ledger. A hash stays, so that the next pull does not bring them back; --keep-out=false lets them.
Afterwards the record is read again and the state searched, and what was erased where is printed. Doing it twice does
no harm. The record itself and its other fields are the CRM's: erase them there.

Ends with 3 when the CRM refused to clear the fields.`,
		Example: example("bareme forget 72810357568", "bareme forget jane@example.com", "bareme forget 72810357568 --keep-out=false"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || strings.TrimSpace(args[0]) == "" {
				return usagef("forget takes one record id or e-mail address, like: bareme forget jane@example.com")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.forget(cmd.Context(), args[0], keepOut) },
	}
	cmd.Flags().BoolVar(&keepOut, "keep-out", true, "keep a hash, by which later pulls leave this person out")
	return cmd
}

func (p *program) forget(ctx context.Context, who string, keepOut bool) (err error) {
	g, sites, err := p.group(ctx)
	if err != nil {
		return err
	}
	defer closing(g[0].Store, &err)
	people, err := everywhere(ctx, g, sites, who)
	if err != nil {
		return err
	}
	var done []worker.Erasure
	var remains error
	for i, person := range people {
		e, err := person.w.ForgetPerson(ctx, person.who, worker.ForgetOptions{ComeBack: !keepOut})
		if err != nil && !errors.Is(err, worker.ErrRemains) {
			return err
		}
		done, remains = append(done, e), errors.Join(remains, err)
		if p.json() {
			continue
		}
		if len(people) > 1 {
			p.printf("%s%s\n", pick(i == 0, "", "\n"), person.w.Connection)
		}
		p.printErasure(e)
	}
	if p.json() {
		return errors.Join(p.printJSON(oneOrAll(done)), remains)
	}
	return remains
}

// toForget is a person in one connection.
type toForget struct {
	w   *worker.Worker
	who string
}

// everywhere finds a person in every connection that knows them. Somebody unknown to all is left to the first, which may
// have forgotten them before.
func everywhere(ctx context.Context, g worker.Group, sites []site, who string) ([]toForget, error) {
	w, same, err := known(ctx, g, sites, who, false)
	switch {
	case errors.Is(err, crm.ErrNotFound):
		return []toForget{{g[0], who}}, nil
	case err != nil:
		return nil, err
	}
	people := []toForget{{w, who}}
	for _, l := range same {
		for _, other := range g {
			if other.Connection == l.Connection {
				people = append(people, toForget{other, l.ID})
			}
		}
	}
	return people, nil
}

func (p *program) printErasure(e worker.Erasure) {
	if e.ID == "" {
		p.printf("This address was forgotten before; nothing is kept but its hash. Name the record by its id to check the CRM again.\n")
		return
	}
	p.printf("Record %s\n", e.ID)
	switch {
	case !e.InCRM:
		p.printf("  in the CRM     there is no such record\n")
	case len(e.Cleared) == 0 && e.Refused == "":
		p.printf("  in the CRM     none of our fields held anything\n")
	case e.Refused != "":
		p.printf("  in the CRM     refused to clear our fields: %s\n", e.Refused)
	default:
		p.printf("  in the CRM     cleared %s\n", strings.Join(e.Cleared, ", "))
	}
	if len(e.Erased) == 0 {
		p.printf("  in the state   nothing was kept\n")
	}
	for _, place := range slices.Sorted(maps.Keys(e.Erased)) {
		p.printf("  in the state   erased %s (%d)\n", place, e.Erased[place])
	}
	switch {
	case e.KeptOut:
		p.printf("  kept           a hash, by which later pulls leave this person out\n")
	default:
		p.printf("  kept           nothing: the next full reading may bring this person back\n")
	}
	if len(e.Remains) == 0 && len(e.Traces) == 0 {
		p.printf("Checked: the record was read again and the state searched; nothing is left.\n")
		return
	}
	if len(e.Remains) > 0 {
		p.printf("Left in the CRM: %s. Clear them there, or run this again.\n", strings.Join(e.Remains, ", "))
	}
	for _, place := range slices.Sorted(maps.Keys(e.Traces)) {
		p.printf("Left in the state: %s (%d)\n", place, e.Traces[place])
	}
}
