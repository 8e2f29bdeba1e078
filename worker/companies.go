package worker

import (
	"context"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/scoring"
)

// Companies are scored after people, by the same steps: a company's inputs are its own fields, its activity, and what
// each of its people adds (Scored.Share). A person whose share moved makes the company dirty.

// Companies is how companies are scored.
type Companies struct {
	Mapper   *mapping.Mapper
	Model    *scoring.Model
	Rules    plan.Rules
	Decimals int
}

// OfCompanies is a worker that scores, explains and previews the companies beside the people of this one; nil when only
// people are scored. Its runs are part of the runs of this one.
func (w *Worker) OfCompanies() *Worker {
	if w.Companies == nil {
		return nil
	}
	own := *w
	own.object, own.Companies = crm.Companies, nil
	own.Mapper, own.Model, own.Rules, own.Decimals = w.Companies.Mapper, w.Companies.Model, w.Companies.Rules, w.Companies.Decimals
	return &own
}

// of names the records this worker scores.
func (w *Worker) of() Population {
	if w.object == crm.Companies {
		return CompaniesOf(w.Connection)
	}
	return PeopleOf(w.Connection)
}

// who is one record in an error.
func (w *Worker) who() string {
	if w.object == crm.Companies {
		return "company"
	}
	return "person"
}

// JoinsCompanies says whether companies are scored that several connections know.
func (w *Worker) JoinsCompanies() bool {
	firms := w.OfCompanies()
	return firms != nil && len(firms.others()) > 0
}

// note is the name of a note about the population: companies have their own.
func (w *Worker) note(name string) string {
	if w.object == crm.Companies {
		return "companies " + name
	}
	return name
}

// need is everything a run wants of the CRM, for people and companies.
func (w *Worker) need() crm.Need {
	need := w.Mapper.Need()
	if w.Companies != nil {
		need = need.With(w.Companies.Mapper.Need())
	}
	if w.Alerts != nil {
		need = need.With(w.Alerts.Need())
	}
	return need
}

// sources are the sources of activity of people and companies, in name order.
func (w *Worker) sources() []string {
	all := w.Mapper.Sources()
	if w.Companies != nil {
		all = append(all, w.Companies.Mapper.Sources()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// links are the objects whose ids are wanted with a source of activity.
func (w *Worker) links(source string) []string {
	var links []string
	if slices.Contains(w.Mapper.Sources(), source) {
		links = append(links, crm.People)
	}
	if w.Companies != nil && slices.Contains(w.Companies.Mapper.Sources(), source) {
		links = append(links, crm.Companies)
	}
	return links
}

// share is what the person just scored adds to their company.
func (s *scorer) share() []byte {
	if c := s.w.Companies; c != nil {
		return c.Mapper.Share(s.w.Model, &s.result, s.w.Decimals, s.who)
	}
	return nil
}

// personIn is the person a stored share was made of: what names somebody in all connections changes only with what is known
// of them, and then they are mapped anew.
func (w *Worker) personIn(share []byte) string {
	if w.Companies == nil {
		return ""
	}
	return w.Companies.Mapper.Who(share)
}

// members are the people of a company as mapping knows them.
func members(list []Member) []mapping.Member {
	out := make([]mapping.Member, len(list))
	for i, m := range list {
		out[i] = mapping.Member{ID: m.ID, Share: m.Share}
	}
	return out
}

// forCompanies is the part of a report about companies, filled in by a worker of companies; nil when none are scored.
func (r *Report) forCompanies(w *Worker) (*Worker, *Report) {
	if r.firms == nil {
		if r.firms = w.OfCompanies(); r.firms == nil {
			return nil, nil
		}
		r.ofFirms = &Report{Run: r.Run, Connection: r.Connection, Kind: r.Kind, Model: r.Model, Warnings: r.Warnings}
		r.Companies = &r.ofFirms.Outcome
	}
	return r.firms, r.ofFirms
}

// scoreCompanies is score for the companies, if they are scored.
func (w *Worker) scoreCompanies(ctx context.Context, o Options, r *Report) error {
	firms, report := r.forCompanies(w)
	if firms == nil {
		return nil
	}
	return firms.score(ctx, o, report)
}

// both takes a step for the people, then for the companies.
func (w *Worker) both(step func(*Worker, context.Context, Options, *Report) error) func(context.Context, Options, *Report) error {
	return func(ctx context.Context, o Options, r *Report) error {
		if err := step(w, ctx, o, r); err != nil {
			return err
		}
		firms, report := r.forCompanies(w)
		if firms == nil {
			return nil
		}
		return step(firms, ctx, o, report)
	}
}
