package worker

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// HistoryMove is one change of what a record shows, with what moved it.
type HistoryMove struct {
	At      time.Time    `json:"at"`
	Model   string       `json:"model"`     // hash of the model file
	New     bool         `json:"new_model"` // another model than the change before
	First   bool         `json:"first"`     // nothing was written before
	Old     Planned      `json:"old"`
	Now     Planned      `json:"now"`
	Reasons []ReasonMove `json:"reasons"` // what weighs most first
}

// ReasonMove is what a reason gives more or less than at the change before.
type ReasonMove struct {
	Points float64 `json:"points"`
	Text   string  `json:"text"` // as it stands in the later of the two; in the language it was written to the record
}

// reasonsTold is how many reasons are told of each move.
const reasonsTold = 4

// moves compares each entry of a ledger, latest first, with the one before it. The ledger keeps the strongest reasons of
// each entry only: what may merely have dropped out of a full list is left out rather than told wrong.
func moves(ledger []Entry) []HistoryMove {
	out := make([]HistoryMove, 0, len(ledger))
	for i, e := range ledger {
		m := HistoryMove{At: e.At, Model: e.Model, First: e.First, Old: e.Old, Now: e.New}
		var before Entry
		if i+1 < len(ledger) {
			before = ledger[i+1]
			m.New = before.Model != e.Model
		} else if !e.First {
			out = append(out, m) // what came before it is no longer known
			continue
		}
		m.Reasons = reasonMoves(before.Reasons, e.Reasons)
		out = append(out, m)
	}
	return out
}

func reasonMoves(before, after []string) []ReasonMove {
	was, now := toldReasons(before), toldReasons(after)
	var list []ReasonMove
	for key, n := range now {
		w, ok := was[key]
		if !ok && len(before) >= reasonsKept {
			continue
		}
		list = append(list, ReasonMove{n.Points - w.Points, n.Text})
	}
	for key, w := range was {
		if _, still := now[key]; !still && len(after) < reasonsKept {
			list = append(list, ReasonMove{-w.Points, w.Text})
		}
	}
	list = slices.DeleteFunc(list, func(r ReasonMove) bool { return math.Abs(r.Points) < 0.05 })
	slices.SortFunc(list, func(a, b ReasonMove) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Points), math.Abs(a.Points)), cmp.Compare(a.Text, b.Text))
	})
	return list[:min(len(list), reasonsTold)]
}

// happenings matches the part of a reason that changes from one day to the next.
var happenings = regexp.MustCompile(` ?: (\d+ (times|fois)|once|une fois|last activity|dernière activité|not known|inconnu)\b.*$`)

// toldReasons reads the lines of a ledger entry back, by the part of their text that stays.
func toldReasons(lines []string) map[string]ReasonMove {
	out := map[string]ReasonMove{}
	for _, line := range lines {
		number, text, _ := strings.Cut(line, " ")
		points, err := strconv.ParseFloat(number, 64)
		if err != nil {
			continue // a sentence, such as why there is no score
		}
		key := happenings.ReplaceAllString(text, "")
		out[key] = ReasonMove{out[key].Points + points, text}
	}
	return out
}
