package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/bareme/bareme/crm"
)

// askTimeout bounds one question: a budget that does not answer is away, and the caller goes on by its own share.
const askTimeout = 2 * time.Second

// budget is one CRM account's calls, in the table budgets.
type budget struct {
	store *Store
	name  string
	taker string // this process
	at    func() *time.Time
}

// Budget is the allowance of calls all processes with this database share under a name: that of the CRM and of the
// connection. Windows slide by the database's clock. One Take is one round trip. Answers come within seconds, or an error.
func (s *Store) Budget(name string) crm.Budget {
	return &budget{store: s, name: name, taker: uuid.NewString(), at: func() *time.Time { return nil }}
}

// Take implements crm.Budget.
func (b *budget) Take(ctx context.Context, a crm.Ask) (crm.Grant, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, askTimeout, errAway)
	defer cancel()
	spent := make([]float64, len(a.Spent))
	for i, d := range a.Spent {
		spent[i] = ms(d)
	}
	var g crm.Grant
	var wait float64
	err := b.store.pool.QueryRow(ctx, "SELECT granted, wait, limited, sharers FROM take_budget($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		b.name+"/"+a.Window, b.taker, a.Want, max(a.Limit, 1), ms(a.Hold), a.Adopt, a.Seen, ms(a.SeenAgo), ms(a.Refused), spent, b.at()).
		Scan(&g.Calls, &wait, &g.Limit, &g.Sharers)
	if err != nil {
		return crm.Grant{}, b.store.explain("ask for calls", err)
	}
	g.Wait = time.Duration(wait * float64(time.Millisecond))
	return g, nil
}

var errAway = errors.New("the database does not answer")

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
