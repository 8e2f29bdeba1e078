package alert

import (
	"maps"
	"slices"
	"time"
)

// Told counts the messages people were told one by one, by whom they went to.
type Told map[Address]int

// Address is one rule's way to one owner.
type Address struct{ Rule, Channel, Owner string }

// digestMost is how many people one digest names; more make another.
const digestMost = 100

// Plan is what to do with the alerts that wait.
type Plan struct {
	Send []Message // in order of crossing; of a digest, that of its last alert
	Hold []Alert   // those that wait for another moment than they did, or are given up
	Next time.Time // when the first that is held is due; zero when none is
	Held int       // how many are held
}

// Deliver plans the delivery of waiting alerts, which come in order of crossing with their owners known. told is of the
// day of now, by the time zone of now; in that zone are quiet hours and digests. About one person, what crossed first
// goes first through each channel: a later alert never passes one that is held.
func Deliver(rules []Rule, waiting []Alert, told Told, now time.Time) Plan {
	p := planner{now: now, told: Told{}, behind: map[lane]*Alert{}, digests: map[Address][]Alert{}, tried: byMessage(waiting)}
	maps.Copy(p.told, told)
	for _, a := range waiting {
		i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == a.Event.Rule })
		if i < 0 || !slices.Contains(rules[i].To, a.Channel) {
			a.State, a.Due, a.Reason = Dead, now, "its rule, or the rule's channel, is no longer in the model file"
			p.plan.Hold = append(p.plan.Hold, a)
			continue
		}
		if a.Message != "" {
			p.retry(&rules[i], a)
		} else {
			p.place(&rules[i], a)
		}
	}
	for _, of := range p.order {
		for part := range slices.Chunk(p.digests[of], digestMost) {
			p.plan.Send = append(p.plan.Send, digest(part, now))
		}
	}
	slices.SortStableFunc(p.plan.Send, func(a, b Message) int { return int(last(a) - last(b)) })
	return p.plan
}

func last(m Message) int64 { return m.Alerts[len(m.Alerts)-1].Seq }

// lane is the way of one person's alerts through one channel.
type lane struct{ person, channel string }

func (a *Alert) lane() lane { return lane{a.Event.Person, a.Channel} }

// Address is whom the alert goes to, and by which rule and channel.
func (a *Alert) Address() Address { return Address{a.Event.Rule, a.Channel, a.Owner} }

type planner struct {
	now     time.Time
	told    Told
	behind  map[lane]*Alert // what is held, or in a digest, on each lane
	digests map[Address][]Alert
	order   []Address
	tried   map[string][]Alert // messages that failed before, by key; gone once they are placed
	plan    Plan
}

// byMessage are the alerts that were handed to their channel before: they stay one message.
func byMessage(alerts []Alert) map[string][]Alert {
	groups := map[string][]Alert{}
	for _, a := range alerts {
		if a.Message != "" {
			groups[a.Message] = append(groups[a.Message], a)
		}
	}
	return groups
}

// retry places a message whose channel failed, with all its alerts, where its first alert stands.
func (p *planner) retry(r *Rule, a Alert) {
	group := p.tried[a.Message]
	delete(p.tried, a.Message)
	due, free := latest(a.Due, p.now), true
	if forPeople(a.Channel) {
		due = r.Quiet.Over(due)
	}
	for _, one := range group {
		free = free && p.behind[one.lane()] == nil
	}
	if !free || due.After(p.now) {
		for _, one := range group {
			p.hold(one, due)
		}
		return
	}
	if len(group) == 0 {
		return // placed with its first
	}
	m := Again(group, false, p.now)
	if !m.Digest {
		p.told[a.Address()]++
	}
	p.plan.Send = append(p.plan.Send, m)
}

// place decides about one alert.
func (p *planner) place(r *Rule, a Alert) {
	of, before := a.Address(), p.behind[a.lane()]
	joins := before != nil && before.Digest && before.Due.IsZero() // a digest that goes out now
	due := a.Due
	if forPeople(a.Channel) {
		if !a.Digest && (before != nil && before.Digest || r.PerOwner > 0 && p.told[of] >= r.PerOwner && !due.After(p.now)) {
			a.Digest = true
			if !joins {
				due = r.Digest.next(p.now)
			}
		}
		due = r.Quiet.Over(latest(due, p.now))
	}
	switch {
	case due.After(p.now), before != nil && !(a.Digest && joins):
		p.hold(a, due)
	case a.Digest:
		a.Due = time.Time{} // it goes out now
		p.behind[a.lane()] = &a
		if p.digests[of] == nil {
			p.order = append(p.order, of)
		}
		p.digests[of] = append(p.digests[of], a)
	default:
		p.told[of]++
		p.plan.Send = append(p.plan.Send, Message{Key: a.Key, Channel: a.Channel, Rule: r.Name, Events: []Event{a.Event}, Alerts: []Alert{a}, Now: p.now})
	}
}

// hold keeps an alert for later.
func (p *planner) hold(a Alert, due time.Time) {
	moved := p.now.Before(due) && !due.Equal(a.Due)
	if moved {
		a.Due = due.UTC()
	}
	p.behind[a.lane()] = &a
	p.plan.Held++
	if p.plan.Next.IsZero() || a.Due.Before(p.plan.Next) {
		p.plan.Next = a.Due
	}
	if moved {
		p.plan.Hold = append(p.plan.Hold, a)
	}
}

func digest(alerts []Alert, now time.Time) Message {
	first := alerts[0]
	m := Message{Channel: first.Channel, Rule: first.Event.Rule, Digest: true, Alerts: alerts, Now: now}
	keys := make([]string, len(alerts))
	for i, a := range alerts {
		keys[i] = a.Key
		m.Events = append(m.Events, a.Event)
	}
	m.Key = Key(keys...)
	return m
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a.In(b.Location())
	}
	return b
}

// Again is the message that these alerts were handed to their channel as, for another attempt: they have one Message key.
func Again(alerts []Alert, doubt bool, now time.Time) Message {
	m := digest(alerts, now)
	m.Key, m.Digest, m.Doubt = alerts[0].Message, alerts[0].Digest, doubt
	return m
}
