package alert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/alert"
)

var monday = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func score(x float64) alert.Level { return alert.Level{Scored: true, Score: x} }

func label(l string) alert.Level { return alert.Level{Scored: true, Label: l} }

// TestCross walks people through levels, a day apart, and reads the verdicts.
func TestCross(t *testing.T) {
	t.Parallel()
	eighty := 80.0
	byScore := alert.Rule{Score: &eighty, Margin: 5, CoolDown: 14 * day}
	byLabel := alert.Rule{Enters: []string{"hot"}, Keeps: []string{"warm"}, CoolDown: 14 * day}
	backfill := byLabel
	backfill.Backfill = true
	eager := byLabel
	eager.CoolDown = 0
	none := alert.Level{}
	for _, c := range []struct {
		name    string
		rule    alert.Rule
		loading bool
		first   bool // the first level is the first the record shows
		levels  []alert.Level
		want    string // one letter a move: . nothing, R raised, k known, c cooling
	}{
		{"enters", byScore, false, false, []alert.Level{score(60), score(79.9), score(80), score(95)}, ".R."},
		{"flaps within the margin", byScore, false, false, []alert.Level{score(60), score(80), score(75), score(81), score(76), score(90)}, "R...."},
		{"leaves and comes back soon", byScore, false, false, []alert.Level{score(60), score(80), score(74), score(81)}, "R.c"},
		{"was there before", byScore, false, false, []alert.Level{score(85), score(90), score(60), score(85)}, "k.R"},
		{"the first load", byScore, true, true, []alert.Level{score(85)}, "k"},
		{"comes and is hot at once", byScore, false, true, []alert.Level{score(85)}, "R"},
		{"label", byLabel, false, false, []alert.Level{label("cold"), label("warm"), label("hot"), label("warm"), label("hot")}, ".R.."},
		{"label left and entered", byLabel, false, false, []alert.Level{label("cold"), label("hot"), label("cold"), label("hot")}, "R.c"},
		{"without cool-down", eager, false, false, []alert.Level{label("cold"), label("hot"), label("cold"), label("hot")}, "R.R"},
		{"the first load, asked for", backfill, true, true, []alert.Level{label("hot"), label("hot")}, "R."},
		{"those who are there, asked for", backfill, false, false, []alert.Level{label("hot"), label("hot")}, "R"},
		{"no score any more", byLabel, false, false, []alert.Level{label("cold"), label("hot"), none, none}, "R.."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rules := []alert.Rule{c.rule}
			standing, got := alert.Standing{}, ""
			levels := c.levels
			if c.first {
				levels = append([]alert.Level{{}}, levels...)
			}
			for i := range levels[1:] {
				var v []alert.Verdict
				standing, v = alert.Apply(rules, stored(t, standing), alert.Move{
					Old: levels[i], New: levels[i+1], First: c.first && i == 0, Loading: c.loading, At: monday.Add(time.Duration(i) * day)})
				got += string(".Rkc"[v[0]])
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// stored is a standing after it was stored.
func stored(t interface{ Fatal(...any) }, s alert.Standing) alert.Standing {
	b, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if s, err = alert.ParseStanding(b); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCrossLaws: whatever the scores do, between two alerts the person has left the band by more than the margin, and the
// cool-down has passed.
func TestCrossLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		least := 50.0
		rule := alert.Rule{Name: "r", Score: &least, Margin: float64(rapid.IntRange(0, 20).Draw(t, "margin")), CoolDown: time.Duration(rapid.IntRange(0, 3).Draw(t, "cool-down")) * day,
			Backfill: rapid.Bool().Draw(t, "backfill")}
		standing, now, old, last := alert.Standing{}, monday, alert.Level{}, time.Time{}
		left := true
		for i := range rapid.IntRange(1, 30).Draw(t, "moves") {
			now = now.Add(time.Duration(rapid.IntRange(1, 48).Draw(t, "hours")) * time.Hour)
			next := score(float64(rapid.IntRange(0, 100).Draw(t, "score")))
			var v []alert.Verdict
			standing, v = alert.Apply([]alert.Rule{rule}, stored(t, standing), alert.Move{Old: old, New: next, First: i == 0, Loading: i == 0, At: now})
			if v[0] == alert.Raised {
				if next.Score < least || !left || !last.IsZero() && now.Sub(last) < rule.CoolDown {
					t.Fatalf("raised at %v, left %v, last %v", next, left, last)
				}
				last, left = now, false
			}
			left = left || next.Score < least-rule.Margin
			old = next
		}
	})
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	clock := func(text string) alert.Clock {
		c, err := alert.ParseClock(text)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	night := &alert.Quiet{From: clock("19:00"), To: clock("08:00")}
	lunch := &alert.Quiet{From: clock("12:00"), To: clock("14:00"), Weekends: true}
	for _, c := range []struct {
		quiet    *alert.Quiet
		at, want string
	}{
		{nil, "Mon 23 Nov 03:00", "Mon 23 Nov 03:00"},
		{night, "Mon 23 Nov 18:59", "Mon 23 Nov 18:59"},
		{night, "Mon 23 Nov 19:00", "Tue 24 Nov 08:00"},
		{night, "Tue 24 Nov 07:59", "Tue 24 Nov 08:00"},
		{night, "Tue 24 Nov 08:00", "Tue 24 Nov 08:00"},
		{lunch, "Mon 23 Nov 12:30", "Mon 23 Nov 14:00"},
		{lunch, "Sat 21 Nov 09:00", "Mon 23 Nov 00:00"},
		{&alert.Quiet{From: clock("19:00"), To: clock("08:00"), Weekends: true}, "Fri 20 Nov 20:00", "Mon 23 Nov 08:00"},
		{&alert.Quiet{From: clock("02:00"), To: clock("02:30")}, "Sun 29 Mar 01:59", "Sun 29 Mar 01:59"}, // the hour that is not there
	} {
		const layout = "Mon 2 Jan 15:04"
		at, err := time.ParseInLocation("2006 "+layout, "2026 "+c.at, paris)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.quiet.Over(at).Format(layout); got != c.want {
			t.Errorf("%s is quiet until %s, want %s", c.at, got, c.want)
		}
	}
	for _, text := range []string{"", "8:30", "24:00", "08:60", "0830", "08:30:00"} {
		if c, err := alert.ParseClock(text); err == nil {
			t.Errorf("%q was read as %s", text, c)
		}
	}
}

// waiting are alerts as they were raised, one a person unless the name says another: "a", "a2" are two of person a.
func waiting(rule alert.Rule, names ...string) []alert.Alert {
	var all []alert.Alert
	for i, name := range names {
		for _, a := range rule.Raise(alert.Event{Person: name[:1], Rule: rule.Name, Run: name, At: monday}, false, monday) {
			a.Seq, a.Owner, a.Owned = int64(len(all)+1), "o", true
			all = append(all, a)
		}
		_ = i
	}
	return all
}

// sent tells the messages of a plan: people of one message stand together.
func sent(p alert.Plan) string {
	var out []string
	for _, m := range p.Send {
		text := ""
		for _, e := range m.Events {
			text += e.Run
		}
		if m.Digest {
			text = "(" + text + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// after applies what a plan holds, as a store would, and leaves out what was sent.
func after(list []alert.Alert, p alert.Plan) []alert.Alert {
	gone, held := map[string]bool{}, map[string]alert.Alert{}
	for _, m := range p.Send {
		for _, a := range m.Alerts {
			gone[a.Key] = true
		}
	}
	for _, a := range p.Hold {
		held[a.Key] = a
	}
	var rest []alert.Alert
	for _, a := range list {
		if h, ok := held[a.Key]; ok {
			a = h
		}
		if !gone[a.Key] && a.State == alert.Waiting {
			rest = append(rest, a)
		}
	}
	return rest
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	rule := alert.Rule{Name: "r", To: []string{alert.Slack}, PerOwner: 2, Digest: 8*60 + 30, Quiet: &alert.Quiet{From: 19 * 60, To: 8 * 60}}
	rules := []alert.Rule{rule}
	at := func(text string) time.Time {
		clock, err := time.Parse("15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 11, 23, clock.Hour(), clock.Minute(), 0, 0, time.UTC)
	}

	list := waiting(rule, "a", "b", "c", "d", "a2")
	night := alert.Deliver(rules, list, nil, at("20:00"))
	if got := sent(night); got != "" || night.Held != 5 || !night.Next.Equal(at("08:00").AddDate(0, 0, 1)) {
		t.Fatalf("at night: sent %q, held %d until %v", got, night.Held, night.Next)
	}
	list = after(list, night)
	morning := at("08:00").AddDate(0, 0, 1)
	p := alert.Deliver(rules, list, nil, morning)
	if got := sent(p); got != "a b" || p.Held != 3 || p.Next.Format("15:04") != "08:30" {
		t.Fatalf("in the morning: sent %q, held %d until %v", got, p.Held, p.Next)
	}
	list = after(list, p)
	p = alert.Deliver(rules, list, alert.Told{{Rule: "r", Channel: alert.Slack, Owner: "o"}: 2}, morning.Add(time.Hour))
	if got := sent(p); got != "(cda2)" || p.Held != 0 {
		t.Fatalf("at the digest: sent %q, held %d", got, p.Held)
	}

	webhook := rule
	webhook.To = []string{alert.Webhook}
	p = alert.Deliver([]alert.Rule{webhook}, waiting(webhook, "a", "b", "c"), nil, at("23:00"))
	if got := sent(p); got != "a b c" {
		t.Errorf("to a program, at night: %q", got)
	}

	// About one person nothing passes what failed before.
	list = waiting(webhook, "a", "b", "a2")
	list[0].Message = list[0].Key
	list[0].Failed(at("12:00"), "no")
	p = alert.Deliver([]alert.Rule{webhook}, list, nil, at("12:00"))
	if got := sent(p); got != "b" || p.Held != 2 {
		t.Errorf("after a failure: sent %q, held %d", got, p.Held)
	}
	p = alert.Deliver([]alert.Rule{webhook}, list, nil, at("12:01"))
	if got := sent(p); got != "a b a2" || !p.Send[0].Repeat() || p.Send[0].Key != list[0].Key {
		t.Errorf("a minute later: sent %q", got)
	}

	p = alert.Deliver(nil, waiting(rule, "a"), nil, at("12:00"))
	if len(p.Hold) != 1 || p.Hold[0].State != alert.Dead {
		t.Errorf("without its rule: %+v", p)
	}
}

// TestFailedDigestStaysItself: another attempt holds the same people under the same key.
func TestFailedDigestStaysItself(t *testing.T) {
	t.Parallel()
	rule := alert.Rule{Name: "r", To: []string{alert.Email}, PerOwner: 1, Digest: 8 * 60}
	list := waiting(rule, "a", "b", "c", "d")
	for i := range list {
		list[i].Digest, list[i].Due = true, monday
	}
	p := alert.Deliver([]alert.Rule{rule}, list, nil, monday)
	if len(p.Send) != 1 {
		t.Fatalf("%d messages", len(p.Send))
	}
	first := p.Send[0]
	failed := first.Alerts
	for i := range failed {
		failed[i].Message = first.Key
		failed[i].Failed(monday, "no")
	}
	more := waiting(rule, "a", "b", "c", "d", "e")[4:]
	more[0].Digest, more[0].Due = true, monday
	p = alert.Deliver([]alert.Rule{rule}, append(failed, more...), nil, monday.Add(time.Hour))
	if len(p.Send) != 2 || p.Send[0].Key != first.Key || len(p.Send[0].Events) != 4 || p.Send[1].Key == first.Key {
		t.Errorf("sent %s", sent(p))
	}
}

// TestDeliverLaws runs days of alerts, of failures and of ticks at any hour: each alert goes out exactly once, in order for
// each person and channel, never in quiet hours, and nobody has more messages of a rule a day than the cap and the digests.
func TestDeliverLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule := alert.Rule{Name: "r", To: []string{alert.Slack, alert.Webhook}, PerOwner: rapid.IntRange(0, 3).Draw(t, "cap"), Digest: alert.Clock(rapid.IntRange(0, 1439).Draw(t, "digest"))}
		if rapid.Bool().Draw(t, "quiet") {
			// Quiet all day but for minutes would need a run in those minutes.
			from, long := rapid.IntRange(0, 1439).Draw(t, "from"), rapid.IntRange(0, 20*60).Draw(t, "long")
			rule.Quiet = &alert.Quiet{From: alert.Clock(from), To: alert.Clock((from + long) % 1440), Weekends: rapid.Bool().Draw(t, "weekends")}
		}
		s := simulation{T: t, rule: rule, now: monday, told: map[string]int{}, sent: map[string]int{}, last: map[string]int64{}}
		for range rapid.IntRange(1, 40).Draw(t, "ticks") {
			s.tick(rapid.IntRange(0, 3).Draw(t, "new"), true)
		}
		for range 12 * 24 { // then days without anything new, until all is out
			s.now = s.now.Add(time.Hour)
			s.tick(0, false)
		}
		if len(s.list) > 0 || len(s.sent) != s.raised {
			t.Fatalf("%d of %d were sent, %d still wait: %+v", len(s.sent), s.raised, len(s.list), s.list)
		}
	})
}

type simulation struct {
	*rapid.T
	rule   alert.Rule
	now    time.Time
	list   []alert.Alert
	seq    int64
	raised int
	told   map[string]int // by day
	sent   map[string]int
	last   map[string]int64
}

func (s *simulation) tick(more int, fails bool) {
	if fails {
		s.now = s.now.Add(time.Duration(rapid.IntRange(1, 600).Draw(s.T, "minutes")) * time.Minute)
	}
	for range more {
		e := alert.Event{Person: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(s.T, "person"), Rule: "r", Run: fmt.Sprint(s.seq), At: s.now}
		for _, a := range s.rule.Raise(e, rapid.IntRange(0, 9).Draw(s.T, "gather") == 0, s.now) {
			s.seq++
			a.Seq = s.seq
			s.list = append(s.list, a)
			s.raised++
		}
	}
	today := s.now.Format(time.DateOnly)
	p := alert.Deliver([]alert.Rule{s.rule}, s.list, alert.Told{{Rule: "r", Channel: alert.Slack}: s.told[today]}, s.now)
	for i := range p.Hold {
		if p.Hold[i].State != alert.Waiting {
			s.Fatalf("given up: %+v", p.Hold[i])
		}
	}
	stuck := map[string]bool{}
	for _, m := range p.Send {
		s.deliver(m, today, stuck, fails)
	}
	for _, a := range p.Hold {
		s.put(a)
	}
}

func (s *simulation) deliver(m alert.Message, today string, stuck map[string]bool, fails bool) {
	blocked := slices.ContainsFunc(m.Alerts, func(a alert.Alert) bool { return stuck[a.Event.Person+a.Channel] })
	failed := fails && rapid.IntRange(0, 4).Draw(s.T, "fails") == 0
	if m.Channel == alert.Slack && !s.rule.Quiet.Over(s.now).Equal(s.now) {
		s.Fatalf("told in quiet hours, at %v", s.now)
	}
	for _, a := range m.Alerts {
		if blocked || failed {
			stuck[a.Event.Person+a.Channel] = true
		}
		if failed && !blocked {
			a.Message = m.Key
			a.Failed(s.now, "no")
			s.put(a)
		}
		if blocked || failed {
			continue
		}
		lane := a.Event.Person + a.Channel
		if s.sent[a.Key]++; s.sent[a.Key] > 1 || a.Seq < s.last[lane] {
			s.Fatalf("%d was sent %d times, after %d", a.Seq, s.sent[a.Key], s.last[lane])
		}
		s.last[lane] = a.Seq
		s.list = slices.DeleteFunc(s.list, func(x alert.Alert) bool { return x.Key == a.Key })
	}
	if m.Channel != alert.Slack || m.Digest || blocked || failed {
		return
	}
	if s.told[today]++; s.rule.PerOwner > 0 && s.told[today] > s.rule.PerOwner && !m.Repeat() {
		s.Fatalf("told %d times on %s", s.told[today], today)
	}
}

// put stores an alert anew, encoded and read again.
func (s *simulation) put(a alert.Alert) {
	b, err := a.Encode()
	if err != nil {
		s.Fatal(err)
	}
	read, err := alert.ParseAlert(b)
	if err != nil {
		s.Fatal(err)
	}
	read.Seq, read.Key, read.State, read.Due = a.Seq, a.Key, a.State, a.Due
	if diff := cmp.Diff(a, read); diff != "" {
		s.Fatalf("stored (-want +got):\n%s", diff)
	}
	if i := slices.IndexFunc(s.list, func(x alert.Alert) bool { return x.Key == a.Key }); i >= 0 {
		s.list[i] = read
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	e := alert.Event{Person: "7", Link: "https://crm.example/7", Rule: "Hot", Old: alert.Level{Scored: true, Score: 62, Grade: "B2", Label: "warm"},
		New: alert.Level{Scored: true, Score: 84.25, Grade: "A1", Label: "hot"}, Reasons: []string{"+60 Mid-size company"}}
	got := alert.Words(alert.Message{Rule: "Hot", Events: []alert.Event{e}}, "en", 0)
	want := alert.Text{Title: "Hot: score 62 → 84, grade B2 → A1, label warm → hot", Lines: []string{"https://crm.example/7", "+60 Mid-size company"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	shown := e
	shown.Old, shown.Link, shown.Show = alert.Level{}, "", map[string]string{"title": "Director"}
	got = alert.Words(alert.Message{Rule: "Chaud", Digest: true, Events: []alert.Event{e, shown}}, "fr", 1)
	want = alert.Text{Title: "Chaud: 2 personnes", Lines: []string{
		"score 62.0 → 84.2, classe B2 → A1, étiquette warm → hot https://crm.example/7", "title Director, score 84.2, classe A1, étiquette hot fiche 7"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, b := range []string{"x", "[]", "null", `{"r": 1}`} {
		if s, err := alert.ParseStanding([]byte(b)); err == nil {
			t.Errorf("%s is the standing %v", b, s)
		}
	}
	for _, b := range []string{"", "x", "{}", "null"} {
		if _, err := alert.ParseAlert([]byte(b)); err == nil {
			t.Errorf("%s is an alert", b)
		}
	}
}
