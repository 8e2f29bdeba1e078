package scorecard

import (
	"cmp"
	"math"
	"slices"

	"github.com/bareme/bareme/learning/metrics"
)

// The rules of binning, of the reference in docs/learning.md.
const (
	preBins   = 20  // quantile bins of a number before they are merged
	mostBins  = 6   // of an attribute, the missing left aside
	leastPart = .05 // of the rows, in a bin
	leastEach = 5   // rows of either class in a bin
	rareRows  = 30  // a level, or the missing, with fewer rows than this …
	rarePart  = .01 // … or this share of them, is too rare to stand alone
	members   = 20  // texts of a list that are looked at, the most frequent
)

// fine is an attribute in bins made without looking at the outcome, to be merged by looking at it.
type fine struct {
	name    string
	kind    Kind
	member  *string
	cuts    []float64     // of numbers
	groups  [][]string    // of texts: the levels of each bin
	other   int           // the bin of rare levels, or -1
	bins    int           // the missing left aside
	missing bool          // there are enough missing for a bin of their own: bin number bins
	fixed   bool          // made by hand: not merged
	codes   []int16       // by row; -1 is missing without a bin
	bare    bool          // some row is without a bin
	counts  []cell        // by bin, of all rows
	parts   [folds][]cell // the same of each part
	why     string        // why nothing can be learnt from it; "" where something can
}

// rare is the number of rows below which nothing stands alone.
func rare(n int) int { return max(rareRows, int(math.Ceil(rarePart*float64(n)))) }

// fines makes the fine bins of every column, side by side.
func fines(columns []Column, at []float64, in *dealt, o *Options) []fine {
	made := make([][]fine, len(columns))
	each(len(in.part), len(columns), func(i int) {
		made[i] = finesOf(&columns[i], at, o)
		for k := range made[i] {
			made[i][k].count(in)
		}
	})
	return slices.Concat(made...)
}

func finesOf(c *Column, at []float64, o *Options) []fine {
	switch c.Kind {
	case Number:
		return []fine{numbers(c.Name, Number, c.Numbers, o)}
	case Date:
		values := make([]float64, len(c.Numbers))
		for row, v := range c.Numbers {
			values[row] = days(at[row], v)
		}
		return []fine{numbers(c.Name, Date, values, o)}
	case List:
		return lists(c)
	default:
		return []fine{texts(c, o)}
	}
}

func numbers(name string, kind Kind, values []float64, o *Options) fine {
	f := fine{name: name, kind: kind, other: -1, codes: make([]int16, len(values))}
	if b, ok := o.Fixed[name]; ok {
		f.cuts, f.fixed = b.Cuts, true
	} else {
		f.cuts = cutPoints(values)
	}
	f.bins = len(f.cuts) + 1
	missing := 0
	for row, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			f.codes[row] = -1
			missing++
			continue
		}
		f.codes[row] = int16(bin(f.cuts, v))
	}
	f.settle(missing)
	return f
}

// settle gives the missing a bin if there are enough of them, and says why nothing can be learnt where that is plain.
func (f *fine) settle(missing int) {
	n := len(f.codes)
	if missing >= rare(n) && missing < n {
		f.missing = true
		for row, code := range f.codes {
			if code < 0 {
				f.codes[row] = int16(f.bins)
			}
		}
	}
	switch {
	case missing == n:
		f.why = "it is missing in every row"
	case f.bins < 2 && !f.missing && f.why == "":
		f.why = "it has the same value in every row"
	}
}

