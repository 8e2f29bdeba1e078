package salesforce

import (
	"slices"
	"strconv"

	"github.com/bareme/bareme/crm"
)

// The objects of Salesforce, and the prefixes of their ids.
const (
	lead        = "Lead"
	contact     = "Contact"
	account     = "Account"
	opportunity = "Opportunity"
	task        = "Task"
	event       = "Event"
	member      = "CampaignMember"
	email       = "EmailMessage"
	recipient   = "EmailMessageRelation"
	role        = "OpportunityContactRole"
	history     = "OpportunityHistory"

	leadPrefix        = "00Q"
	contactPrefix     = "003"
	accountPrefix     = "001"
	opportunityPrefix = "006"
	userPrefix        = "005"
	individualPrefix  = "0PK"
)

// Columns the connector itself reads.
const (
	colID        = "Id"
	colStamp     = "SystemModstamp"
	colDeleted   = "IsDeleted"
	colMaster    = "MasterRecordId"
	colConverted = "IsConverted"
	colHeir      = "ConvertedContactId"
	colAccount   = "AccountId"
	colPerson    = "IsPersonAccount"
	colOwner     = "OwnerId"
	colWho       = "WhoId"
	colWhat      = "WhatId"
)

// object is one of our objects: the parts that make it up, read one after the other.
type object struct {
	ours     string
	parts    []part
	activity bool
}

// part is one object of Salesforce, or those of its rows that a condition leaves.
type part struct {
	name   string // of the part, in cursors
	entity string // of the object in Salesforce
	prefix string // of its ids
	where  string // the rows that belong to it, "" for all
	fresh  string // besides, when everything is read and not only what changed
	deep   bool   // deleted and archived rows come too: activity is archived after a year
	merges bool   // rows can be merged, or converted
	when   []string
	via    *via     // the rows only point at those to read
	links  []string // columns that hold ids of linked records, people and companies alike
	extra  []string // columns the connector reads besides, where the org has them
	never  []string // checkboxes that must not be set, where the org has them
}

// via is an object whose rows change without a trace at the records they concern: a child that names its parent, or a
// parent whose fields are read by path.
type via struct {
	entity, column string // where the ids are
	prefix         string // of these ids
	target         string // the column of the part's rows that has them
	path           bool   // only when fields of the entity are asked for by path
}

// needs are the columns to read besides those asked for; those an org does not have are left out.
func (p part) needs() []string {
	out := slices.Concat([]string{colID, colStamp}, p.when, p.links, p.extra)
	if p.merges {
		out = append(out, colDeleted, colMaster)
	}
	if p.deep {
		out = append(out, colDeleted)
	}
	if p.entity == lead {
		out = append(out, colConverted, colHeir)
	}
	return out
}

// people are leads and contacts. A converted lead lives on as its contact; a person account is a contact, too.
func peopleParts(names []string) []part {
	all := map[string]part{
		lead:    {name: lead, entity: lead, prefix: leadPrefix, fresh: colConverted + " = false", merges: true},
		contact: {name: contact, entity: contact, prefix: contactPrefix, merges: true, links: []string{colAccount}, extra: []string{colPerson}},
	}
	var out []part
	for _, name := range names {
		allows := part{name: name + " " + individual, entity: name, prefix: all[name].prefix, merges: true,
			via: &via{entity: individual, column: colID, prefix: individualPrefix, target: "IndividualId", path: true}}
		out = append(out, all[name], allows)
	}
	return out
}

// own are the parts that are read for themselves.
func (o object) own() []part {
	return slices.DeleteFunc(slices.Clone(o.parts), func(p part) bool { return p.via != nil })
}

// objectsOf is the table of what can be read.
func objectsOf(people []string) map[string]object {
	tasks := func(name, where string) part {
		return part{name: name, entity: task, prefix: "00T", where: where, deep: true,
			when: []string{"CompletedDateTime", "ActivityDate", "CreatedDate"}, links: []string{colWho, colWhat, colAccount},
			never: []string{"IsRecurrence"}}
	}
	list := []object{
		{ours: crm.People, parts: peopleParts(people)},
		{ours: crm.Companies, parts: []part{{name: account, entity: account, prefix: accountPrefix, merges: true,
			never: []string{colPerson}}}}, // a person account is a person: its contact is read
		{ours: crm.Deals, activity: true, parts: []part{
			{name: opportunity, entity: opportunity, prefix: opportunityPrefix, deep: true, when: []string{"CloseDate"}, links: []string{colAccount}},
			{name: role, entity: opportunity, prefix: opportunityPrefix, deep: true, when: []string{"CloseDate"}, links: []string{colAccount},
				via: &via{entity: role, column: "OpportunityId", prefix: opportunityPrefix, target: colID}},
		}},
		{ours: crm.Meetings, activity: true, parts: []part{{name: event, entity: event, prefix: "00U", deep: true,
			when: []string{"StartDateTime", "ActivityDateTime", "ActivityDate"}, links: []string{colWho, colWhat, colAccount},
			never: []string{"IsChild", "IsRecurrence"}}}}, // copies for those invited, and the pattern of a series
		{ours: crm.Calls, activity: true, parts: []part{tasks(task, "TaskSubtype = 'Call'")}},
		{ours: crm.Tasks, activity: true, parts: []part{tasks(task, "TaskSubtype NOT IN ('Call', 'Email', 'ListEmail')")}},
		{ours: crm.Emails, activity: true, parts: []part{
			{name: email, entity: email, prefix: "02s", deep: true, when: []string{"MessageDate", "CreatedDate"}, links: []string{"RelatedToId"}},
			tasks("email task", "TaskSubtype IN ('Email', 'ListEmail')"),
		}},
		{ours: crm.Campaigns, activity: true, parts: []part{{name: member, entity: member, prefix: "00v",
			when: []string{"FirstRespondedDate", "CreatedDate"}, links: []string{"ContactId", "LeadId", colAccount}}}},
	}
	out := make(map[string]object, len(list))
	for _, o := range list {
		out[o.ours] = o
	}
	return out
}

func (c *Connector) objectOf(op, ours string) (object, error) {
	o, ok := c.objects[ours]
	if !ok {
		return object{}, &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: ours, Message: "Salesforce has no object called " + strconv.Quote(ours)}
	}
	return o, nil
}

// recordsOf is objectOf for people and companies.
func (c *Connector) recordsOf(op, ours string) (object, error) {
	o, err := c.objectOf(op, ours)
	if err == nil && o.activity {
		err = &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: ours, Message: ours + " are activity, not records"}
	}
	return o, err
}

// activityOf is objectOf for sources of activity.
func (c *Connector) activityOf(op, ours string) (object, error) {
	o, err := c.objectOf(op, ours)
	if err == nil && !o.activity {
		err = &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: ours, Message: ours + " are records, not activity"}
	}
	return o, err
}

// entities are the objects of Salesforce that make up one of ours, once each.
func (o object) entities() []string {
	var out []string
	for _, p := range o.parts {
		if !slices.Contains(out, p.entity) {
			out = append(out, p.entity)
		}
	}
	return out
}

// partOf finds the part whose ids begin as this one does.
func (o object) partOf(id string) (part, bool) {
	for _, p := range o.parts {
		if len(id) > 3 && id[:3] == p.prefix {
			return p, true
		}
	}
	return part{}, false
}
