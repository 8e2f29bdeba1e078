// Package population invents a lifelike set of companies and people for the simulated CRMs: French and English names
// and job titles, a few keen people among many cold ones, and activity whose counters and dates agree with each other.
// It speaks no CRM's language. The same seed, sizes and moment always give the same world, and every record can be
// made on its own, so that a world of any size needs no memory.
//
// Nobody in it is real: company domains end in .example, and the addresses at real mail providers have a form these
// do not hand out.
package population

import (
	"iter"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// World is an invented market as it stands at one moment.
type World struct {
	seed              uint64
	people, companies int
	now               time.Time
}

// New describes a world; with companies 0 there is one for every ten people.
func New(seed int64, people, companies int, now time.Time) *World {
	if companies == 0 {
		companies = people / 10
	}
	return &World{seed: uint64(seed), people: people, companies: companies, now: now.UTC().Truncate(time.Millisecond)}
}

// Companies is how many companies there are.
func (w *World) Companies() int { return w.companies }

// The streams of chance: each kind of thing draws from its own, so that one more field here changes nothing there.
const (
	companyStream = iota + 1
	personStream
	activityStream
	elsewhereStream
)

func (w *World) dice(stream, i int) *dice {
	return &dice{rand.New(rand.NewPCG(w.seed, uint64(stream)<<48|uint64(i)))}
}

// People yields everybody in order. E-mail addresses are made unique along the way.
func (w *World) People() iter.Seq2[int, Person] {
	return func(yield func(int, Person) bool) {
		taken := make(map[string]struct{}, w.people)
		for i := range w.people {
			p := w.Person(i)
			if _, twice := taken[p.Email]; twice && p.Email != "" {
				name, domain, _ := strings.Cut(p.Email, "@")
				p.Email = name + strconv.Itoa(i) + "@" + domain
			}
			taken[p.Email] = struct{}{}
			if !yield(i, p) {
				return
			}
		}
	}
}

// dice draws from the usual distributions.
type dice struct{ *rand.Rand }

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return d.Float64() < p }

// poisson draws a count with a mean.
func (d *dice) poisson(mean float64) int {
	limit, product, n := math.Exp(-mean), d.Float64(), 0
	for product > limit {
		product *= d.Float64()
		n++
	}
	return n
}

// pick draws an element; the earlier ones come somewhat more often.
func (d *dice) pick(from []string) string {
	u := d.Float64()
	return from[int(math.Pow(u, 1.3)*float64(len(from)))]
}

// before draws a moment before another, a given number of days on average but not before a floor.
func (d *dice) before(end, floor time.Time, meanDays float64) time.Time {
	t := end.Add(-time.Duration(d.ExpFloat64() * meanDays * 24 * float64(time.Hour))).Truncate(time.Millisecond)
	if t.Before(floor) {
		return d.between(floor, end)
	}
	return t
}

// between draws a moment from a stretch of time.
func (d *dice) between(from, to time.Time) time.Time {
	span := to.Sub(from)
	if span <= 0 {
		return from
	}
	return from.Add(time.Duration(d.Float64() * float64(span))).Truncate(time.Millisecond)
}
