package plan

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
)

// ErrTooLarge is wrapped by every refusal of a plan.
var ErrTooLarge = errors.New("plan is too large to be right")

// Limits say when a plan is too large to be right: a mistake in a model or a mapping shows as a plan that changes much of
// the CRM at once.
type Limits struct {
	MaxChanged float64 // largest share of all people that may change, 0 to 1; ≤ 0: no limit
	Least      int     // plans of fewer changes are never too large; 0 stands for 20
}

// defaultLeast spares small populations, where a few changes are a large share.
const defaultLeast = 20

// Counts sum up a plan.
type Counts struct {
	Of       string // what they are; "" stands for people
	People   int    // records in the store
	Changed  int    // of these, how many would be written
	Clearing int    // of those, how many scores would be cleared
	First    bool   // nothing was written to this CRM before
	NewModel bool   // the model is not the one people were scored with last
}

// TooLarge is a refused plan.
type TooLarge struct {
	Counts
	Limit float64 // the share that was passed
}

// Check refuses a plan that changes more than the limit with a *TooLarge. A share equal to the limit passes.
func (l Limits) Check(c Counts) error {
	least := l.Least
	if least == 0 {
		least = defaultLeast
	}
	// The margin is for shares such as 0.29 that binary holds a little too small.
	most := l.MaxChanged*float64(c.People) + 1e-6
	if l.MaxChanged <= 0 || c.Changed < least || float64(c.Changed) <= most {
		return nil
	}
	return &TooLarge{Counts: c, Limit: l.MaxChanged}
}

// Error says how many of how many, why that may be right, and how to accept it.
func (e *TooLarge) Error() string {
	text := fmt.Sprintf("the plan changes %s of %s %s (%s), more than the limit of %s",
		count(e.Changed), count(e.People), cmp.Or(e.Of, "people"), share(e.Changed, e.People), percent(e.Limit))
	if e.Clearing > 0 {
		text += fmt.Sprintf(", and clears the score of %s", count(e.Clearing))
	}
	text += "; nothing was written. "
	switch {
	case e.First:
		text += "It may be right: this is the first load, everybody gets a score. "
	case e.NewModel:
		text += "It may be right: the model has changed since people were last scored. "
	default:
		text += "The model has not changed, so look for the cause: many records changed in the CRM at once, or a field that no longer arrives. "
	}
	return text + "Look at it with \"bareme preview\"; to write it, run again with --accept-changes"
}

// Unwrap makes errors.Is find ErrTooLarge.
func (e *TooLarge) Unwrap() error { return ErrTooLarge }

// share is a part in percent, rounded down so that it never says 100 % of less than all.
func share(part, whole int) string {
	if whole <= 0 {
		return "all"
	}
	return strconv.Itoa(int(int64(part)*100/int64(whole))) + " %"
}

func percent(limit float64) string {
	return strconv.FormatFloat(limit*100, 'g', 6, 64) + " %"
}

// count writes thousands apart: 12,345.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
