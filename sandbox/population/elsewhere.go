package population

// Standing is how a person stands in the second CRM of a company that has two: a lead, a contact, or a lead that became a
// contact (both). The zero value is somebody the second CRM does not know.
type Standing struct {
	Lead, Contact bool
	Linked        bool // the first CRM holds the second's id
}

// Elsewhere says how person i stands in the second CRM. About half are there, most of them as contacts.
func (w *World) Elsewhere(i int) Standing {
	d := w.dice(elsewhereStream, i)
	if !d.chance(0.5) {
		return Standing{}
	}
	s := Standing{Linked: d.chance(0.8)}
	switch u := d.Float64(); {
	case u < 0.30:
		s.Lead = true
	case u < 0.40:
		s.Lead, s.Contact = true, true
	default:
		s.Contact = true
	}
	return s
}
