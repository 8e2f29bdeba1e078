package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
)

// Day implements crm.Budget. The count is a row of the table budget_days; it goes by the database's clock.
func (b *budget) Day(ctx context.Context, n crm.DayNews) (day crm.Day, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, askTimeout, errAway)
	defer cancel()
	name := b.system + ":" + n.Account
	err = pgx.BeginFunc(ctx, b.store.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO budget_days (name) VALUES ($1) ON CONFLICT DO NOTHING", name); err != nil {
			return err
		}
		var count crm.DayCount
		var now time.Time
		if err := tx.QueryRow(ctx, "SELECT count, coalesce($2, clock_timestamp()) FROM budget_days WHERE name = $1 FOR UPDATE", name, b.at()).
			Scan(&count, &now); err != nil {
			return err
		}
		day = count.Take(now.UTC(), b.name, b.taker, n)
		_, err := tx.Exec(ctx, "UPDATE budget_days SET count = $2 WHERE name = $1", name, count)
		return err
	})
	if err != nil {
		return crm.Day{}, b.store.explain("count calls", err)
	}
	return day, nil
}
