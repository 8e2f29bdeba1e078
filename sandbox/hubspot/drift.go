package hubspot

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/bareme/bareme/sandbox/population"
)

// Drift lets n things happen in the account, as on an ordinary day: people click, visit and fill in forms, sellers
// hold meetings and win deals, users edit, merge and delete. It says what happened, in words. The same account, seed
// and number of earlier calls give the same day.
func (s *Sandbox) Drift(n int) []string {
	s.mu.Lock()
	s.drifts++
	d := &day{s: s, now: s.Now().UTC().Truncate(time.Millisecond), rand: rand.New(rand.NewPCG(uint64(s.seed), uint64(s.drifts)))}
	s.mu.Unlock()
	events := []func(id string) (string, error){
		d.clicks, d.visits, d.clicks, d.meets, d.fills, d.clicks, d.changesJob, d.wins, d.visits, d.calls,
		d.arrives, d.optsOut, d.meets, d.fills, d.mergesAway, d.edits, d.leaves, d.clicks, d.opensDeal, d.visits,
	}
	var did []string
	for i := range n {
		ids := s.IDs("contacts")
		if len(ids) == 0 {
			break
		}
		id := ids[d.rand.IntN(len(ids))]
		words, err := events[i%len(events)](id)
		if err != nil {
			words = "nothing came of contact " + id + ": " + err.Error()
		}
		did = append(did, words)
	}
	return did
}

// day is one day's chance.
type day struct {
	s    *Sandbox
	now  time.Time
	rand *rand.Rand
}

func (d *day) stamp() string {
	return isoTime(d.now.Add(-time.Duration(d.rand.IntN(600)) * time.Minute).UnixMilli())
}

// clicks bumps marketing counters, which HubSpot does without touching the modified time.
func (d *day) clicks(id string) (string, error) {
	at := d.stamp()
	err := d.s.Bump("contacts", id, map[string]float64{"hs_email_delivered": 1, "hs_email_open": 1, "hs_email_click": 1},
		map[string]string{"hs_email_last_open_date": at, "hs_email_last_click_date": at, "hs_email_last_send_date": at})
	return "contact " + id + " clicked in a marketing e-mail", err
}

func (d *day) visits(id string) (string, error) {
	n := 1 + d.rand.IntN(6)
	at := d.stamp()
	err := d.s.Bump("contacts", id, map[string]float64{"hs_analytics_num_page_views": float64(n), "hs_analytics_num_visits": 1},
		map[string]string{"hs_analytics_last_timestamp": at, "hs_analytics_last_visit_timestamp": at})
	return fmt.Sprintf("contact %s viewed %d pages", id, n), err
}

func (d *day) fills(id string) (string, error) {
	r, err := d.s.Record("contacts", id)
	if err != nil {
		return "", err
	}
	count, _ := strconv.Atoi(r.Values["num_conversion_events"]) // unset counts as zero
	err = d.s.Change("contacts", id, map[string]string{"num_conversion_events": strconv.Itoa(count + 1),
		"recent_conversion_date": d.stamp(), "recent_conversion_event_name": "Demande de démonstration"})
	return "contact " + id + " asked for a demo", err
}

func (d *day) meets(id string) (string, error) {
	at := d.stamp()
	_, err := d.s.Create("meetings", map[string]string{"hs_meeting_title": "Démonstration", "hs_meeting_outcome": "COMPLETED",
		"hs_timestamp": at, "hs_meeting_start_time": at}, map[string][]string{"contacts": {id}})
	return "a meeting with contact " + id + " was held", err
}

func (d *day) calls(id string) (string, error) {
	_, err := d.s.Create("calls", map[string]string{"hs_call_title": "Qualification", "hs_call_status": "COMPLETED",
		"hs_call_direction": "OUTBOUND", "hs_timestamp": d.stamp(), "hs_call_duration": "240000"}, map[string][]string{"contacts": {id}})
	return "contact " + id + " was called", err
}

func (d *day) changesJob(id string) (string, error) {
	title := population.JobTitle(d.rand.Uint64(), d.rand.IntN(2) == 0)
	return "contact " + id + " is now " + title, d.s.Change("contacts", id, map[string]string{"jobtitle": title})
}

func (d *day) edits(id string) (string, error) {
	return "a user set the country of contact " + id, d.s.Change("contacts", id, map[string]string{"country": "Belgique"})
}

func (d *day) optsOut(id string) (string, error) {
	return "contact " + id + " unsubscribed from all e-mail", d.s.Change("contacts", id, map[string]string{"hs_email_optout": "true"})
}

func (d *day) leaves(id string) (string, error) {
	return "contact " + id + " was deleted", d.s.Archive("contacts", id)
}

func (d *day) arrives(string) (string, error) {
	name := strconv.FormatUint(d.rand.Uint64()%1_000_000, 36)
	id, err := d.s.Create("contacts", map[string]string{"firstname": "Nouveau", "lastname": "Contact " + name,
		"email": "contact." + name + "@nouveau.example", "jobtitle": "Directrice Marketing", "country": "France", "lifecyclestage": "lead"}, nil)
	return "contact " + id + " is new", err
}

func (d *day) opensDeal(id string) (string, error) {
	return d.deal(id, "qualifiedtobuy", "a deal with contact %s was opened")
}

func (d *day) wins(id string) (string, error) {
	return d.deal(id, "closedwon", "a deal with contact %s was won")
}

func (d *day) deal(id, stage, words string) (string, error) {
	amount := strconv.Itoa(1000 * (1 + d.rand.IntN(60)))
	_, err := d.s.Create("deals", map[string]string{"dealname": "Licence Pro", "dealstage": stage, "pipeline": "default", "amount": amount,
		"deal_currency_code": "EUR", "closedate": d.stamp()}, map[string][]string{"contacts": {id}})
	return fmt.Sprintf(words, id) + " (" + amount + " EUR)", err
}

// mergesAway makes a double of a contact and merges it in: two ids vanish, a new one appears.
func (d *day) mergesAway(id string) (string, error) {
	ids := d.s.IDs("contacts")
	other := ids[d.rand.IntN(len(ids))]
	if other == id {
		return "contact " + id + " was looked at for doubles", nil
	}
	survivor, err := d.s.Merge("contacts", id, other)
	return "contacts " + id + " and " + other + " were merged into " + survivor, err
}
