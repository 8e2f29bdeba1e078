package alert

import (
	"encoding/json"
	"errors"
)

// Standing is what all rules remember of one person, by the rule's name.
type Standing map[string]Stay

// ErrEncoding is a standing or an alert that does not read.
var ErrEncoding = errors.New("what is stored of an alert cannot be read")

// Encode is the standing as stored; nil when there is nothing to remember.
func (s Standing) Encode() ([]byte, error) {
	if len(s) == 0 {
		return nil, nil
	}
	return json.Marshal(s)
}

// ParseStanding reads what Encode wrote; nothing is an empty standing.
func ParseStanding(b []byte) (Standing, error) {
	s := Standing{}
	if len(b) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(b, &s); err != nil || s == nil {
		return nil, ErrEncoding
	}
	return s, nil
}

// Apply takes a move through all rules. It returns the standing after it, which holds only what still matters and only
// rules that exist, and the verdict of each rule.
func Apply(rules []Rule, s Standing, m Move) (Standing, []Verdict) {
	after := Standing{}
	verdicts := make([]Verdict, len(rules))
	for i := range rules {
		r := &rules[i]
		stay, v := r.Cross(s[r.Name], m)
		verdicts[i] = v
		if !r.idle(stay, m.At) {
			after[r.Name] = stay
		}
	}
	return after, verdicts
}
