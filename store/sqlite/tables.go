package sqlite

import (
	"context"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// tables are where one population is kept. Those of people and companies have the same columns.
type tables struct {
	object                                     string
	records                                    string
	dirty, subjects, pending, ledger, override string
	links, linked                              string // of activity to records, and the column that names the record
	kin                                        string // links to records of other connections
	one                                        string // what one record is called in an error
}

func people() *tables {
	return &tables{crm.People, "people", "dirty", "subjects", "pending", "ledger", "overrides", "links", "person", "kin", "person"}
}

func companies() *tables {
	return &tables{crm.Companies, "companies", "company_dirty", "company_subjects", "company_pending", "company_ledger", "company_overrides",
		"company_links", "company", "company_kin", "company"}
}

// tablesOf returns the tables of an object; they exist for people and companies.
func tablesOf(object string) (*tables, error) {
	switch object {
	case crm.People:
		return people(), nil
	case crm.Companies:
		return companies(), nil
	}
	return nil, &crm.Error{Kind: crm.ErrInvalid, Op: "use the state", Object: object, Message: "only people and companies are kept as records, not " + object}
}

// changeOf is change for one population.
func (s *Store) changeOf(ctx context.Context, doing string, of worker.Population, fn func(*tx, *tables) error) error {
	n, err := tablesOf(of.Object)
	if err != nil {
		return err
	}
	return s.change(ctx, doing, of.Connection, func(t *tx) error { return fn(t, n) })
}

// lookOf is look for one population.
func (s *Store) lookOf(ctx context.Context, doing string, of worker.Population, fn func(*reader, *tables) error) error {
	n, err := tablesOf(of.Object)
	if err != nil {
		return err
	}
	return s.look(ctx, doing, of.Connection, func(r *reader) error { return fn(r, n) })
}
