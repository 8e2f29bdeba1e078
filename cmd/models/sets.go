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
			{"logistic regression", .8035, .2718, 1.86}, {"WoE + regression", .7956, .2761, .44},
			{"naive Bayes", .7842, .7113, 0}, {"gradient boosting", .8149, .2651, 1.73},
		},
	}
	late := bank
	late.name, late.byTime = "bank by time", true
	late.record = []figure{
		{"logistic regression", .6848, .5647, 0}, {"WoE + regression", .6751, .5789, 0},
		{"naive Bayes", .5715, .7189, 0}, {"gradient boosting", .6496, .6562, 0},
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
				{"logistic regression", .8569, .4617, .28}, {"WoE + regression", .8414, .4674, .13},
				{"naive Bayes", .8103, .7151, .15}, {"gradient boosting", .8679, .4388, .58},
			},
		},
		bank, late,
		{
			name: "german-credit", file: "german-credit/germancredit.csv", comma: ',', outcome: "creditability", yes: "bad", missing: blank,
			record: []figure{
				{"logistic regression", .7945, .4911, .03}, {"WoE + regression", .8033, .4815, 0},
				{"naive Bayes", .7975, .5059, 0}, {"gradient boosting", .7888, .5157, 0},
			},
		},
		{
			name: "telco", file: "telco/Telco-Customer-Churn.csv", comma: ',', outcome: "Churn", yes: "Yes", missing: blank,
			leave: []string{"customerID"},
			record: []figure{
				{"logistic regression", .8448, .4179, .10}, {"WoE + regression", .8417, .4200, 0},
				{"naive Bayes", .8157, 1.0231, 0}, {"gradient boosting", .8373, .4272, 0},
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
