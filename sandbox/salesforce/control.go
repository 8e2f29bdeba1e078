package salesforce

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The methods of this file do what the org's users and the platform itself do: they take no part in quota and log, and
// no rule stops them.

// platform writes past every rule, in the name of the administrator.
func (s *Sandbox) platform(op operation) saving {
	return saving{viewer: viewer{s: s, user: s.adminID, all: true}, operation: op, allowDuplicates: true}
}

// Create makes a record as a user would and returns its id.
func (s *Sandbox) Create(object string, values map[string]any) (string, error) {
	out := s.save(s.platform(insertRows), []input{{object: object, values: plain(values)}})[0]
	return out.id, problem(out)
}

// Change sets fields of a record as a user would, read-only ones included (nil or "" clears a value). With ago, the
// record is stamped as much earlier: as when a long transaction comes to its end only now.
func (s *Sandbox) Change(id string, values map[string]any, ago time.Duration) error {
	var out result
	s.write(func(t *tx) {
		t.now -= ago.Milliseconds() / 1000 * 1000
		full, _ := fullID(id)
		o := s.objectByPrefix(full)
		if o == nil {
			out = result{err: malformedID("Id", id)}
			return
		}
		out = t.saveOne(s.platform(updateRows), input{object: o.name, id: full, values: plain(values)})
	})
	return problem(out)
}

func plain(values map[string]any) map[string]any {
	out := maps.Clone(values)
	for k, v := range out {
		switch x := v.(type) {
		case float64, int:
			out[k] = fmt.Sprint(x)
		case time.Time: // as clients write it
			out[k] = x.UTC().Format(time.RFC3339)
		}
	}
	return out
}

func problem(r result) error {
	if r.err != nil {
		return r.err
	}
	return nil
}

// Delete puts a record into the recycle bin, where its object has one. Purge removes it for good.
func (s *Sandbox) Delete(id string) error { return s.remove(id, deleteRows) }

// Purge removes a record past the recycle bin, also one that lies in it.
func (s *Sandbox) Purge(id string) error {
	full, _ := fullID(id)
	s.mu.Lock()
	o, r := s.objectOf(full)
	binned := r != nil && r.deleted
	if binned {
		o.drop(r)
	}
	s.mu.Unlock()
	if binned {
		return nil
	}
	return s.remove(id, hardDeleteRows)
}

func (s *Sandbox) remove(id string, op operation) error {
	full, _ := fullID(id)
	o := s.objectByPrefix(full)
	if o == nil {
		return malformedID("Id", id)
	}
	return problem(s.save(s.platform(op), []input{{object: o.name, id: full}})[0])
}

// Undelete brings a record back from the recycle bin.
func (s *Sandbox) Undelete(id string) error {
	return s.edit(id, func(t *tx, r *row) error {
		if !r.deleted {
			return refuse("UNDELETE_FAILED", nil, "entity is not in the recycle bin")
		}
		r.deleted = false
		t.touch(r, s.adminID)
		return nil
	})
}

// EmptyBin removes everything that was deleted for good.
func (s *Sandbox) EmptyBin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.order {
		for _, r := range slices.Clone(o.rows) {
			if r.deleted {
				o.drop(r)
			}
		}
	}
}

// Touch moves SystemModstamp alone, as a roll-up or a renamed picklist value does.
func (s *Sandbox) Touch(id string) error {
	return s.edit(id, func(t *tx, r *row) error {
		t.stir(r)
		return nil
	})
}

// TouchAll gives every live record of an object the same SystemModstamp, as mass jobs do. It returns how many there were.
func (s *Sandbox) TouchAll(object string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[strings.ToLower(object)]
	if o == nil {
		return 0, noSuchObject(object)
	}
	now, n := s.second(), 0
	for _, r := range o.rows {
		if !r.deleted {
			r.stamp = now
			n++
		}
	}
	o.stamps = nil
	return n, nil
}

// edit runs a change on one record, deleted or not.
func (s *Sandbox) edit(id string, change func(*tx, *row) error) error {
	err := error(refuse("INVALID_CROSS_REFERENCE_KEY", nil, "invalid cross reference id"))
	s.write(func(t *tx) {
		full, _ := fullID(id)
		if _, r := s.objectOf(full); r != nil {
			err = change(t, r)
		}
	})
	return err
}

// Merge merges a lead, contact or account into another one as a user would: the loser is deleted and names its master,
// what hung on it hangs on the master, whose empty fields it fills.
func (s *Sandbox) Merge(master, loser string) error {
	return s.edit(loser, func(t *tx, r *row) error {
		full, _ := fullID(master)
		o, m := s.objectOf(full)
		if m == nil || o != r.o || m == r || m.deleted || r.deleted || o.find("MasterRecordId") == nil {
			return refuse("INVALID_FIELD", nil, "these records cannot be merged")
		}
		for _, f := range o.fields {
			if !f.readOnly && m.get(f) == nil {
				m.put(f, r.get(f))
			}
		}
		t.derive(m, m)
		t.touch(m, s.adminID)
		t.rehang(r, m)
		r.put(o.must("MasterRecordId"), m.id)
		t.bin(r, s.adminID, false)
		return nil
	})
}

// rehang points what refers to one record at another.
func (t *tx) rehang(from, to *row) {
	for _, o := range t.s.order {
		for _, f := range o.fields {
			if f.place < 0 || f.child == "" || !f.refersTo(from.o.name) {
				continue
			}
			field := f
			if !f.refersTo(to.o.name) { // a campaign member keeps the lead it was and gains the contact
				if field = o.find(to.o.name + "Id"); o.name != "CampaignMember" || field == nil {
					continue
				}
			}
			for _, r := range slices.Clone(o.by(f, from.id)) {
				r.put(field, to.id)
				t.derive(r, r)
				t.touch(r, t.s.adminID)
			}
		}
	}
}

