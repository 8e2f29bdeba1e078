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
