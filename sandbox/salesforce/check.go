package salesforce

import "strings"

// check holds the rules of the org against a record about to be written.
func (t *tx) check(w saving, r *row, c changes, creating bool) *rowError {
	if w.viewer.all {
		return nil
	}
	after := func(f *field) any {
		if v, ok := c[f]; ok {
			return v
		}
		return r.get(f)
	}
	if !creating && r.o.name == "Lead" && r.truth("IsConverted") && !t.s.access.rights[EditConvertedLeads] {
		return refuse("CANNOT_UPDATE_CONVERTED_LEAD", nil, "cannot reference converted lead")
	}
	if err := t.locked(r, c); err != nil {
		return err
	}
	if err := missing(r.o, after); err != nil {
		return err
	}
	if err := t.permitted(r, c, after, creating); err != nil {
		return err
	}
	if err := t.s.spoiledRow(r, creating); err != nil {
		return err
	}
	if err := t.s.broken(r.o, after, true); err != nil { // before-triggers run ahead of validation rules
		return err
	}
	if err := t.s.broken(r.o, after, false); err != nil {
		return err
	}
	if err := t.unique(r, c); err != nil {
		return err
	}
	return t.duplicates(w, r, after)
}

// missing names the required fields that would be empty.
func missing(o *object, after func(*field) any) *rowError {
	var names []string
	for _, f := range o.fields {
		if f.required && after(f) == nil {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return refuse("REQUIRED_FIELD_MISSING", names, "Required fields are missing: [%s]", strings.Join(names, ", "))
}

// unique refuses a value that another record has, in fields that allow no two.
func (t *tx) unique(r *row, c changes) *rowError {
	for f, v := range c {
		text := plainText(v)
		if !f.unique || text == "" {
			continue
		}
		for _, other := range r.o.live(f, text) {
			if other != r {
				return refuse("DUPLICATE_VALUE", []string{f.Name}, "duplicate value found: %s duplicates value on record with id: %s", f.Name, other.id[:15])
			}
		}
	}
	return nil
}

// duplicates is the standard duplicate rule for people: no two live leads or contacts of one e-mail address.
func (t *tx) duplicates(w saving, r *row, after func(*field) any) *rowError {
	if !t.s.duplicateRules || w.allowDuplicates || r.o.name != "Lead" && r.o.name != "Contact" {
		return nil
	}
	email := plainText(after(r.o.must("Email")))
	if email == "" {
		return nil
	}
	for _, name := range []string{"lead", "contact"} {
		o := t.s.objects[name]
		for _, other := range o.live(o.must("Email"), email) {
			if other != r && !other.truth("IsConverted") {
				err := refuse("DUPLICATES_DETECTED", nil, "Use one of these records?")
				err.records = []string{other.id}
				return err
			}
		}
	}
	return nil
}
