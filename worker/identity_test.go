package worker_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// TestWhoIsTheSame runs the cases of testdata/identity.txtar.
func TestWhoIsTheSame(t *testing.T) {
	t.Parallel()
	cases, err := txtar.ParseFile("testdata/identity.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases.Files {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			records, want, _ := strings.Cut(string(c.Data), "=>\n")
			w := twoFirms(t)
			for line := range strings.Lines(records) {
				w.record(strings.Fields(line))
			}
			w.run()
			g, done := w.group()
			defer done()
			if d := cmp.Diff(want, becomes(t, g)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// record puts one line of a case into its CRM.
func (w *twoWorlds) record(words []string) {
	id, name, rest := salesforceID(words[2]), words[3], words[4:]
	if len(rest) == 2 && rest[0] == "converted" {
		if w.conversions["sales"] == nil {
			w.conversions = map[string]map[string]string{"sales": {}}
		}
		w.conversions["sales"][id] = salesforceID(rest[1])
		return
	}
	fields := crm.Fields{}
	for _, link := range rest {
		fields[map[string]string{"contact": "sfid", "lead": "sflead", "account": "sfaccount"}[strings.TrimRight(link, "0123456789")]] = salesforceID(link)
	}
	switch words[0] + " " + words[1] {
	case "marketing person":
		fields["email"] = name
		w.marketing.Put(crm.People, id, fields, nil)
	case "sales person":
		w.sales.Put(crm.People, id, crm.Fields{"Email": name}, nil)
	case "marketing company":
		fields["domain"] = name
		w.marketing.Put(crm.Companies, id, fields, nil)
	case "sales company":
		w.sales.Put(crm.Companies, id, crm.Fields{"Website": name}, nil)
	default:
		w.t.Fatalf("unknown record %q", words)
	}
}

// salesforceID turns contact1 into an id of Salesforce; numbers are HubSpot's.
func salesforceID(name string) string {
	for kind, prefix := range map[string]string{"contact": "003", "lead": "00Q", "account": "001"} {
		if n, ok := strings.CutPrefix(name, kind); ok {
			return prefix + strings.Repeat("0", 12-len(n)) + n + "AAA"
		}
	}
	return name
}

// plain is the way back.
func plain(id string) string {
	for kind, prefix := range map[string]string{"contact": "003", "lead": "00Q", "account": "001"} {
		if n, ok := strings.CutPrefix(strings.TrimSuffix(id, "AAA"), prefix); ok && len(id) == 18 {
			return kind + strings.TrimLeft(n, "0")
		}
	}
	return id
}

// becomes tells what became of every record.
func becomes(t *testing.T, g worker.Group) string {
	t.Helper()
	var lines []string
	for _, one := range g {
		for _, w := range []*worker.Worker{one, one.OfCompanies()} {
			j, err := w.Joining(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range j.Rivals {
				for _, k := range d.Kin {
					lines = append(lines, fmt.Sprintf("%s %s beside %s", j.Connection, plain(d.ID), plain(k.ID)))
				}
			}
			of := worker.Population{Connection: j.Connection, Object: j.Object}
			all, err := w.Store.Inputs(t.Context(), of, "", 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range all {
				_, same, err := w.Same(t.Context(), in.Record.ID)
				if err != nil {
					t.Fatal(err)
				}
				says := "alone"
				switch {
				case len(same) > 0:
					says = "is " + plain(same[0].ID)
				case slices.ContainsFunc(j.Disputed, func(d worker.Disputed) bool { return d.ID == in.Record.ID }):
					says = "disputed"
				}
				lines = append(lines, fmt.Sprintf("%s %s %s", j.Connection, plain(in.Record.ID), says))
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// converts is a CRM that answers for converted leads with their contacts, as Salesforce's connector does.
type converts struct {
	crm.Connector
	contacts map[string]string
}

func (c converts) Read(ctx context.Context, object string, ids, fields []string) ([]crm.Record, error) {
	asked := slices.Clone(ids)
	for lead, contact := range c.contacts {
		if i := slices.Index(asked, lead); i >= 0 {
			asked[i] = contact
		}
	}
	records, err := c.Connector.(crm.Reader).Read(ctx, object, asked, fields)
	for i := range records {
		for lead, contact := range c.contacts {
			if records[i].ID == contact {
				records[i].Absorbed = append(records[i].Absorbed, lead)
			}
		}
	}
	return records, err
}
