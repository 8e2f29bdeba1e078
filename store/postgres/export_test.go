package postgres

import (
	"time"

	"github.com/bareme/bareme/crm"
)

// BudgetAt is Budget by another clock than the database's.
func (s *Store) BudgetAt(connection string, clock func() time.Time) crm.Budget {
	b := s.Budget("crm", connection).(*budget)
	b.at = func() *time.Time { t := clock(); return &t }
	return b
}

// PageOf is how people are asked for by their ids in the first connection, with the arguments.
func PageOf(ids []string) (where string, args []any) {
	return ofIDs, (&tx{conn: 1, object: people}).page(ids)
}
