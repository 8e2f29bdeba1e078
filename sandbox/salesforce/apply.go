package salesforce

import (
	"slices"
	"strings"
	"time"
)

// apply writes a checked change, and what follows from it.
func (t *tx) apply(w saving, r *row, c changes, creating bool) {
	before := t.keep(r, creating)
	if creating {
		r.o.add(r)
		t.undo = append(t.undo, func() { r.o.drop(r) })
	}
	for f, v := range c {
		r.put(f, v)
	}
	if w.assign && r.o.name == "Lead" && t.s.assignTo != "" {
		r.put(r.o.must("OwnerId"), t.s.assignTo)
	}
	t.derive(r, before)
	t.touch(r, w.viewer.user)
	t.follow(r, before)
	t.trace(r, before, creating)
	t.setUp(r)
}

// keep remembers a record as it is, for an undo. The copy is what it was before; of a new record it is empty.
func (t *tx) keep(r *row, creating bool) *row {
	was := *r
	was.values = slices.Clone(r.values)
	if creating {
		return &was
	}
	t.undo = append(t.undo, func() {
		for i, f := range r.o.fields {
			if f.place >= 0 && f.place < len(r.values) {
				r.put(r.o.fields[i], valueAt(was.values, f.place))
			}
		}
		values := r.values
		*r = was
		r.values, r.o.stamps = values, nil
	})
	return &was
}

func valueAt(values []any, place int) any {
	if place < len(values) {
		return values[place]
	}
	return nil
}

// touch stamps a record as modified now.
func (t *tx) touch(r *row, by string) {
	r.modified, r.stamp, r.modifiedBy = t.now, t.now, by
	r.o.stamps = nil
}

// stir moves SystemModstamp alone, as roll-ups do.
func (t *tx) stir(r *row) {
	r.stamp = t.now
	r.o.stamps = nil
}

// bin deletes a record, and what belongs to it.
func (t *tx) bin(r *row, by string, forGood bool) {
	s := t.s
	r.o.deletes = append(r.o.deletes, deletion{r.id, t.now})
	if r.o.hardDelete || forGood {
		r.o.drop(r)
		t.undo = append(t.undo, func() {
			r.o.add(r)
			slices.SortFunc(r.o.rows, func(a, b *row) int { return strings.Compare(a.id, b.id) })
			r.o.deletes = r.o.deletes[:len(r.o.deletes)-1]
		})
	} else {
		t.keep(r, false)
		t.undo = append(t.undo, func() { r.o.deletes = r.o.deletes[:len(r.o.deletes)-1] })
		r.deleted = true
		t.touch(r, by)
	}
	t.setUp(r)
	for _, below := range [][3]string{{"Account", "contact", "AccountId"}, {"Account", "opportunity", "AccountId"},
		{"Lead", "campaignmember", "LeadId"}, {"Contact", "campaignmember", "ContactId"}, {"Campaign", "campaignmember", "CampaignId"},
		{"Opportunity", "opportunitycontactrole", "OpportunityId"}, {"PermissionSet", "permissionsetassignment", "PermissionSetId"},
		{"PermissionSet", "fieldpermissions", "ParentId"}, {"PermissionSet", "objectpermissions", "ParentId"},
		{"Lead", "leadhistory", "LeadId"}, {"Contact", "contacthistory", "ContactId"}, {"Account", "accounthistory", "AccountId"},
		{"Opportunity", "opportunityfieldhistory", "OpportunityId"}} {
		if below[0] != r.o.name {
			continue
		}
		o := s.objects[below[1]]
		for _, child := range o.live(o.must(below[2]), r.id) {
			t.bin(child, by, forGood)
		}
	}
}

// setUp notes a write that changes who may see what.
func (t *tx) setUp(r *row) {
	switch r.o.name {
	case "PermissionSet", "PermissionSetAssignment", "FieldPermissions", "ObjectPermissions":
		t.s.regrantDue = true
	}
}

// follow does what a write sets off elsewhere.
func (t *tx) follow(r, before *row) {
	switch r.o.name {
	case "Opportunity":
		t.writeHistory(r, before)
	case "Task", "Event":
		t.rollUp(r)
	case "Contact", "Account":
		t.mirror(r)
	}
}

// writeHistory adds to the stage history when one of the fields it keeps has changed.
func (t *tx) writeHistory(r, before *row) {
	o := t.s.objects["opportunityhistory"]
	changed := false
	for _, name := range []string{"StageName", "Amount", "CloseDate", "Probability"} {
		changed = changed || r.get(r.o.must(name)) != before.get(r.o.must(name))
	}
	if !changed {
		return
	}
	h := o.newRow(t.now, r.modifiedBy)
	h.put(o.must("OpportunityId"), r.id)
	for _, name := range []string{"StageName", "Amount", "ExpectedRevenue", "CloseDate", "Probability", "ForecastCategory"} {
		h.put(o.must(name), r.get(r.o.must(name)))
	}
	o.add(h)
	t.undo = append(t.undo, func() { o.drop(h) })
}

// rollUp moves LastActivityDate of those an activity is about, and with it their SystemModstamp, but not
// LastModifiedDate.
func (t *tx) rollUp(r *row) {
	day, ok := r.get(r.o.must("ActivityDate")).(time.Time)
	if !ok || r.o.name == "Task" && !r.truth("IsClosed") || day.After(moment(t.now)) {
		return
	}
	for _, id := range []string{r.text("WhoId"), r.text("WhatId"), r.text("AccountId")} {
		o, about := t.s.objectOf(id)
		if about == nil || about.deleted || o.find("LastActivityDate") == nil {
			continue
		}
		f := o.must("LastActivityDate")
		if last, _ := about.get(f).(time.Time); !day.After(last) {
			continue
		}
		t.keep(about, false)
		about.put(f, day)
		t.stir(about)
	}
}

// objectOf finds the object and record of an id.
func (s *Sandbox) objectOf(id string) (*object, *row) {
	if len(id) < 15 {
		return nil, nil
	}
	for _, o := range s.order {
		if o.prefix == id[:3] {
			if r := o.byID[id]; r != nil {
				return o, r
			}
		}
	}
	return nil, nil
}
