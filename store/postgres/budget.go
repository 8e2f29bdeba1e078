package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/bareme/bareme/crm"
)

// askTimeout bounds one question: a budget that does not answer is away, and the caller goes on by its own share.
const askTimeout = 2 * time.Second

// budget is what a connection spends from, in the table budgets.
type budget struct {
	store  *Store
	system string // the CRM
	name   string // of the budget while the account is not known
	taker  string // this process
	at     func() *time.Time

	mu    sync.Mutex
	moved map[string]bool // the accounts' budgets that the connection's own have gone into
}

// Budget is the allowance of calls that all processes with this database share: of the account behind a connection, and of
// the connection itself until its account is known. Windows slide by the database's clock. One Take is one round trip.
// Answers come within seconds, or an error.
func (s *Store) Budget(system, connection string) crm.Budget {
	return &budget{store: s, system: system, name: system + "/" + connection, taker: uuid.NewString(), at: func() *time.Time { return nil }, moved: map[string]bool{}}
}

// Take implements crm.Budget.
func (b *budget) Take(ctx context.Context, a crm.Ask) (crm.Grant, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, askTimeout, errAway)
	defer cancel()
	spent := make([]float64, len(a.Spent))
	for i, d := range a.Spent {
		spent[i] = ms(d)
	}
	own, account := b.names(a)
	var g crm.Grant
	var wait float64
	err := b.store.pool.QueryRow(ctx, "SELECT granted, wait, limited, sharers FROM take_budget($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		own, account, b.taker, a.Want, max(a.Limit, 1), ms(a.Hold), a.Adopt, a.Seen, ms(a.SeenAgo), ms(a.Refused), spent, b.at()).
		Scan(&g.Calls, &wait, &g.Limit, &g.Sharers)
	if err != nil {
		return crm.Grant{}, b.store.explain("ask for calls", err)
	}
	b.arrived(own, account)
	g.Wait = time.Duration(wait * float64(time.Millisecond))
	return g, nil
}

// names are those of the connection's budget, "" once it has gone into the account's, and of the account's, "" while that
// is not known. No name of the one kind is a name of the other.
func (b *budget) names(a crm.Ask) (own, account string) {
	own = b.name + "/" + a.Window
	if a.Account == "" {
		return own, ""
	}
	account = b.system + ":" + a.Account + "/" + a.Window
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.moved[account] {
		own = ""
	}
	return own, account
}

// arrived notes that the connection's budget has gone into the account's.
func (b *budget) arrived(own, account string) {
	if own == "" || account == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.moved[account] = true
}

var errAway = errors.New("the database does not answer")

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
