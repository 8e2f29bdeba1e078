package salesforce

import (
	"slices"
	"strings"
	"time"
)

// derive sets the calculated fields.
func (t *tx) derive(r, before *row) {
	set := func(name string, v any) { r.put(r.o.must(name), v) }
	switch r.o.name {
	case "Lead", "Contact", "User", "Individual":
		set("Name", strings.TrimSpace(r.text("FirstName")+" "+r.text("LastName")))
		if r.o.name == "Contact" {
			set("IsEmailBounced", r.get(r.o.must("EmailBouncedDate")) != nil)
		}
	case "Opportunity":
		t.deriveStage(r, before)
	case "Task":
		closed := r.text("Status") == "Completed"
		set("IsClosed", closed)
		if closed && r.get(r.o.must("CompletedDateTime")) == nil {
			set("CompletedDateTime", moment(t.now))
		}
		t.deriveAccount(r)
	case "Event":
		t.deriveTimes(r)
		t.deriveAccount(r)
	case "CampaignMember":
		t.deriveMember(r)
	case "EmailMessageRelation":
		if o, _ := t.s.objectOf(r.text("RelationId")); o != nil {
			set("RelationObjectType", o.name)
		}
	}
}

func (t *tx) deriveStage(r, before *row) {
	st, known := stages[r.text("StageName")]
	if !known {
		st = stage{probability: 10, category: "Pipeline"}
	}
	moved := r.text("StageName") != before.text("StageName")
	f := r.o.must
	if moved && r.get(f("Probability")) == before.get(f("Probability")) { // not set by the same write
		r.put(f("Probability"), st.probability)
	}
	r.put(f("IsClosed"), st.closed)
	r.put(f("IsWon"), st.won)
	r.put(f("ForecastCategory"), st.forecast())
	r.put(f("ForecastCategoryName"), st.category)
	amount, has := r.get(f("Amount")).(float64)
	if share, ok := r.get(f("Probability")).(float64); ok && has {
		r.put(f("ExpectedRevenue"), amount*share/100)
	}
	if moved {
		r.put(f("LastStageChangeDate"), moment(t.now))
	}
}

// deriveAccount gives an activity the account of what it is about.
func (t *tx) deriveAccount(r *row) {
	var account any
	for _, name := range []string{"WhatId", "WhoId"} {
		id := r.text(name)
		o, about := t.s.objectOf(id)
		switch {
		case about == nil || account != nil:
		case o.name == "Account":
			account = id
		case o.find("AccountId") != nil:
			account = about.get(o.must("AccountId"))
		}
	}
	r.put(r.o.must("AccountId"), account)
}

func (t *tx) deriveTimes(r *row) {
	f := r.o.must
	start, ok := r.get(f("StartDateTime")).(time.Time)
	if !ok {
		if start, ok = r.get(f("ActivityDateTime")).(time.Time); !ok {
			return
		}
		r.put(f("StartDateTime"), start)
	}
	end, _ := r.get(f("EndDateTime")).(time.Time)
	minutes, given := r.get(f("DurationInMinutes")).(float64)
	switch {
	case !end.IsZero():
		r.put(f("DurationInMinutes"), end.Sub(start).Minutes())
	case given:
		r.put(f("EndDateTime"), start.Add(time.Duration(minutes)*time.Minute))
	}
	r.put(f("ActivityDateTime"), start)
	r.put(f("ActivityDate"), start.Truncate(24*time.Hour))
}

func (t *tx) deriveMember(r *row) {
	f := r.o.must
	kind, who := "Lead", r.get(f("LeadId"))
	if id := r.get(f("ContactId")); id != nil {
		kind, who = "Contact", id
	}
	r.put(f("Type"), kind)
	r.put(f("LeadOrContactId"), who)
	responded := slices.Contains([]string{"Clicked", "Responded", "Registered", "Attended"}, r.text("Status"))
	r.put(f("HasResponded"), responded)
	if responded && r.get(f("FirstRespondedDate")) == nil {
		r.put(f("FirstRespondedDate"), moment(t.now).Truncate(24*time.Hour))
	}
}

// stage is what the org knows of a stage of sale.
type stage struct {
	probability float64
	closed, won bool
	category    string
}

// forecast is the older name of the category.
func (s stage) forecast() string {
	return strings.ReplaceAll(strings.ReplaceAll(s.category, " ", ""), "Commit", "Forecast")
}

var stages = map[string]stage{ //nolint:gochecknoglobals // a table
	"Prospecting":          {10, false, false, "Pipeline"},
	"Qualification":        {10, false, false, "Pipeline"},
	"Needs Analysis":       {20, false, false, "Pipeline"},
	"Value Proposition":    {50, false, false, "Best Case"},
	"Proposal/Price Quote": {75, false, false, "Best Case"},
	"Negotiation/Review":   {90, false, false, "Commit"},
	"Closed Won":           {100, true, true, "Closed"},
	"Closed Lost":          {0, true, false, "Omitted"},
}
