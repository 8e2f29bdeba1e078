package firstname

import (
	"fmt"
	"math"
	"time"
)

// ReferenceYear is the year at whose beginning the table's people were counted: an age of 30 is that of someone born in 1992.
const ReferenceYear = 2023

// oldest is the highest age the table may hold.
const oldest = 123

// Ages says how old the bearers of a name were on 1 January of ReferenceYear. The zero Ages is "nobody known".
type Ages struct {
	Alive       int // how many bear the name
	P10         int // a tenth is not older than this
	Low, Median int // a quarter, and half
	High        int // three quarters: half of all lie from Low to High
	P90         int
}

// Ages mixes all spellings of a name, each by how many bear it, for one sex or both. A name that is not in the table has none.
func (t *Table) Ages(name string, sex Sex) Ages {
	var rows []row
	for _, r := range t.find(name) {
		if sex == Either || r.sex == sex {
			rows = append(rows, r)
		}
	}
	return mix(rows)
}

// mix puts several rows together: the share not older than an age is the mean of theirs, by number of bearers, and the
// ages asked for are the first at which it is reached. One row alone gives its own ages back.
func mix(rows []row) Ages {
	var alive float64
	for i := range rows {
		alive += rows[i].alive
	}
	if alive == 0 {
		return Ages{}
	}
	out := Ages{Alive: int(math.Round(alive))}
	next := 0
	for age := 0; age <= oldest && next < len(shares); age++ {
		var reached float64
		for i := range rows {
			reached += rows[i].alive * rows[i].upTo(float64(age))
		}
		for next < len(shares) && reached >= shares[next]*alive*(1-1e-9) {
			*[]*int{&out.P10, &out.Low, &out.Median, &out.High, &out.P90}[next] = age
			next++
		}
	}
	return out
}

// upTo is the share of a row's bearers that are not older than an age: straight between the ages the row has, and beyond
// them down to none and up to all over one and a half times the distance of the last two, which agrees best with the
// births themselves.
func (r *row) upTo(age float64) float64 {
	first, last := 0, len(r.ages)-1
	switch {
	case age < r.ages[first]:
		from := max(-1, r.ages[first]-max(1, 1.5*(r.ages[first+1]-r.ages[first])))
		return shares[first] * max(0, (age-from)/(r.ages[first]-from))
	case age >= r.ages[last]:
		to := min(oldest, r.ages[last]+max(1, 1.5*(r.ages[last]-r.ages[last-1])))
		if age >= to {
			return 1
		}
		return shares[last] + (1-shares[last])*(age-r.ages[last])/(to-r.ages[last])
	}
	i := first
	for r.ages[i+1] <= age {
		i++
	}
	return shares[i] + (shares[i+1]-shares[i])*(age-r.ages[i])/(r.ages[i+1]-r.ages[i])
}

// Width is how many years the middle half of the bearers spans.
func (a Ages) Width() int { return a.High - a.Low }

// Limits say when a name tells too little.
type Limits struct {
	MaxWidth int // the widest the middle half may be, in years
	MinCount int // the fewest bearers
}

// DefaultLimits are those used where none are set.
func DefaultLimits() Limits { return Limits{MaxWidth: 25, MinCount: 1000} }

// Abstain says why a name tells too little, "" when it tells enough. Beside the middle half, the middle four fifths may
// not span more than twice the width: a name of great-grandmothers that came back (Louise) has its median where hardly
// anyone is.
func (a Ages) Abstain(l Limits) string {
	switch wide := a.P90 - a.P10; {
	case a.Alive == 0:
		return "the table does not have the name"
	case a.Alive < l.MinCount:
		return fmt.Sprintf("%d people bear the name, fewer than %d", a.Alive, l.MinCount)
	case a.Width() > l.MaxWidth:
		return fmt.Sprintf("half of its bearers span %d years, more than %d", a.Width(), l.MaxWidth)
	case wide > 2*l.MaxWidth:
		return fmt.Sprintf("four fifths of its bearers span %d years, more than %d", wide, 2*l.MaxWidth)
	}
	return ""
}

// Born is the middle of the year in which someone was born who had this age when the table was made. Age in years is
// counted from it for any later moment, so that an estimate grows older as people do.
func Born(age int) time.Time {
	return time.Date(ReferenceYear-1-age, time.July, 1, 0, 0, 0, 0, time.UTC)
}
