package modelfile_test

import (
	"encoding/csv"
	"os"
	"sort"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/internal/outside"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// TestLeadsExampleTellsBuyersApart scores a real export with its example model. The area under the ROC curve is the
// chance that a lead who converted has a higher score than one who did not.
func TestLeadsExampleTellsBuyersApart(t *testing.T) {
	rows := readLeads(t)
	f := load(t, "../examples/leads-csv.yaml")
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var overall, fit, engagement, truth []float64
	labels := map[string][2]int{}
	var subject scoring.Subject
	var result scoring.Result
	unscored := 0
	for _, row := range rows {
		f.Mapper.Subject(mapping.Input{Person: row}, now, &subject)
		f.Model.Score(&subject, now, &result)
		if !result.Scored {
			unscored++
		}
		y := 0.0
		if row["Converted"] == "1" {
			y = 1
		}
		truth = append(truth, y)
		overall = append(overall, float64(result.Overall))
		fit = append(fit, float64(result.Scores[0].Points))
		engagement = append(engagement, float64(result.Scores[1].Points))
		l := labels[result.Label]
		labels[result.Label] = [2]int{l[0] + 1, l[1] + int(y)}
	}
	got := auc(overall, truth)
	t.Logf("AUC overall %.3f, fit %.3f, engagement %.3f; %d of %d without score; label: leads, converted: %v",
		got, auc(fit, truth), auc(engagement, truth), unscored, len(rows), labels)
	if got < 0.85 {
		t.Errorf("AUC %.3f, want at least 0.85", got)
	}
}

// readLeads reads the spreadsheet as canonical fields: a blank cell is no field.
func readLeads(t *testing.T) []crm.Fields {
	t.Helper()
	file, err := os.Open(outside.Path(t, "data/leads/Leads.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]crm.Fields, 0, len(rows)-1)
	for _, row := range rows[1:] {
		fields := crm.Fields{}
		for i, cell := range row {
			if cell != "" && rows[0][i] != "" {
				fields[rows[0][i]] = cell
			}
		}
		out = append(out, fields)
	}
	return out
}

// auc is the Mann-Whitney statistic with ties counted half.
func auc(score, truth []float64) float64 {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return score[order[a]] < score[order[b]] })
	var ranks, positives float64
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && score[order[j]] == score[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			if truth[order[k]] == 1 {
				ranks += float64(i+j+1) / 2
				positives++
			}
		}
		i = j
	}
	negatives := float64(len(order)) - positives
	return (ranks - positives*(positives+1)/2) / (positives * negatives)
}
