package scoring

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// FilterSpec leaves out, before anything is scored, what machines did and who is not meant. What is left out counts
// nowhere: not for criteria, not for conditions, not as a sign of life.
type FilterSpec struct {
	Opens    string       `json:",omitempty"` // CountOpens, or "" for IgnoreOpens
	Bursts   *BurstSpec   `json:",omitempty"`
	Scanners *ScannerSpec `json:",omitempty"`
	Ignore   []IgnoreSpec `json:",omitempty"` // those for whom any of these holds are not scored
}

// IgnoreSpec is a condition on people who are not meant: colleagues, test contacts.
type IgnoreSpec struct {
	Path string `json:"-"`
	When string
}

// What opened e-mails are worth. Apple Mail and mail gateways open mail by themselves, so they are ignored unless a model
// says otherwise.
const (
	IgnoreOpens = "ignore"
	CountOpens  = "count"
)

// BurstSpec leaves out activity of one kind that happened at least Times times within Seconds: scanners follow every
// link of an e-mail at once. A counter's event, however large, is one moment.
type BurstSpec struct {
	Path    string `json:"-"`
	Times   int
	Seconds float64
	Of      []string // kinds of activity; empty: those that are clicks by their name
}

// ScannerSpec leaves out clicks within Seconds of the delivery of an e-mail that nobody opened in between.
type ScannerSpec struct {
	Path                     string `json:"-"`
	Clicks, Opens, Delivered string // kinds of activity
	Seconds                  float64
}

// Dropped counts the events that filters left out.
type Dropped struct {
	Opens    int
	Bursts   int
	Scanners int
}

// Sum is how many events were left out in all.
func (d Dropped) Sum() int { return d.Opens + d.Bursts + d.Scanners }

// compiledFilters are the filters made ready. The zero value drops nothing.
type compiledFilters struct {
	active   bool
	opens    []bool   // by kind: opened e-mails that count for nothing
	bursts   []uint16 // kinds in which bursts are looked for
	times    int
	burst    int64 // milliseconds
	scanners bool
	clicks   uint16
	opened   uint16
	sent     uint16
	scanner  int64 // milliseconds
	ignore   []*condition
}

// filterScratch is the working memory of the filters.
type filterScratch struct {
	kept  []Event
	times []int64
	more  []int64
}

// isMailOpen reports whether a kind of activity is an opened e-mail, by its name: email_open, ouverture_mail, open.
func isMailOpen(kind string) bool {
	open, mail, other := false, false, false
	for _, word := range strings.Split(strings.ToLower(kind), "_") {
		switch {
		case strings.HasPrefix(word, "open"), strings.HasPrefix(word, "ouvert"):
			open = true
		case strings.Contains(word, "mail"), word == "newsletter", word == "nl", word == "courriel":
			mail = true
		default:
			other = true
		}
	}
	return open && (mail || !other)
}

func isClick(kind string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToLower(kind), "_"), func(word string) bool {
		return word == "click" || word == "clicks" || word == "clicked" || word == "clic" || word == "clics"
	})
}

// filters compiles what is left out.
func (c *compiler) filters(s FilterSpec) {
	f := &c.model.filters
	switch s.Opens {
	case "", IgnoreOpens:
		c.ignoredOpens(f)
	case CountOpens:
	default:
		c.problems.add("$.filters.opens", fmt.Sprintf("opens are worth %q, which is unknown", s.Opens), "write ignore or count")
	}
	if s.Bursts != nil {
		c.bursts(f, s.Bursts)
	}
	if s.Scanners != nil {
		c.scanners(f, s.Scanners)
	}
	for _, i := range s.Ignore {
		f.ignore = append(f.ignore, c.condition(i.Path, i.When, c.schema))
	}
	f.active = f.opens != nil || len(f.bursts) > 0 || f.scanners
}

// ignoredOpens finds the kinds that are opened e-mails, and warns where points were meant for them.
func (c *compiler) ignoredOpens(f *compiledFilters) {
	for kind, name := range c.schema.Activities {
		if !isMailOpen(name) {
			continue
		}
		if f.opens == nil {
			f.opens = make([]bool, len(c.schema.Activities))
		}
		f.opens[kind] = true
	}
	for _, score := range c.model.spec.Scores {
		for _, group := range score.Groups {
			for _, cr := range group.Criteria {
				if kind := slices.Index(c.schema.Activities, cr.Activity); kind >= 0 && f.opens != nil && f.opens[kind] {
					c.problems.warn(cr.Path+".activity", fmt.Sprintf("%q gives nothing: mail programs open e-mails by themselves, so opens are ignored", cr.Name),
						"remove the criterion, or write filters: {opens: count}")
				}
			}
		}
	}
}

