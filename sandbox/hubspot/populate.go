package hubspot

import (
	"slices"
	"strconv"
	"time"

	"github.com/bareme/bareme/sandbox/population"
)

// laterContacts is where contact ids go on after the oldest tenth: old accounts mix short ids and long ones.
const laterContacts = 72_810_357_568

// populate fills a new account from an invented population.
func (s *Sandbox) populate(o Options) {
	w := population.New(o.Seed, o.People, o.Companies, s.Now())
	p := &seeder{s: s, now: s.Now().UnixMilli(), connected: o.Salesforce}
	for _, src := range []string{"IMPORT", "FORM", "CRM_UI", "INTEGRATION"} {
		p.sources = append(p.sources, s.source(Source{Type: src}))
	}
	s.owners = ownersOf(w, p.now)
	for i := range w.Companies() {
		p.companies = append(p.companies, p.company(w.Company(i)))
	}
	for i, person := range w.People() {
		if i == o.People/10 {
			s.tables[contacts].nextID = laterContacts
		}
		p.person(i, person, w.Elsewhere(i))
	}
	for _, t := range s.tables {
		for _, r := range t.rows {
			t.reindex(r, nil, r.values)
		}
		t.log.build(t.rows)
	}
}

func ownersOf(w *population.World, now int64) []owner {
	var out []owner
	for i, o := range w.Owners() {
		out = append(out, owner{ID: itoa(64492917 + int64(i)*31), Email: o.Email, FirstName: o.First, LastName: o.Last, Type: "PERSON",
			UserID: 4200 + int64(i), CreatedAt: isoTime(now - 1e11), UpdatedAt: isoTime(now - 1e10),
			Teams: []ownerTeam{{ID: itoa(int64(1 + i%2)), Name: []string{"Ventes France", "Sales International"}[i%2], Primary: true}}})
	}
	return out
}

// seeder turns people of the population into records.
type seeder struct {
	s         *Sandbox
	now       int64
	sources   []uint8
	companies []*row
	connected bool   // with Salesforce
	buffer    packed // reused from record to record
}

// builder collects the values of one record; what is empty is left out.
type builder struct {
	t *table
	p packed
}

func (p *seeder) builder(k kind) *builder { return &builder{t: p.s.tables[k], p: p.buffer[:0]} }

func (b *builder) text(name, value string) {
	if value != "" {
		b.p = appendValue(b.p, b.t.props[name].slot, value)
	}
}

func (b *builder) number(name string, n int64) {
	if n != 0 {
		b.text(name, itoa(n))
	}
}

func (b *builder) time(name string, t time.Time) {
	if !t.IsZero() {
		b.text(name, isoTime(t.UnixMilli()))
	}
}

func (p *seeder) row(b *builder, created, modified time.Time, source uint8) *row {
	t := b.t
	r := &row{id: t.nextID, created: created.UnixMilli(), modified: modified.UnixMilli(), source: source, place: -1,
		values: slices.Clone(b.p)}
	p.buffer = b.p[:0]
	t.nextID += 1 + t.nextID*7919%9 // ids have gaps
	t.rows = append(t.rows, r)
	return r
}

// join links two records that are not linked yet.
func (p *seeder) join(a *row, ka kind, b *row, kb kind, primary bool) {
	a.links = append(a.links, link{to: b.id, kind: kb, primary: primary})
	b.links = append(b.links, link{to: a.id, kind: ka, primary: primary})
}

func (p *seeder) company(c population.Company) *row {
	b := p.builder(companies)
	b.text("name", c.Name)
	b.text("domain", c.Domain)
	b.text("website", "https://www."+c.Domain)
	b.text("industry", c.Industry)
	b.text("country", c.Country)
	b.text("city", c.City)
	b.number("numberofemployees", int64(c.Employees))
	b.number("annualrevenue", c.Revenue)
	b.number("founded_year", int64(c.Founded))
	b.text("lifecyclestage", "lead")
	p.account(b, len(p.companies))
	return p.row(b, c.Created, c.Created, p.sources[0])
}

func (p *seeder) person(i int, x population.Person, there population.Standing) {
	b := p.builder(contacts)
	var company *row
	if x.Company >= 0 {
		company = p.companies[x.Company]
	}
	p.identity(b, i, x, company)
	p.marketing(b, x)
	p.selling(b, x)
	p.twin(b, i, there)
	r := p.row(b, x.Created, x.Modified, p.sources[i%len(p.sources)])
	if company != nil {
		p.join(r, contacts, company, companies, true)
	}
	for _, a := range x.Activities {
		p.activity(a, x, r, company)
	}
	for _, d := range x.Deals {
		p.deal(d, x, r, company)
	}
}

