package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bareme/bareme/learning/scorecard"
)

// set is a data set, its split, and what is on record about it.
type set struct {
	name    string
	file    string
	comma   rune
	outcome string // the column that tells
	yes     string // its value where somebody converted
	leave   []string
	missing func(column, value string) bool
	level   func(value string) string // a text as it is taken; nil as it is
	byTime  bool                      // the first 70 % of the rows against the rest
	record  []figure
}

// history is a set as it was read.
type history struct {
	columns   []scorecard.Column
	converted []bool
	test      []bool
}

func blank(_, value string) bool { return strings.TrimSpace(value) == "" }

// sets are those of docs/learning.md. What is on record comes from scikit-learn on the same split; see baseline.py.
func sets() []set {
	bank := set{
		name: "bank", file: "bank/bank-additional-full.csv", comma: ';', outcome: "y", yes: "yes", leave: []string{"duration"},
		missing: func(column, value string) bool { return column == "pdays" && value == "999" || blank(column, value) },
		record: []figure{
			{name: "logistic regression", auc: .8035, loss: .2718, seconds: 1.86}, {name: "WoE + regression", auc: .7956, loss: .2761, seconds: .44},
			{name: "naive Bayes", auc: .7842, loss: .7113, seconds: 0}, {name: "gradient boosting", auc: .8149, loss: .2651, seconds: 1.73},
		},
	}
	late := bank
	late.name, late.byTime = "bank by time", true
	late.record = []figure{
		{name: "logistic regression", auc: .6848, loss: .5647, seconds: 0}, {name: "WoE + regression", auc: .6751, loss: .5789, seconds: 0},
		{name: "naive Bayes", auc: .5715, loss: .7189, seconds: 0}, {name: "gradient boosting", auc: .6496, loss: .6562, seconds: 0},
	}
	return []set{
		{
			name: "leads", file: "leads/Leads.csv", comma: ',', outcome: "Converted", yes: "1", missing: blank,
			level: func(v string) string {
				if v == "Select" {
					return ""
				}
				return v
			},
			leave: []string{
				"Prospect ID", "Lead Number", "Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity", "",
				"Asymmetrique Activity Index", "Asymmetrique Profile Index", "Asymmetrique Activity Score", "Asymmetrique Profile Score",
			},
			record: []figure{
				{name: "logistic regression", auc: .8569, loss: .4617, seconds: .28}, {name: "WoE + regression", auc: .8414, loss: .4674, seconds: .13},
				{name: "naive Bayes", auc: .8103, loss: .7151, seconds: .15}, {name: "gradient boosting", auc: .8679, loss: .4388, seconds: .58},
			},
		},
		bank, late,
		{
			name: "german-credit", file: "german-credit/germancredit.csv", comma: ',', outcome: "creditability", yes: "bad", missing: blank,
			record: []figure{
				{name: "logistic regression", auc: .7945, loss: .4911, seconds: .03}, {name: "WoE + regression", auc: .8033, loss: .4815, seconds: 0},
				{name: "naive Bayes", auc: .7975, loss: .5059, seconds: 0}, {name: "gradient boosting", auc: .7888, loss: .5157, seconds: 0},
			},
		},
		{
			name: "telco", file: "telco/Telco-Customer-Churn.csv", comma: ',', outcome: "Churn", yes: "Yes", missing: blank,
			leave: []string{"customerID"},
			record: []figure{
				{name: "logistic regression", auc: .8448, loss: .4179, seconds: .10}, {name: "WoE + regression", auc: .8417, loss: .4200, seconds: 0},
				{name: "naive Bayes", auc: .8157, loss: 1.0231, seconds: 0}, {name: "gradient boosting", auc: .8373, loss: .4272, seconds: 0},
			},
		},
	}
}

// read reads the set from a folder of data sets.
func (s *set) read(folder string) (*history, error) {
	f, err := os.Open(filepath.Join(folder, filepath.FromSlash(s.file)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	r := csv.NewReader(f)
	r.Comma = s.comma
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.file, err)
	}
	h := &history{}
	head, rows := rows[0], rows[1:]
	at := slices.Index(head, s.outcome)
	if at < 0 {
		return nil, fmt.Errorf("%s has no column %q", s.file, s.outcome)
	}
	for _, row := range rows {
		h.converted = append(h.converted, row[at] == s.yes)
	}
	for i, name := range head {
		if i != at && !slices.Contains(s.leave, name) {
			h.columns = append(h.columns, s.column(name, i, rows))
		}
	}
	if h.test = stratified(h.converted); s.byTime {
		for i := range h.test {
			h.test[i] = i >= int(math.Ceil(.7*float64(len(rows))))
		}
	}
	return h, nil
}

// column is one of numbers if every value it has is one, else of texts.
func (s *set) column(name string, at int, rows [][]string) scorecard.Column {
	values, texts := make([]float64, len(rows)), make([]string, len(rows))
	numeric := true
	for i, row := range rows {
		values[i], texts[i] = math.NaN(), row[at]
		if s.missing(name, row[at]) {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(row[at]), 64)
		if err != nil {
			numeric = false
		}
		values[i] = v
		if s.level != nil {
			texts[i] = s.level(row[at])
		}
	}
	if numeric {
		return scorecard.Numbers(name, values)
	}
	return scorecard.Texts(name, texts, func(row int) bool { return !s.missing(name, rows[row][at]) })
}

// part is the rows of the training, or of the test.
func (h *history) part(test bool) (columns []scorecard.Column, converted []bool) {
	var rows []int
	for i, t := range h.test {
		if t == test {
			rows = append(rows, i)
			converted = append(converted, h.converted[i])
		}
	}
	for i := range h.columns {
		columns = append(columns, h.columns[i].Pick(rows))
	}
	return columns, converted
}