// Convert converts a lead: into a contact of an account, new ones unless named, with the lead's activities and campaigns,
// and into an opportunity if one is named. It returns the contact's id.
func (s *Sandbox) Convert(lead, account, contact, opportunity string) (string, error) {
	err := s.edit(lead, func(t *tx, r *row) error {
		if r.o.name != "Lead" || r.deleted || r.truth("IsConverted") {
			return refuse("CANNOT_UPDATE_CONVERTED_LEAD", nil, "cannot reference converted lead")
		}
		var bad error
		if account, contact, bad = t.convertTo(r, account, contact); bad != nil {
			return bad
		}
		if opportunity != "" {
			out := t.saveOne(s.platform(insertRows), input{object: "Opportunity", values: map[string]any{"Name": opportunity, "AccountId": account,
				"StageName": "Prospecting", "ContactId": contact, "CloseDate": moment(t.now).AddDate(0, 3, 0).Format(time.DateOnly), "OwnerId": r.text("OwnerId")}})
			if out.err != nil {
				return out.err
			}
			opportunity = out.id
			t.saveOne(s.platform(insertRows), input{object: "OpportunityContactRole", values: map[string]any{"OpportunityId": out.id, "ContactId": contact, "IsPrimary": true}})
		}
		t.rehang(r, s.objects["contact"].byID[contact])
		for name, v := range map[string]any{"IsConverted": true, "Status": "Closed - Converted", "ConvertedContactId": contact, "ConvertedAccountId": account,
			"ConvertedOpportunityId": nilIfEmpty(opportunity), "ConvertedDate": moment(t.now).Truncate(24 * time.Hour)} {
			r.put(r.o.must(name), v)
		}
		t.touch(r, s.adminID)
		return nil
	})
	return contact, err
}

func nilIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// convertTo makes the account and the contact of a lead, unless they are named.
func (t *tx) convertTo(r *row, account, contact string) (string, string, error) {
	if account == "" {
		out := t.saveOne(t.s.platform(insertRows), input{object: "Account", values: map[string]any{"Name": r.text("Company"), "OwnerId": t.s.adminID,
			"Industry": r.text("Industry"), "Website": r.text("Website")}})
		if out.err != nil {
			return "", "", out.err
		}
		account = out.id
	}
	if contact == "" {
		values := map[string]any{"AccountId": account, "MailingCity": r.text("City"), "MailingCountry": r.text("Country")}
		for _, name := range []string{"FirstName", "LastName", "Email", "Title", "Phone", "MobilePhone", "LeadSource"} {
			values[name] = r.text(name)
		}
		out := t.saveOne(t.s.platform(insertRows), input{object: "Contact", values: values})
		if out.err != nil {
			return "", "", out.err
		}
		contact = out.id
	}
	account, _ = fullID(account)
	contact, _ = fullID(contact)
	if t.s.objects["contact"].byID[contact] == nil || t.s.objects["account"].byID[account] == nil {
		return "", "", refuse("INVALID_CROSS_REFERENCE_KEY", nil, "invalid cross reference id")
	}
	return account, contact, nil
}

// Archive marks activities as archived that took place before a moment: queryAll alone still shows them.
func (s *Sandbox) Archive(before time.Time) int {
	n := 0
	s.write(func(t *tx) {
		for _, name := range []string{"task", "event"} {
			o := s.objects[name]
			for _, r := range o.rows {
				if day, ok := r.get(o.must("ActivityDate")).(time.Time); ok && day.Before(before) && !r.truth("IsArchived") {
					r.put(o.must("IsArchived"), true)
					n++
				}
			}
		}
	})
	return n
}

// HideField takes a standard or open field from everybody who has no permission set for it: at read, it can be seen but
// not changed. Hiding "Lead" hides the whole object.
func (s *Sandbox) HideField(name string, readable bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := none
	if readable {
		left = read
	}
	s.access.hidden[strings.ToLower(name)] = left
	s.schemaChanged = s.clock.now()
}

// ShowField gives back what HideField took.
func (s *Sandbox) ShowField(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.access.hidden, strings.ToLower(name))
	s.schemaChanged = s.clock.now()
}

// SetRight gives the API users a system permission, or takes it.
func (s *Sandbox) SetRight(r Right, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access.rights[r] = on
}

// Private says whether users see only the records they own: organisation-wide defaults of Private, without View All.
func (s *Sandbox) Private(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.private = on
}

// DuplicateRules switches the duplicate rules on or off.
func (s *Sandbox) DuplicateRules(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.duplicateRules = on
}

// SetLatency slows every answer.
func (s *Sandbox) SetLatency(d time.Duration) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.latency = d
}

// Values returns fields of all live records of an object, by id: to compare end states. Values are as REST shows them,
// as text.
func (s *Sandbox) Values(object string, fields ...string) (map[string]map[string]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := s.objects[strings.ToLower(object)]
	if o == nil {
		return nil, noSuchObject(object)
	}
	out := map[string]map[string]string{}
	for _, r := range o.rows {
		if r.deleted {
			continue
		}
		v := map[string]string{}
		for _, name := range fields {
			f := o.find(name)
			if f == nil {
				return nil, noSuchColumn(name, o.name)
			}
			v[f.Name] = textOf(f, r.get(f))
		}
		out[r.id] = v
	}
	return out, nil
}
