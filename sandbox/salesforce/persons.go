package salesforce

import "github.com/bareme/bareme/sandbox/salesforce/soql"

// mirrorField shows a custom field of contacts on person accounts as well, under the name ending in __pc.
func (s *Sandbox) mirrorField(f *field) {
	o := s.objects["account"]
	copied := *f
	copied.Name = f.Name[:len(f.Name)-len("__c")] + "__pc"
	copied.system = func(r *row) any { return s.personValue(r, f) }
	copied.mirrors = f
	copied.readOnly = true
	o.addField(&copied)
}

// personValue is a value of the contact behind a person account.
func (s *Sandbox) personValue(account *row, f *field) any {
	if contact := s.objects["contact"].byID[account.text("PersonContactId")]; contact != nil {
		return contact.get(f)
	}
	return nil
}

// addPersonFields adds what the feature brings.
func (s *Sandbox) addPersonFields() {
	accounts, contacts := s.objects["account"], s.objects["contact"]
	accounts.addField(&field{Field: soql.Field{Name: "IsPersonAccount", Kind: soql.Bool}, kind: "boolean", label: "Is Person Account", readOnly: true})
	accounts.addField(&field{Field: soql.Field{Name: "PersonContactId", Kind: soql.ID, Relationship: "PersonContact", Targets: []string{"Contact"}},
		kind: "reference", label: "Contact ID", length: 18, readOnly: true})
	contacts.addField(&field{Field: soql.Field{Name: "IsPersonAccount", Kind: soql.Bool}, kind: "boolean", label: "Is Person Account", readOnly: true})
	for name, of := range map[string]string{"PersonEmail": "Email", "PersonTitle": "Title", "PersonMobilePhone": "MobilePhone"} {
		from := contacts.must(of)
		copied := *from
		copied.Name, copied.label, copied.readOnly, copied.lookup = name, labelOf(name), true, false
		copied.system, copied.mirrors = func(r *row) any { return s.personValue(r, from) }, from
		accounts.addField(&copied)
	}
}

// mirror moves the other half of a person account when one half is written.
func (t *tx) mirror(r *row) {
	if !t.s.personAccounts || !r.truth("IsPersonAccount") {
		return
	}
	o, id := t.s.objects["account"], r.text("AccountId")
	if r.o.name == "Account" {
		o, id = t.s.objects["contact"], r.text("PersonContactId")
	}
	if other := o.byID[id]; other != nil {
		t.keep(other, false)
		t.touch(other, r.modifiedBy)
	}
}
