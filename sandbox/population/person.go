package population

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Person is one invented person and what the CRM knows of them. Empty fields are not known.
type Person struct {
	First, Last, Email, Title, Phone, Country, City string
	French                                          bool
	Company                                         int     // -1: none
	Owner                                           int     // -1: nobody
	Heat                                            float64 // 0 cold … 1 keen: what all activity follows from
	Stage                                           string  // subscriber, lead, marketingqualifiedlead … customer
	Status                                          string  // NEW, OPEN, IN_PROGRESS …
	Source                                          string  // ORGANIC_SEARCH, PAID_SEARCH …
	OptedOut, Bounced                               bool

	Created, Modified time.Time
	Mail              Mail
	Web               Web
	Forms             Forms
	Activities        []Activity // oldest first
	Deals             []Deal
}

// Mail counts marketing e-mail.
type Mail struct {
	Delivered, Opened, Clicked, Replied, Bounced        int
	LastSend, FirstOpen, LastOpen, LastClick, LastReply time.Time
}

// Web counts visits to the web site.
type Web struct {
	Views, Visits int
	First, Last   time.Time
	LastURL       string
}

// Forms counts form submissions.
type Forms struct {
	Count, Different    int
	First, Last         time.Time
	FirstForm, LastForm string
}

// Person makes person i. E-mail addresses may repeat; People makes them unique.
func (w *World) Person(i int) Person {
	d := w.dice(personStream, i)
	p := Person{French: d.chance(0.6), Company: -1, Owner: -1, Heat: math.Pow(d.Float64(), 5)}
	w.describe(d, i, &p)
	p.Created = d.before(w.now, w.now.AddDate(-4, 0, 0), 500)
	w.attend(d, &p)
	w.sell(w.dice(activityStream, i), &p)
	w.conclude(d, i, &p)
	return p
}

func (w *World) describe(d *dice, i int, p *Person) {
	firsts, lasts := englishFirstNames, englishLastNames
	if p.French {
		firsts, lasts = frenchFirstNames, frenchLastNames
	}
	p.First, p.Last = d.pick(firsts), d.pick(lasts)
	if w.companies > 0 && d.chance(0.8) {
		p.Company = w.employer(d, p.French)
	}
	if d.chance(0.88) {
		p.Title = title(d, p.French)
	}
	p.Country, p.City = place(d, p.French)
	if d.chance(0.15) {
		p.Country = ""
	}
	if d.chance(0.4) {
		p.Phone = phone(d, p.French)
	}
	p.Source = d.pick([]string{"ORGANIC_SEARCH", "OFFLINE", "DIRECT_TRAFFIC", "EMAIL_MARKETING", "PAID_SEARCH", "SOCIAL_MEDIA", "REFERRALS", "PAID_SOCIAL", "OTHER_CAMPAIGNS"})
	p.Email = w.address(d, i, p)
}

// employer draws a company, most often one that speaks the person's language; some employ many more than others.
func (w *World) employer(d *dice, french bool) int {
	i := 0
	for range 3 {
		if i = int(math.Pow(d.Float64(), 1.6) * float64(w.companies)); w.companyIsFrench(i) == french {
			break
		}
	}
	return i
}

// address is an e-mail address: of the company, of a free provider, a throw-away one, or none.
func (w *World) address(d *dice, i int, p *Person) string {
	name := plain(p.First) + "." + plain(p.Last)
	u := d.Float64()
	switch {
	case u < 0.05:
		return ""
	case u < 0.07:
		return name + ".sandbox-" + strconv.Itoa(i) + "@" + d.pick(throwAwayMail)
	case p.Company < 0 || u < 0.17:
		return name + ".sandbox-" + strconv.Itoa(i) + "@" + d.pick(freeMail(p.French))
	case u < 0.35:
		name = plain(p.First)[:1] + plain(p.Last)
	}
	_, domain := companyName(p.Company, w.companyIsFrench(p.Company))
	return name + "@" + domain
}

func phone(d *dice, french bool) string {
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(byte('0' + d.IntN(10)))
		}
		return b.String()
	}
	if french {
		return "+33 6 39 98 " + digits(2) + " " + digits(2) // a range kept for fiction
	}
	return "+44 7700 900" + digits(3) // likewise
}