func (p *seeder) ownerID(i int) string {
	if i < 0 {
		return ""
	}
	return p.s.owners[i].ID
}

func (p *seeder) identity(b *builder, i int, x population.Person, company *row) {
	b.text("email", x.Email)
	b.text("firstname", x.First)
	b.text("lastname", x.Last)
	b.text("jobtitle", x.Title)
	b.text("phone", x.Phone)
	b.text("country", x.Country)
	b.text("city", x.City)
	b.text("hs_language", map[bool]string{true: "fr", false: "en"}[x.French])
	b.text("hs_analytics_source", x.Source)
	b.text("hubspot_owner_id", p.ownerID(x.Owner))
	b.text("lifecyclestage", x.Stage)
	b.text("hs_lead_status", x.Status)
	b.number("hubspotscore", int64(x.Heat*80)) // HubSpot's own old score: frozen, still readable
	b.text("hs_object_source_label", []string{"IMPORT", "FORM", "CRM_UI", "INTEGRATION"}[i%4])
	b.text("hs_marketable_status", strconv.FormatBool(!x.OptedOut && x.Email != ""))
	if x.Stage != "" {
		b.time("hs_v2_date_entered_"+x.Stage, x.Modified)
	}
	if company != nil {
		b.number("associatedcompanyid", company.id)
		b.text("company", company.values.get(p.s.tables[companies].props["name"].slot))
	}
}

func (p *seeder) marketing(b *builder, x population.Person) {
	m := x.Mail
	b.number("hs_email_delivered", int64(m.Delivered))
	b.number("hs_email_open", int64(m.Opened))
	b.number("hs_email_click", int64(m.Clicked))
	b.number("hs_email_replied", int64(m.Replied))
	b.number("hs_email_bounce", int64(m.Bounced))
	b.time("hs_email_last_send_date", m.LastSend)
	b.time("hs_email_first_open_date", m.FirstOpen)
	b.time("hs_email_last_open_date", m.LastOpen)
	b.time("hs_email_last_click_date", m.LastClick)
	b.time("hs_email_last_reply_date", m.LastReply)
	if x.OptedOut {
		b.text("hs_email_optout", "true")
	}
	if x.Bounced {
		b.text("hs_email_hard_bounce_reason_enum", "UNKNOWN_USER")
	}
	b.number("hs_analytics_num_page_views", int64(x.Web.Views))
	b.number("hs_analytics_num_visits", int64(x.Web.Visits))
	b.time("hs_analytics_first_timestamp", x.Web.First)
	b.time("hs_analytics_last_timestamp", x.Web.Last)
	b.time("hs_analytics_last_visit_timestamp", x.Web.Last)
	b.text("hs_analytics_last_url", x.Web.LastURL)
	b.number("num_conversion_events", int64(x.Forms.Count))
	b.number("num_unique_conversion_events", int64(x.Forms.Different))
	b.time("first_conversion_date", x.Forms.First)
	b.text("first_conversion_event_name", x.Forms.FirstForm)
	b.time("recent_conversion_date", x.Forms.Last)
	b.text("recent_conversion_event_name", x.Forms.LastForm)
}

// selling writes the counters and dates that follow from activities and deals.
func (p *seeder) selling(b *builder, x population.Person) {
	var contacted, latest, next, booked time.Time
	touches := int64(0)
	for _, a := range x.Activities {
		if a.At.UnixMilli() > p.now {
			if next.IsZero() {
				next = a.At
			}
			continue
		}
		latest = a.At
		if a.Kind != "note" && a.Kind != "task" {
			contacted = a.At
			touches++
		}
		if a.Kind == "meeting" {
			booked = a.At
		}
	}
	b.number("num_notes", int64(len(x.Activities)))
	b.number("num_contacted_notes", touches)
	b.time("notes_last_contacted", contacted)
	b.time("notes_last_updated", latest)
	b.time("notes_next_activity_date", next)
	b.time("hs_last_sales_activity_timestamp", contacted)
	b.time("engagements_last_meeting_booked", booked)
	revenue, last := int64(0), population.Deal{}
	for _, d := range x.Deals {
		if d.Stage == "closedwon" {
			revenue += int64(d.Amount)
			if d.Closed.After(last.Closed) {
				last = d
			}
		}
	}
	b.number("total_revenue", revenue)
	b.number("recent_deal_amount", int64(last.Amount))
	b.time("recent_deal_close_date", last.Closed)
}
