package population

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// Activity is one thing between a seller and a person.
type Activity struct {
	Kind      string // call, email, meeting, note, task, communication
	At        time.Time
	Title     string
	Outcome   string // meeting: SCHEDULED, COMPLETED, NO_SHOW …; call: COMPLETED, NO_ANSWER, BUSY; task: its status
	Direction string // call: INBOUND, OUTBOUND; email: EMAIL, INCOMING_EMAIL; communication: SMS, WHATS_APP, LINKEDIN_MESSAGE
	Minutes   int
}

// Deal is one sale in the making, won or lost.
type Deal struct {
	Name, Stage               string
	Amount                    int
	Created, Modified, Closed time.Time // Closed: expected, or when it was
}

// Owner is one invented seller.
type Owner struct{ First, Last, Email string }

// Owners are the sellers.
func (w *World) Owners() []Owner {
	d := w.dice(companyStream, 1<<40)
	var out []Owner
	for i := range 8 {
		firsts, lasts := englishFirstNames, englishLastNames
		if i%2 == 0 {
			firsts, lasts = frenchFirstNames, frenchLastNames
		}
		o := Owner{First: firsts[d.IntN(len(firsts))], Last: lasts[d.IntN(len(lasts))]}
		o.Email = plain(o.First) + "." + plain(o.Last) + "@barometre.example"
		out = append(out, o)
	}
	return out
}

// sell gives a person an owner, activity and deals once they are warm enough.
func (w *World) sell(d *dice, p *Person) {
	if !d.chance(0.15 + p.Heat*1.5) {
		return
	}
	p.Owner = d.IntN(8)
	recency := 6 + 200*(1-p.Heat)*(1-p.Heat)
	for _, k := range []struct {
		kind string
		mean float64
	}{{"call", 0.3 + 2*p.Heat}, {"email", 0.4 + 3*p.Heat}, {"meeting", 1.6 * p.Heat}, {"note", 0.2 + p.Heat}, {"task", 0.2 + 0.8*p.Heat}, {"communication", 0.5 * p.Heat}} {
		for range d.poisson(k.mean) {
			p.Activities = append(p.Activities, w.activity(d, p, k.kind, recency))
		}
	}
	slices.SortStableFunc(p.Activities, func(a, b Activity) int { return a.At.Compare(b.At) })
	if p.Heat > 0.25 && d.chance(0.25+0.5*p.Heat) {
		for range 1 + d.poisson(0.3) {
			p.Deals = append(p.Deals, w.deal(d, p))
		}
	}
}

func (w *World) activity(d *dice, p *Person, kind string, recency float64) Activity {
	a := Activity{Kind: kind, At: d.before(w.now, p.Created, recency), Title: d.pick(subjects(p.French))}
	switch kind {
	case "call":
		a.Direction = d.pick([]string{"OUTBOUND", "OUTBOUND", "INBOUND"})
		a.Outcome = d.pick([]string{"COMPLETED", "NO_ANSWER", "BUSY"})
		if a.Outcome == "COMPLETED" {
			a.Minutes = 1 + d.poisson(7)
		}
	case "email":
		a.Direction, a.Outcome = d.pick([]string{"EMAIL", "EMAIL", "INCOMING_EMAIL"}), "SENT"
	case "meeting":
		a.Minutes = 30 + 15*d.IntN(3)
		a.Outcome = d.pick([]string{"COMPLETED", "COMPLETED", "NO_SHOW", "CANCELED", "RESCHEDULED"})
		if d.chance(0.12) { // still to come
			a.At, a.Outcome = w.now.Add(time.Duration(1+d.IntN(20))*24*time.Hour), "SCHEDULED"
		}
	case "task":
		a.Outcome = d.pick([]string{"COMPLETED", "NOT_STARTED", "IN_PROGRESS", "DEFERRED"})
	case "communication":
		a.Direction = d.pick([]string{"LINKEDIN_MESSAGE", "WHATS_APP", "SMS"})
	}
	return a
}

func (w *World) deal(d *dice, p *Person) Deal {
	x := Deal{Amount: int(math.Exp(d.NormFloat64()*1.1+9)) / 100 * 100}
	x.Created = d.before(w.now, p.Created, 120)
	x.Name = d.pick(productNames) + " – " + p.Last + " " + strconv.Itoa(x.Created.Year())
	switch {
	case d.chance(0.15 + 0.45*p.Heat):
		x.Stage = "closedwon"
	case d.chance(0.5):
		x.Stage = "closedlost"
	default:
		x.Stage = d.pick([]string{"appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin", "contractsent"})
	}
	x.Modified = d.between(x.Created, w.now)
	x.Closed = x.Modified
	if x.Stage != "closedwon" && x.Stage != "closedlost" {
		x.Closed = w.now.Add(time.Duration(10+d.IntN(90)) * 24 * time.Hour)
	}
	return x
}
