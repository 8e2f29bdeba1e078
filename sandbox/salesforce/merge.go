package salesforce

import (
	"slices"
	"time"
)

// Merge merges a lead, contact or account into another one as a user would: the loser is deleted and names its master,
// what hung on it hangs on the master, whose empty fields it fills.
func (s *Sandbox) Merge(master, loser string) error {
	return s.edit(loser, func(t *tx, r *row) error {
		full, _ := fullID(master)
		o, m := s.objectOf(full)
		if m == nil || o != r.o || m == r || m.deleted || r.deleted || o.find("MasterRecordId") == nil {
			return refuse("INVALID_FIELD", nil, "these records cannot be merged")
		}
		before := m.copied()
		for _, f := range o.fields {
			if !f.readOnly && m.get(f) == nil {
				m.put(f, r.get(f))
			}
		}
		t.derive(m, m)
		t.touch(m, s.adminID)
		t.trace(m, before, false)
		t.rehang(r, m)
		r.put(o.must("MasterRecordId"), m.id)
		t.bin(r, s.adminID, false)
		return nil
	})
}

// rehang points what refers to one record at another.
func (t *tx) rehang(from, to *row) {
	for _, o := range t.s.order {
		if o.tracks != "" {
			continue // what happened to the loser goes with it
		}
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
				before := r.copied()
				r.put(field, to.id)
				t.derive(r, r)
				t.touch(r, t.s.adminID)
				t.trace(r, before, false)
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
		before := r.copied()
		for name, v := range map[string]any{"IsConverted": true, "Status": "Closed - Converted", "ConvertedContactId": contact, "ConvertedAccountId": account,
			"ConvertedOpportunityId": nilIfEmpty(opportunity), "ConvertedDate": moment(t.now).Truncate(24 * time.Hour)} {
			r.put(r.o.must(name), v)
		}
		t.touch(r, s.adminID)
		t.trace(r, before, false)
		t.entry(r, "leadConverted", "Text", nil, nil)
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
		if id := r.text("IndividualId"); id != "" { // whose data it is stays so
			values["IndividualId"] = id
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