// cutPoints are cuts between bins of about equal count; a value so frequent that it fills a bin gets one of its own. Each
// cut is the shortest decimal that parts the same rows.
func cutPoints(values []float64) []float64 {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	var cuts []float64
	for _, q := range metrics.Quantiles(sorted, preBins) {
		at, _ := slices.BinarySearch(sorted, q)
		past := at + sortSearch(sorted[at:], q)
		cuts = appendCut(cuts, sorted, at)
		if past-at >= len(sorted)/(2*preBins) && past > at {
			cuts = appendCut(cuts, sorted, past)
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// sortSearch is how many of the sorted values are at most q.
func sortSearch(sorted []float64, q float64) int {
	n, _ := slices.BinarySearchFunc(sorted, q, func(v, q float64) int {
		if v <= q {
			return -1
		}
		return 1
	})
	return n
}

// appendCut adds a cut just before sorted[at].
func appendCut(cuts, sorted []float64, at int) []float64 {
	if at <= 0 || at >= len(sorted) || sorted[at-1] == sorted[at] {
		return cuts
	}
	return append(cuts, shortest(sorted[at-1], sorted[at]))
}

// shortest is the decimal of fewest digits above lo and at most hi.
func shortest(lo, hi float64) float64 {
	if lo < 0 && hi >= 0 {
		return 0
	}
	size := math.Max(math.Abs(lo), math.Abs(hi))
	for digits := range 16 {
		unit := math.Pow(10, math.Floor(math.Log10(size))-float64(digits))
		if unit == 0 || math.IsInf(unit, 0) {
			break
		}
		v := math.Floor(hi/unit) * unit
		if unit < 1 {
			v = math.Floor(hi/unit) / math.Round(1/unit)
		}
		if v > lo && v <= hi {
			return v
		}
	}
	return hi
}

func texts(c *Column, o *Options) fine {
	f := fine{name: c.Name, kind: c.Kind, other: -1, codes: make([]int16, len(c.Codes))}
	count := make([]int, len(c.Levels))
	missing := 0
	for _, code := range c.Codes {
		if code < 0 {
			missing++
		} else {
			count[code]++
		}
	}
	bins := f.groupLevels(c, count, o)
	for row, code := range c.Codes {
		f.codes[row] = -1
		if code >= 0 {
			f.codes[row] = bins[code]
		}
	}
	f.settle(missing)
	return f
}

// groupLevels makes a bin of each frequent level, in the order of their names, and one of all rare ones; by level it gives
// the bin.
func (f *fine) groupLevels(c *Column, count []int, o *Options) []int16 {
	bins := make([]int16, len(c.Levels))
	if b, ok := o.Fixed[c.Name]; ok {
		return f.fixedGroups(c, b.Groups)
	}
	least := rare(len(c.Codes))
	order := make([]int, len(c.Levels))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(c.Levels[a], c.Levels[b]) })
	seen, rareLevels, rareCount := 0, 0, 0
	for _, level := range order {
		bins[level] = -1
		switch {
		case count[level] == 0:
			continue
		case count[level] >= least:
			bins[level] = int16(len(f.groups))
			f.groups = append(f.groups, []string{c.Levels[level]})
		default:
			rareLevels, rareCount = rareLevels+1, rareCount+count[level]
		}
		seen++
	}
	f.bins = len(f.groups)
	if rareLevels > 0 {
		f.other = f.bins
		f.bins++
		f.groups = append(f.groups, nil)
		for level := range bins {
			if bins[level] < 0 {
				bins[level] = int16(f.other)
			}
		}
	}
	if f.bins < 2 && rareLevels > 1 {
		f.why = "each of its " + thousands(seen) + " values is too rare to learn from: group them first"
	}
	return bins
}

func (f *fine) fixedGroups(c *Column, groups [][]string) []int16 {
	f.fixed, f.groups, f.bins = true, groups, len(groups)
	bins := make([]int16, len(c.Levels))
	for level, text := range c.Levels {
		bins[level] = -1
		for g, group := range groups {
			if slices.Contains(group, text) {
				bins[level] = int16(g)
			}
		}
	}
	return bins
}

// lists makes one attribute of each frequent text of a list: whether it is there.
func lists(c *Column) []fine {
	n := len(c.Members)
	count := make([]int, len(c.Levels))
	for _, row := range c.Members {
		for _, code := range row {
			count[code]++
		}
	}
	order := make([]int, 0, len(c.Levels))
	for i := range c.Levels {
		if count[i] >= rare(n) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(count[b]-count[a], cmp.Compare(c.Levels[a], c.Levels[b])) })
	if len(order) == 0 {
		return []fine{{name: c.Name, kind: List, other: -1, codes: make([]int16, n), why: "none of its texts is frequent enough to learn from"}}
	}
	var out []fine
	for _, level := range order[:min(len(order), members)] {
		there := Column{Name: c.Name, Kind: List, Levels: []string{no, yes}, Codes: make([]int32, n)}
		for row, list := range c.Members {
			switch {
			case list == nil:
				there.Codes[row] = -1
			case slices.Contains(list, int32(level)):
				there.Codes[row] = 1
			}
		}
		f := texts(&there, &Options{})
		f.member = &c.Levels[level]
		out = append(out, f)
	}
	return out
}
