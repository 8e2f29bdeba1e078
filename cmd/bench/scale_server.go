package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/bareme/bareme/store/postgres/pgtest"
)

// cluster is the PostgreSQL of the scale table: that of BAREME_BENCH_DATABASE_URL, else a throwaway server as it is installed.
type cluster struct {
	server *pgtest.Server // nil when the server is not ours
	admin  string         // URL of a database from which others are made
	made   int
}

// openCluster starts the server where that is needed.
func openCluster(ctx context.Context) (*cluster, error) {
	c := &cluster{admin: os.Getenv("BAREME_BENCH_DATABASE_URL")}
	if c.admin != "" {
		return c, nil
	}
	c.server = &pgtest.Server{Durable: true}
	var err error
	c.admin, err = c.server.Throwaway(ctx)
	return c, err
}

func (c *cluster) close() {
	if c.server != nil {
		c.server.Stop()
	}
}

// database is a database of its own in a cluster.
type database struct {
	*cluster
	name    string
	address string
	db      *pgx.Conn
	at      time.Time // the moment everybody was last scored for
	part    int       // records in a part; 0: as users have it
}

// create makes an empty database.
func (c *cluster) create(ctx context.Context) (*database, error) {
	u, err := url.Parse(c.admin)
	if err != nil {
		return nil, errors.New("BAREME_BENCH_DATABASE_URL is no URL")
	}
	c.made++
	d := &database{cluster: c, name: fmt.Sprintf("bareme_bench_%d_%d", os.Getpid(), c.made)}
	if err := c.do(ctx, "CREATE DATABASE "+d.name); err != nil {
		return nil, err
	}
	u.Path = "/" + d.name
	d.address = u.String()
	if d.db, err = pgx.Connect(ctx, d.address); err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return d, nil
}

// do runs a statement where databases are made.
func (c *cluster) do(ctx context.Context, statement string) error {
	db, err := pgx.Connect(ctx, c.admin)
	if err != nil {
		return errors.New("cannot connect to PostgreSQL: is BAREME_BENCH_DATABASE_URL right?")
	}
	_, err = db.Exec(ctx, statement)
	return errors.Join(err, db.Close(ctx))
}

// drop removes the database.
func (d *database) drop(ctx context.Context) error {
	return errors.Join(d.db.Close(ctx), d.do(ctx, "DROP DATABASE "+d.name+" WITH (FORCE)"))
}

// size is how many bytes the database takes, its dead rows included.
func (d *database) size(ctx context.Context) (int64, error) {
	return d.number(ctx, "SELECT pg_database_size(current_database())")
}

// behind is the address of the database behind a network whose round trip takes so long, until stop is called.
func (d *database) behind(roundTrip time.Duration) (address string, stop func(), err error) {
	u, err := url.Parse(d.address)
	if err != nil {
		return "", nil, err
	}
	p := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "network", "127.0.0.1:0", u.Host)
	if err := p.Start(); err != nil {
		return "", nil, err
	}
	slow := fmt.Sprintf(`{"type": "latency", "stream": "upstream", "attributes": {"latency": %d}}`, roundTrip.Milliseconds())
	if _, err := p.Toxics.AddToxicJson(strings.NewReader(slow)); err != nil {
		p.Stop()
		return "", nil, err
	}
	u.Host = p.Listen
	return u.String(), p.Stop, nil
}

// number asks for one number.
func (d *database) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = d.db.QueryRow(ctx, query, args...).Scan(&n)
	return n, err
}

// tick is the unit in which Linux tells processor time.
const tick = 10 * time.Millisecond

// cpu is the processor time, user and system, that all processes of our own server have taken so far; 0 where it cannot
// be told.
func (c *cluster) cpu() time.Duration {
	if c.server == nil {
		return 0
	}
	pid, err := c.server.Process()
	if err != nil {
		return 0
	}
	first, ok := processTimes(pid)
	if !ok {
		return 0
	}
	all := first.own + first.children
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	for _, path := range stats {
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		if p, ok := processTimes(id); ok && p.parent == pid {
			all += p.own
		}
	}
	return all
}

// times are what Linux tells of a process.
type times struct {
	parent        int
	own, children time.Duration // children: of those that have ended
}

func processTimes(pid int) (t times, ok bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return t, false
	}
	_, after, found := bytes.Cut(stat, []byte(") ")) // its name may hold spaces
	fields := bytes.Fields(after)
	if !found || len(fields) < 15 {
		return t, false
	}
	var n [5]int
	for i, at := range []int{1, 11, 12, 13, 14} { // ppid, utime, stime, cutime, cstime
		if n[i], err = strconv.Atoi(string(fields[at])); err != nil {
			return t, false
		}
	}
	return times{n[0], time.Duration(n[1]+n[2]) * tick, time.Duration(n[3]+n[4]) * tick}, true
}
