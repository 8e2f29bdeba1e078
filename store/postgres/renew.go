package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// A URL gives the database's URL as it is now, for the next connection.
type URL func() (string, error)

// Renewable says whether connections may go on with another URL in place of the one the store was opened with: it must
// be right, and name the same database. Its error repeats nothing of either and wraps ErrURL.
func Renewable(opened, now string) error {
	before, err := parse(opened)
	if err != nil {
		return err
	}
	after, err := parse(now)
	if err != nil {
		return err
	}
	if !slices.Equal(identity(before.ConnConfig), identity(after.ConnConfig)) {
		return &fault{kind: ErrURL, text: "the database URL names another database than when this process started, which goes on with that one: start it again"}
	}
	return nil
}

// identity is what names a database and the schema in it. The same host with and without TLS is one.
func identity(c *pgx.ConnConfig) []string {
	names := []string{c.Database, c.RuntimeParams["search_path"], fmt.Sprint(c.Host, ":", c.Port)}
	for _, f := range c.Fallbacks {
		names = append(names, fmt.Sprint(f.Host, ":", f.Port))
	}
	return slices.Compact(names)
}

// renew puts what may change while we run into the configuration of the next connection: user, password and
// certificates. Connections that exist live out.
func (s *Store) renew(_ context.Context, c *pgx.ConnConfig) error {
	if s.url == nil {
		return nil
	}
	text, err := s.url()
	if err != nil {
		return &fault{text: "the database URL cannot be had: " + err.Error(), err: err}
	}
	now, err := parse(text)
	if err != nil {
		return err
	}
	c.User, c.Password = now.ConnConfig.User, now.ConnConfig.Password
	c.TLSConfig, c.Fallbacks = now.ConnConfig.TLSConfig, now.ConnConfig.Fallbacks
	return nil
}

// connect opens a connection outside the pool.
func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	cfg := s.pool.Config().ConnConfig // a copy
	if err := s.renew(ctx, cfg); err != nil {
		return nil, err
	}
	return pgx.ConnectConfig(ctx, cfg)
}
