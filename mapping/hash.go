package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
)

// revision changes whenever this package would map the same fields to something else, so that everyone is mapped anew.
const revision = "1"

// Hash stands for everything that decides the mapped inputs: when it changes, subjects mapped before are out of date.
// Where scores are written does not count, nor does where things stand in the model file.
func (m *Mapper) Hash() string { return m.hash }

func hashSpec(s Spec) string {
	h := sha256.New()
	put(h, "revision", revision)
	if s.Object != "" {
		put(h, "object", s.Object)
	}
	if r := s.Rates; r != nil {
		put(h, "rates", r.AsOf)
		for _, code := range sortedCodes(r.Rates) {
			put(h, code, r.Rates[code])
		}
	}
	for _, a := range s.Attributes {
		put(h, "attribute", a.Name, fmt.Sprint(a.Type), a.Transform, a.Currency, a.CurrencyFrom)
		put(h, a.From...)
		if len(a.Empty) > 0 {
			put(h, "empty")
			put(h, a.Empty...)
		}
		if f := a.FirstName; f != (FirstNameSpec{}) {
			put(h, "first name", f.Sex, f.Estimate, fmt.Sprint(f.MaxWidth, f.MinCount))
		}
		if r := a.RollUp; r != nil {
			put(h, "roll up", r.Of, r.How, fmt.Sprint(r.N), r.When)
			if r.Cap != nil {
				put(h, "cap", fmt.Sprint(*r.Cap))
			}
		}
		if a.Default != nil {
			put(h, "default", *a.Default)
		}
		put(h, "lookup", fmt.Sprint(a.Lookup != nil))
		keys := make([]string, 0, len(a.Lookup))
		for k := range a.Lookup {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			put(h, k, a.Lookup[k])
		}
	}
	for _, a := range s.Activities {
		put(h, "activity", a.Name, a.From, a.Count, a.Last, a.Time, a.Amount, a.Currency, a.CurrencyFrom)
		putConditions(h, a.When)
		if len(a.Not) > 0 {
			put(h, "not")
			putConditions(h, a.Not)
		}
	}
	put(h, "skip")
	putConditions(h, s.SkipIf)
	put(h, "retain", fmt.Sprint(int64(s.Retain)))
	for _, set := range s.SkipSets {
		put(h, "skip all of")
		putConditions(h, set)
	}
	if s.Override != nil {
		put(h, "override")
		put(h, s.Override.Field, s.Override.Until, s.Override.Author, s.Override.Reason)
	}
	if s.Joined != nil {
		put(h, "joined")
		put(h, s.Joined.Connections...)
	}
	if s.Active != nil {
		put(h, "active")
		put(h, s.Active...)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func putConditions(h hash.Hash, conditions []Condition) {
	for _, c := range conditions {
		put(h, "condition", c.Field)
		put(h, c.In...)
	}
}

// put writes each part with its length, so that no two different lists write the same bytes. Writing to a hash never fails.
func put(h hash.Hash, parts ...string) {
	_, _ = fmt.Fprintf(h, "[%d", len(parts))
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
}
