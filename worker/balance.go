package worker

import "github.com/bareme/bareme/crm"

// Balance is what became of the records of one population that a run met, read or scored without having been read:
// Met = Unchanged + Written + Rejected + Skipped + Lost, and Lost is 0 unless something is wrong in this program.
type Balance struct {
	Met       int // read and found equal, or scored
	Unchanged int // read and found equal, or scored with nothing to write
	Written   int // acknowledged by the CRM; what had been refused before aside, see Again
	Rejected  int // refused by the CRM, and set aside
	Skipped   int // gone before the write arrived, or waiting for the next run or for its time to be tried again
	Lost      int // unaccounted for
}

// Again counts updates that had been set aside and whose time to be tried again came: nobody met them in this run.
type Again struct {
	Written  int `json:"written,omitempty"`
	Rejected int `json:"rejected,omitempty"`
	Gone     int `json:"gone,omitempty"`
}

func (a *Again) add(b Again) {
	a.Written += b.Written
	a.Rejected += b.Rejected
	a.Gone += b.Gone
}

// tried counts the outcome of one update that was sent.
func (r *Report) tried(status crm.Status, tries int) {
	count := func(all, again *int) {
		*all++
		if tries > 0 {
			*again++
		}
	}
	switch status {
	case crm.Written:
		count(&r.Written, &r.Again.Written)
	case crm.Rejected:
		count(&r.Rejected, &r.Again.Rejected)
	case crm.Gone, crm.Merged:
		count(&r.Gone, &r.Again.Gone)
	}
}

// tell counts what was scored by whether there is anything to write.
func (r *Report) tell(scored []Scored) {
	for i := range scored {
		if scored[i].Pending == nil {
			r.Unmoved++
		} else {
			r.Moved++
		}
	}
}

// Balance accounts for people. The parts are counted in different places: by the pull, by the scorers, by the store before
// and after writing, and by what the CRM answered.
func (r *Report) Balance() Balance {
	return r.balance(r.Read[crm.People], &r.Outcome)
}

// CompanyBalance accounts for companies.
func (r *Report) CompanyBalance() Balance {
	if r.Companies == nil {
		return Balance{}
	}
	return r.balance(r.Read[crm.Companies], r.Companies)
}

func (r *Report) balance(read Count, o *Outcome) Balance {
	b := Balance{Met: read.Unchanged + o.Scored, Unchanged: read.Unchanged + o.Unmoved, Written: o.Written - o.Again.Written, Rejected: o.Rejected - o.Again.Rejected}
	rest := b.Met - b.Unchanged - b.Written - b.Rejected
	if b.Skipped = rest; r.Status == "done" || r.Status == "refused" { // else it ended somewhere on the way
		b.Skipped = o.Gone - o.Again.Gone + o.Population.Pending + o.Moved - o.Planned
	}
	b.Lost = rest - b.Skipped
	return b
}