// attend gives a person marketing activity in keeping with their heat and their time in the CRM.
func (w *World) attend(d *dice, p *Person) {
	recency := 4 + 320*(1-p.Heat)*(1-p.Heat)
	months := w.now.Sub(p.Created).Hours() / (24 * 30)
	if p.Email != "" {
		w.mail(d, p, months, recency)
	}
	if visits := d.poisson(0.3 + p.Heat*9); visits > 0 {
		views := visits
		for range visits {
			views += d.poisson(0.8 + 2.5*p.Heat)
		}
		last := d.before(w.now, p.Created, recency)
		p.Web = Web{Views: views, Visits: visits, First: d.between(p.Created, last), Last: last, LastURL: d.pick(pages(p.French))}
	}
	if n := d.poisson(0.15 + p.Heat*2.2); n > 0 {
		last := d.before(w.now, p.Created, recency*1.4)
		form := d.pick(forms(p.French))
		p.Forms = Forms{Count: n, Different: 1 + d.IntN(min(n, 4)), First: d.between(p.Created, last), Last: last, FirstForm: form, LastForm: d.pick(forms(p.French))}
		if n == 1 {
			p.Forms.First, p.Forms.LastForm = last, form
		}
	}
}

func (w *World) mail(d *dice, p *Person, months, recency float64) {
	m := &p.Mail
	p.Bounced = d.chance(0.02)
	p.OptedOut = d.chance(0.05 - 0.04*p.Heat)
	m.Delivered = d.poisson(math.Min(24, months*1.2))
	if p.Bounced {
		m.Bounced, m.Delivered = 1, 0
	}
	if m.Delivered+m.Bounced > 0 {
		m.LastSend = d.before(w.now, p.Created, 20)
	}
	robot := d.chance(0.08) // a mail program that fetches every picture
	for range m.Delivered {
		if robot || d.chance(0.12+0.6*p.Heat) {
			m.Opened++
			if !robot && d.chance(0.05+0.4*p.Heat) {
				m.Clicked++
			}
		}
	}
	if m.Opened == 0 {
		return
	}
	m.LastOpen = d.before(w.now, p.Created, recency)
	m.FirstOpen = d.between(p.Created, m.LastOpen)
	if m.Opened == 1 {
		m.FirstOpen = m.LastOpen
	}
	if m.LastSend.Before(p.Created) || m.LastSend.After(m.LastOpen) && m.Delivered == m.Opened {
		m.LastSend = m.LastOpen.Add(-time.Hour)
	}
	if m.Clicked > 0 {
		m.LastClick = d.between(m.FirstOpen, m.LastOpen)
	}
	if m.Clicked > 1 && d.chance(0.2*p.Heat) {
		m.Replied, m.LastReply = 1, m.LastClick.Add(2*time.Hour)
		if m.LastReply.After(w.now) {
			m.LastReply = m.LastClick
		}
	}
}

// conclude sets what follows from the rest: stage, status, and when the record was last modified.
func (w *World) conclude(d *dice, i int, p *Person) {
	p.Stage, p.Status = stage(d, p), status(d, p)
	p.Modified = p.Created
	moments := []time.Time{p.Mail.LastSend, p.Mail.LastOpen, p.Mail.LastClick, p.Mail.LastReply, p.Web.Last, p.Forms.Last}
	for _, a := range p.Activities {
		moments = append(moments, a.At)
	}
	for _, x := range p.Deals {
		moments = append(moments, x.Created, x.Modified)
	}
	for _, t := range moments {
		if t.After(p.Modified) && !t.After(w.now) {
			p.Modified = t
		}
	}
	// A nightly job at the turn of the month touched many records in the same millisecond.
	job := time.Date(w.now.Year(), w.now.Month(), 1, 2, 0, 0, 0, time.UTC)
	if i%6 == 0 && p.Modified.Before(job) && job.Before(w.now) {
		p.Modified = job
	}
}

func stage(d *dice, p *Person) string {
	won, open := false, false
	for _, x := range p.Deals {
		won = won || x.Stage == "closedwon"
		open = open || !strings.HasPrefix(x.Stage, "closed")
	}
	switch {
	case won:
		return "customer"
	case open:
		return "opportunity"
	case p.Heat > 0.6:
		return "salesqualifiedlead"
	case p.Heat > 0.3:
		return "marketingqualifiedlead"
	case p.Forms.Count > 0 || d.chance(0.5):
		return "lead"
	case d.chance(0.9):
		return "subscriber"
	}
	return ""
}

func status(d *dice, p *Person) string {
	switch {
	case p.Owner < 0:
		return ""
	case p.Stage == "opportunity":
		return "OPEN_DEAL"
	case p.Stage == "customer":
		return "CONNECTED"
	case len(p.Activities) == 0:
		return d.pick([]string{"NEW", "OPEN"})
	}
	return d.pick([]string{"IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "CONNECTED", "OPEN", "BAD_TIMING", "UNQUALIFIED"})
}