func (c *compiler) bursts(f *compiledFilters, s *BurstSpec) {
	if s.Times < 2 {
		c.problems.add(s.Path+".times", fmt.Sprintf("%d at a time is no burst", s.Times), "write 2 or more")
	}
	f.times, f.burst = max(2, s.Times), c.seconds(s.Path, s.Seconds)
	of := s.Of
	if len(of) == 0 {
		for _, kind := range c.schema.Activities {
			if isClick(kind) {
				of = append(of, kind)
			}
		}
		if len(of) == 0 {
			c.problems.add(s.Path, "no activity is a click by its name", "name the kinds: of: [newsletter_links]")
		}
	}
	f.bursts = c.kinds(s.Path+".of", of)
}

func (c *compiler) scanners(f *compiledFilters, s *ScannerSpec) {
	f.scanner = c.seconds(s.Path, s.Seconds)
	ok := true
	for _, k := range []struct {
		key, name string
		slot      *uint16
	}{{"clicks", s.Clicks, &f.clicks}, {"opens", s.Opens, &f.opened}, {"delivered", s.Delivered, &f.sent}} {
		if found := c.kinds(s.Path+"."+k.key, []string{k.name}); len(found) == 1 {
			*k.slot = found[0]
		} else {
			ok = false
		}
	}
	if ok && (f.clicks == f.opened || f.clicks == f.sent || f.opened == f.sent) {
		c.problems.add(s.Path, "two of clicks, opens and delivered are the same activity", "name three kinds")
	}
	f.scanners = ok
}

// seconds checks a short span and gives it in milliseconds.
func (c *compiler) seconds(path string, s float64) int64 {
	const most = 3600
	if !(s > 0) || s > most {
		c.problems.add(path+".seconds", fmt.Sprintf("%g seconds are not above 0 and up to %d", s, most), "write a short span, such as 10")
		return 0
	}
	return int64(math.Round(s * 1000))
}

// ignores reports whether a subject is not meant.
func (f *compiledFilters) ignores(known *facts) bool {
	for _, c := range f.ignore {
		if c.holds(known) == yes {
			return true
		}
	}
	return false
}

// apply returns the events that count, in w's memory when some do not. Events after now take no part: they have not
// happened, and whether they count is decided when they have.
func (f *compiledFilters) apply(w *filterScratch, events []Event, now int64, r *Result) []Event {
	kept := events
	drop := func(count *int, is func(*Event) bool) {
		first := slices.IndexFunc(kept, func(e Event) bool { return is(&e) })
		if first < 0 {
			return
		}
		out := append(w.kept[:0], kept[:first]...) // in place when kept is w.kept already
		for i := first; i < len(kept); i++ {
			if e := kept[i]; is(&e) {
				*count++
			} else {
				out = append(out, e)
			}
		}
		w.kept, kept = out, out
	}
	if f.scanners { // looks at opens, so it comes before they go
		w.times = timesOf(w.times[:0], events, f.sent, now)
		w.more = timesOf(w.more[:0], events, f.opened, now)
		drop(&r.Dropped.Scanners, func(e *Event) bool {
			return e.Kind == f.clicks && happened(e, now) && between(w.times, e.At-f.scanner, e.At) && !between(w.more, e.At-f.scanner, e.At)
		})
	}
	for _, kind := range f.bursts {
		w.times = timesOf(w.times[:0], events, kind, now)
		if w.more = burstsIn(w.more[:0], w.times, f.times, f.burst); len(w.more) > 0 {
			drop(&r.Dropped.Bursts, func(e *Event) bool {
				if e.Kind != kind || !happened(e, now) {
					return false
				}
				_, in := slices.BinarySearch(w.more, e.At)
				return in
			})
		}
	}
	if f.opens != nil {
		drop(&r.Dropped.Opens, func(e *Event) bool { return int(e.Kind) < len(f.opens) && f.opens[e.Kind] && e.At <= now })
	}
	return kept
}

func happened(e *Event, now int64) bool { return e.At != 0 && e.At <= now }

// timesOf lists the moments of the dated events of a kind, ascending.
func timesOf(list []int64, events []Event, kind uint16, now int64) []int64 {
	for i := range events {
		if e := &events[i]; e.Kind == kind && happened(e, now) {
			list = append(list, e.At)
		}
	}
	slices.Sort(list)
	return list
}

// between reports whether a moment of an ascending list lies from one to another.
func between(list []int64, from, to int64) bool {
	i, _ := slices.BinarySearch(list, from)
	return i < len(list) && list[i] <= to
}

// burstsIn lists those of some ascending moments that lie in a span with at least n of them.
func burstsIn(list, times []int64, n int, span int64) []int64 {
	marked := 0 // moments before this one are in the list or not for good
	for i := 0; i+n <= len(times); i++ {
		last := i + n - 1
		if times[last]-times[i] > span {
			continue
		}
		for j := max(i, marked); j <= last; j++ {
			list = append(list, times[j])
		}
		marked = last + 1
	}
	return list
}
