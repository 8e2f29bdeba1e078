package salesforce

import (
	"math/rand/v2"
	"time"

	"github.com/bareme/bareme/sandbox/population"
)

// activities makes the tasks, events and e-mails between a seller and a person.
func (p *seeder) activities(x population.Person, who string) {
	for _, a := range x.Activities {
		when := at{a.At, a.At}
		if a.At.After(p.now) {
			when = at{x.Modified, x.Modified}
		}
		v := values{"WhoId": who, "Subject": a.Title, "OwnerId": p.owner(x), "IsArchived": a.At.Before(p.archive)}
		switch a.Kind {
		case "meeting":
			p.meeting(a, v, when)
		case "call":
			v["TaskSubtype"], v["CallType"], v["CallDisposition"] = "Call", callType(a.Direction), a.Outcome
			v["CallDurationInSeconds"] = float64(a.Minutes * 60)
			p.task(v, "Completed", when)
		case "email":
			v["TaskSubtype"] = "Email"
			p.email(a, x, who, p.task(v, "Completed", when), when)
		case "task":
			p.task(v, map[string]string{"COMPLETED": "Completed", "NOT_STARTED": "Not Started", "IN_PROGRESS": "In Progress", "DEFERRED": "Deferred"}[a.Outcome], when)
		case "communication":
			v["TaskSubtype"] = map[string]string{"LINKEDIN_MESSAGE": "LinkedIn"}[a.Direction]
			p.task(v, "Completed", when)
		}
	}
}

func callType(direction string) string {
	if direction == "INBOUND" {
		return "Inbound"
	}
	return "Outbound"
}

func (p *seeder) task(v values, status string, when at) string {
	v["Status"], v["ActivityDate"] = status, day(when.created)
	if status == "Completed" {
		v["CompletedDateTime"] = when.created.Truncate(time.Second)
	}
	return p.row("task", when, v).id
}

// meeting makes an event. One that was called off is not in the calendar any more, so it is not made.
func (p *seeder) meeting(a population.Activity, v values, when at) {
	if a.Outcome == "CANCELED" {
		return
	}
	start := a.At.Truncate(time.Minute)
	v["StartDateTime"], v["DurationInMinutes"], v["Type"] = start, float64(a.Minutes), "Meeting"
	p.row("event", when, v)
}

func (p *seeder) email(a population.Activity, x population.Person, who, task string, when at) {
	incoming := a.Direction == "INCOMING_EMAIL"
	seller := p.s.objects["user"].byID[p.owner(x)].text("Email")
	from, to, status, relation := seller, x.Email, "3", "ToAddress"
	if incoming {
		from, to, status, relation = x.Email, seller, "1", "FromAddress"
	}
	v := values{"ActivityId": task, "Subject": a.Title, "FromAddress": from, "ToAddress": to, "Incoming": incoming, "Status": status,
		"MessageDate": a.At.Truncate(time.Second), "IsTracked": !incoming}
	if opened := a.At.Add(3 * time.Hour).Truncate(time.Second); !incoming && x.Heat > 0.3 && opened.Before(p.now) {
		v["IsOpened"], v["FirstOpenedDate"], v["LastOpenedDate"] = true, opened, opened
	}
	message := p.row("emailmessage", when, v)
	p.row("emailmessagerelation", when, values{"EmailMessageId": message.id, "RelationId": who, "RelationType": relation, "RelationAddress": x.Email})
}

// memberships puts people who filled in forms, and a few others, into campaigns.
func (p *seeder) memberships(i int, x population.Person, who string) {
	d := rand.New(rand.NewPCG(uint64(i), 17))
	for k, campaign := range p.campaigns {
		start := p.s.objects["campaign"].byID[campaign].created
		if d.Float64() > 0.05+x.Heat*0.5 || x.Created.UnixMilli() > start {
			continue
		}
		status, when := "Sent", moment(start).Add(time.Duration(d.IntN(20*24))*time.Hour)
		if u := d.Float64(); u < x.Heat {
			status = []string{"Clicked", "Attended", "Registered", "Responded", "Clicked", "Attended"}[k]
		} else if u < 0.5 {
			status = "Opened"
		}
		v := values{"CampaignId": campaign, "Status": status, "ContactId": who}
		if who[:3] == p.s.objects["lead"].prefix {
			v["LeadId"] = who
			delete(v, "ContactId")
		}
		if status != "Sent" && status != "Opened" {
			v["FirstRespondedDate"] = day(when)
		}
		p.row("campaignmember", at{when, when}, v)
	}
}

// stageOf puts the population's stages of sale into Salesforce's.
func stageOf(stage string) string {
	return map[string]string{"appointmentscheduled": "Prospecting", "qualifiedtobuy": "Qualification", "presentationscheduled": "Needs Analysis",
		"decisionmakerboughtin": "Value Proposition", "contractsent": "Negotiation/Review", "closedwon": "Closed Won", "closedlost": "Closed Lost"}[stage]
}

// deals makes a person's opportunities, with the stages they went through.
func (p *seeder) deals(x population.Person, contact string) {
	account := p.s.objects["contact"].byID[contact].get(p.s.objects["contact"].must("AccountId"))
	for _, d := range x.Deals {
		r := p.row("opportunity", at{d.Created, d.Modified}, values{"Name": d.Name, "AccountId": account, "ContactId": contact, "StageName": stageOf(d.Stage),
			"Amount": float64(d.Amount), "CloseDate": day(d.Closed), "OwnerId": p.owner(x), "Type": "New Customer"})
		r.put(r.o.must("LastStageChangeDate"), moment(r.modified))
		p.stages(r)
		p.row("opportunitycontactrole", at{d.Created, d.Created}, values{"OpportunityId": r.id, "ContactId": contact, "Role": "Decision Maker", "IsPrimary": true})
	}
}

// stages writes the history of an opportunity: evenly spaced steps up to where it stands.
func (p *seeder) stages(r *row) {
	way := []string{"Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Negotiation/Review"}
	reached := len(way)
	for i, name := range way {
		if name == r.text("StageName") {
			reached = i
		}
	}
	if r.text("StageName") == "Closed Lost" {
		reached = int(r.created/1000) % (len(way) + 1) // lost at one stage or another
	}
	steps := append(append([]string{}, way[:reached]...), r.text("StageName"))
	for i, name := range steps {
		t := r.created
		if i > 0 {
			t += (r.modified - r.created) * int64(i) / int64(len(steps)-1) / 1000 * 1000
		}
		st := stages[name]
		p.row("opportunityhistory", at{moment(t), moment(t)}, values{"OpportunityId": r.id, "StageName": name, "Amount": r.get(r.o.must("Amount")),
			"CloseDate": r.get(r.o.must("CloseDate")), "Probability": st.probability, "ForecastCategory": st.forecast()})
	}
}
