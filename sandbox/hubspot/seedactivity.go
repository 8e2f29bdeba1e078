package hubspot

import (
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/population"
)

func (p *seeder) activity(a population.Activity, x population.Person, contact, company *row) {
	var k kind
	var b *builder
	start := func(of kind) {
		k, b = of, p.builder(of)
		b.time("hs_timestamp", a.At)
		b.text("hubspot_owner_id", p.ownerID(x.Owner))
	}
	switch a.Kind {
	case "call":
		start(calls)
		b.text("hs_call_title", a.Title)
		b.text("hs_call_direction", a.Direction)
		b.text("hs_call_status", a.Outcome)
		b.number("hs_call_duration", int64(a.Minutes)*60_000)
	case "email":
		start(emails)
		b.text("hs_email_subject", a.Title)
		b.text("hs_email_direction", a.Direction)
		b.text("hs_email_status", a.Outcome)
	case "meeting":
		start(meetings)
		b.text("hs_meeting_title", a.Title)
		b.text("hs_meeting_outcome", a.Outcome)
		b.time("hs_meeting_start_time", a.At)
		b.time("hs_meeting_end_time", a.At.Add(time.Duration(a.Minutes)*time.Minute))
	case "note":
		start(notes)
		b.text("hs_note_body", "<p>"+a.Title+"</p>")
	case "task":
		start(tasks)
		b.text("hs_task_subject", a.Title)
		b.text("hs_task_status", a.Outcome)
		b.text("hs_task_type", "TODO")
		b.text("hs_task_priority", "MEDIUM")
	default:
		start(communications)
		b.text("hs_communication_channel_type", a.Direction)
		b.text("hs_communication_body", a.Title)
	}
	at := time.UnixMilli(min(a.At.UnixMilli(), p.now-int64(a.Minutes)*60_000))
	r := p.row(b, at, at, p.sources[2])
	p.join(r, k, contact, contacts, false)
	if company != nil {
		p.join(r, k, company, companies, false)
	}
}

func (p *seeder) deal(d population.Deal, x population.Person, contact, company *row) {
	b := p.builder(deals)
	b.text("dealname", d.Name)
	b.number("amount", int64(d.Amount))
	b.text("deal_currency_code", p.s.currency)
	b.text("pipeline", "default")
	b.text("dealstage", d.Stage)
	b.text("dealtype", "newbusiness")
	b.time("closedate", d.Closed)
	b.text("hubspot_owner_id", p.ownerID(x.Owner))
	if strings.HasSuffix(d.Stage, "lost") {
		b.text("closed_lost_reason", "Budget")
	}
	r := p.row(b, d.Created, d.Modified, p.sources[2])
	p.join(r, deals, contact, contacts, false)
	if company != nil {
		p.join(r, deals, company, companies, true)
	}
}
