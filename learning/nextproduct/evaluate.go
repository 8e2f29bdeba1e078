package nextproduct

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Evaluation says how often the next product was among those suggested, learnt from before a cut and judged on after it.
type Evaluation struct {
	Places int  // how many products may be suggested
	People int  // who had bought before the cut and bought something new within the window after it
	Spoke  int  // of them, for whom there was a suggestion
	Ours   Rate // of those for whom there was one: the first new product was suggested
	Most   Rate // of the same people: it was among the most bought products that they had not got
	Gain   Rate // difference between both, person by person
	All    Rate // the most bought products, of everybody
	Rules  int  // learnt
}

// Rate is a share with its standard error; both are 0 where there is nobody.
type Rate struct {
	Share float64
	Error float64
}

// fewestJudged are the people without whom an evaluation says nothing.
const fewestJudged = 40

// Convincing reports whether suggestions beat the most bought products by two standard errors, for 40 people or more.
// Without that they should not be shown.
func (e Evaluation) Convincing() bool {
	return e.Spoke >= fewestJudged && e.Gain.Share > 2*e.Gain.Error
}

// String is the evaluation in one line.
func (e Evaluation) String() string {
	return fmt.Sprintf("hit rate at %d for %d of %d people: %.3f ± %.3f, most bought products %.3f ± %.3f, gain %+.3f ± %.3f",
		e.Places, e.Spoke, e.People, e.Ours.Share, e.Ours.Error, e.Most.Share, e.Most.Error, e.Gain.Share, e.Gain.Error)
}

// Evaluate learns from the purchases before a cut and judges on the first new product after it, where that came within
// the window. Several new ones at the same moment count as hit when one of them was suggested.
func Evaluate(purchases []Purchase, cut time.Time, options Options, places int) (Evaluation, error) {
	o, err := options.filled()
	if err != nil {
		return Evaluation{}, err
	}
	if places < 1 {
		return Evaluation{}, fmt.Errorf("%w: %d places; 3 are usual", ErrOptions, places)
	}
	m, err := Fit(purchases, cut, options)
	if err != nil {
		return Evaluation{}, err
	}
	whole, err := gather(purchases, cut.Add(time.Duration(o.Days)*24*time.Hour))
	if err != nil {
		return Evaluation{}, err
	}
	known, err := gather(purchases, cut)
	if err != nil {
		return Evaluation{}, err
	}
	j := judge{m: m, cut: cut, places: places, ranked: popular(known)}
	for _, person := range whole.people {
		j.person(whole.products, person)
	}
	e := Evaluation{Places: places, People: len(j.all), Spoke: len(j.ours), Rules: len(m.Rules)}
	e.Ours, e.Most, e.Gain, e.All = rate(j.ours), rate(j.most), rate(j.gain), rate(j.all)
	return e, nil
}

type judge struct {
	m                     *Model
	cut                   time.Time
	places                int
	ranked                []string // by their buyers before the cut
	ours, most, gain, all []float64
}

func (j *judge) person(products []string, of []bought) {
	var before []Purchase
	var next []string
	var first int64
	for _, b := range of {
		at := time.Unix(b.at, 0).UTC()
		switch {
		case !at.After(j.cut):
			before = append(before, Purchase{Product: products[b.product], At: at})
		case len(next) == 0 || b.at == first:
			next, first = append(next, products[b.product]), b.at
		}
	}
	if len(before) == 0 || len(next) == 0 {
		return
	}
	most := hit(j.popular(before), next)
	j.all = append(j.all, most)
	suggested, silence := j.m.Suggest(before, j.cut, j.places)
	if silence != Spoke {
		return
	}
	var names []string
	for _, s := range suggested {
		names = append(names, s.Product)
	}
	ours := hit(names, next)
	j.ours, j.most, j.gain = append(j.ours, ours), append(j.most, most), append(j.gain, ours-most)
}

// popular are the most bought products that a person has not got.
func (j *judge) popular(has []Purchase) []string {
	var out []string
	for _, p := range j.ranked {
		if len(out) == j.places {
			break
		}
		if !slices.ContainsFunc(has, func(h Purchase) bool { return h.Product == p }) {
			out = append(out, p)
		}
	}
	return out
}

func hit(names, next []string) float64 {
	for _, n := range next {
		if slices.Contains(names, n) {
			return 1
		}
	}
	return 0
}

func rate(of []float64) Rate {
	n := float64(len(of))
	if n == 0 {
		return Rate{}
	}
	mean, squares := 0.0, 0.0
	for _, x := range of {
		mean += x / n
	}
	for _, x := range of {
		squares += (x - mean) * (x - mean)
	}
	return Rate{mean, math.Sqrt(squares) / n}
}

// popular are the products of a history, those with the most buyers first.
func popular(h history) []string {
	buyers := make([]int, len(h.products))
	for _, person := range h.people {
		for _, b := range person {
			buyers[b.product]++
		}
	}
	order := make([]int, len(h.products))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(-cmp.Compare(buyers[a], buyers[b]), cmp.Compare(a, b)) })
	var out []string
	for _, i := range order {
		out = append(out, h.products[i])
	}
	return out
}
