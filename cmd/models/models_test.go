package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bareme/bareme/internal/outside"
	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
)

const data = "../../../shared/data"

// load reads a set, all its columns but the outcome where leaks are asked for.
func load(t testing.TB, name string, leaks bool) (set, *history) {
	t.Helper()
	outside.Path(t, "data")
	for _, s := range sets() {
		if s.name != name {
			continue
		}
		if leaks {
			s.leave = []string{"", "Prospect ID", "Lead Number", "customerID"}
		}
		h, err := s.read(data)
		if err != nil {
			t.Fatal(err)
		}
		return s, h
	}
	t.Fatalf("no set %s", name)
	return set{}, nil
}

// TestSplitIsThatOnRecord: the rows of the test are those the baselines were judged on.
func TestSplitIsThatOnRecord(t *testing.T) {
	t.Parallel()
	_, h := load(t, "leads", false)
	f, err := os.Open(filepath.Join(data, "leads", "split.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		if (row[1] == "test") != h.test[i] || (row[2] == "1") != h.converted[i] {
			t.Fatalf("row %d is in the other part", i)
		}
	}
}

// TestAims: AUC within one standard error of logistic regression, log-loss within 2 %, on the sets that fit in a test.
func TestAims(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"leads", "german-credit", "telco"} {
		s, h := load(t, name, false)
		train, y := h.part(false)
		test, came := h.part(true)
		f, err := scorecard.Fit(train, y, nil, scorecard.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, p, err := f.Card.Table(test, nil, len(came))
		if err != nil {
			t.Fatal(err)
		}
		rank, loss, err := quality(p, p, came)
		if err != nil {
			t.Fatal(err)
		}
		lr := s.record[0]
		if rank.AUC < lr.auc-rank.SE || loss.LogLoss > 1.02*lr.loss {
			t.Errorf("%s: AUC %.4f ± %.4f, log-loss %.4f; logistic regression has %.4f and %.4f", name, rank.AUC, rank.SE, loss.LogLoss, lr.auc, lr.loss)
		}
	}
}

// TestKnownLeaksAreFound: those of the reference, and not the contract, which is fair.
func TestKnownLeaksAreFound(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{"leads": {"Tags", "Lead Quality"}, "bank": {"duration"}, "telco": nil} {
		_, h := load(t, name, true)
		found, err := learning.Leaks(asTable(h), nil)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range found {
			names = append(names, f.Attribute)
		}
		for _, leak := range want {
			if !slices.Contains(names, leak) {
				t.Errorf("%s: %s is not found; found are %v", name, leak, names)
			}
		}
		if slices.Contains(names, "Contract") {
			t.Errorf("%s: the contract is fair, and is suspected: %+v", name, found)
		}
	}
}

// TestBankByTimeEndsInAnAlarm: the later calls were made in another economy.
func TestBankByTimeEndsInAnAlarm(t *testing.T) {
	t.Parallel()
	_, h := load(t, "bank by time", false)
	var out bytes.Buffer
	p := &printer{w: &out}
	if err := p.drift(h); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "confident model: met") || !strings.Contains(text, "alarm: ") {
		t.Errorf("no alarm:\n%s", text)
	}
}

func TestNothingToProve(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(&out, filepath.Join(t.TempDir(), "nowhere"), false, "", ""); err != nil || !strings.Contains(out.String(), "is not there") {
		t.Errorf("%v: %s", err, &out)
	}
}
