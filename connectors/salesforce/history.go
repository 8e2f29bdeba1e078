package salesforce

import (
	"context"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

// stageHistory is a field of deals that no column holds: the stages an opportunity went through, oldest first, each with
// its time, as "2026-01-05T09:00:00Z Prospecting;2026-02-01T10:00:00Z Closed Won". It is there when the user may see
// OpportunityHistory.
const stageHistory = "OpportunityHistories.StageName"

// addHistory lists the field where the org shows the history.
func (c *Connector) addHistory(ctx context.Context, o object, s *schema) error {
	if o.ours != crm.Deals {
		return nil
	}
	d, err := c.describe(ctx, history)
	if coded(err, codeNoObject) || (err == nil && (!d.has("StageName") || !d.has("CreatedDate"))) {
		return nil
	}
	if err != nil {
		return err
	}
	s.Fields = append(s.Fields, crm.Field{Name: stageHistory, Label: "Stage history", Type: crm.Text,
		Help: "The stages the opportunity went through, oldest first, each with its time"})
	slices.SortFunc(s.Fields, func(a, b crm.Field) int { return strings.Compare(a.Name, b.Name) })
	s.types[stageHistory] = crm.Text
	return nil
}

// stages reads the history of opportunities. A row of it is made whenever stage, amount or close date change: of equal
// stages in a row the first counts.
func (p *pull) stages(ctx context.Context, rows []row) (map[string]string, error) {
	q := query{columns: []string{"OpportunityId", "StageName", "CreatedDate"}, from: history}
	got, err := p.c.byIDs(ctx, p.op, p.o.ours, q, "OpportunityId", idsOf(rows))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(got, func(a, b row) int {
		atA, _ := parseTime(a["CreatedDate"])
		atB, _ := parseTime(b["CreatedDate"])
		return atA.Compare(atB)
	})
	out, latest := make(map[string]string), make(map[string]string)
	for _, r := range got {
		id, ok := long(r["OpportunityId"])
		stage := r["StageName"]
		if !ok || stage == "" || latest[id] == stage {
			continue
		}
		latest[id] = stage
		step := canonical(crm.DateTime, r["CreatedDate"]) + " " + stage
		if out[id] != "" {
			step = out[id] + ";" + step
		}
		out[id] = step
	}
	return out, nil
}
