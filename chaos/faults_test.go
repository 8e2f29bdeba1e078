package chaos

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// trouble is what goes wrong among the workers of a crew.
type trouble struct {
	*crew
	random *rand.Rand
	spared int           // the worker that is never killed, so that what it leaks adds up; -1: none
	long   time.Duration // how long something that passes lasts at most
	wire   int           // what is disturbed of the network; -1: any
}

// fault is something that goes wrong and, with an end, passes.
type fault struct{ begin, end func() }

// happen has a fault begin, tells, and has it pass.
func (f fault) happen(begun, pass func()) {
	if f.begin != nil {
		f.begin()
	}
	begun()
	if f.end != nil {
		pass()
		f.end()
	}
}

// faults are all there is, by their names.
func (t *trouble) faults() map[string]fault {
	return map[string]fault{
		"worker killed":              {begin: t.killed},
		"worker replaced":            {end: func() { t.replace(t.victim()) }},
		"database connections ended": {begin: t.terminated},
		"database restarted":         {begin: func() { server.Restart(t.t, "fast") }},
		"database crashed":           {begin: func() { server.Restart(t.t, "immediate") }},
		"network cut":                t.spoilt(func(w *toxiproxy.Proxy) { within(w.Stop) }, func(w *toxiproxy.Proxy) { t.do(w.Start()) }),
		"network slow":               t.toxic(`{"type": "latency", "attributes": {"latency": 120, "jitter": 40}}`),
		"connections reset":          t.toxic(`{"type": "reset_peer", "attributes": {"timeout": 20}}`),
		"answers cut off":            t.toxic(`{"type": "limit_data", "attributes": {"bytes": 2000}}`),
		"wrong answers":              {begin: t.wrong},
		"webhooks not acknowledged":  {begin: func() { t.hooks.fail(1 + t.random.IntN(3)) }},
	}
}

// The wires of a world, in order.
const (
	hubspotWire = iota
	salesforceWire
	webhookWire
)

func wireOf(crm string) int {
	if crm == "salesforce" {
		return salesforceWire
	}
	return hubspotWire
}

// spoilt is a fault of one wire.
func (t *trouble) spoilt(begin, end func(*toxiproxy.Proxy)) fault {
	var w *toxiproxy.Proxy
	return fault{
		begin: func() {
			at := t.wire
			if at < 0 {
				at = t.random.IntN(len(t.wires))
			}
			w = t.wires[at]
			begin(w)
		},
		end: func() { end(w) },
	}
}

func (t *trouble) toxic(spec string) fault {
	return t.spoilt(func(w *toxiproxy.Proxy) {
		_, err := w.Toxics.AddToxicJson(strings.NewReader(spec))
		t.do(err)
	}, func(w *toxiproxy.Proxy) { w.Toxics.ResetToxics(context.Background()) })
}

// victim is a worker other than the spared one.
func (t *trouble) victim() int {
	for {
		if i := t.random.IntN(replicas); i != t.spared {
			return i
		}
	}
}

// killed kills one worker or two, and starts others in their place.
func (t *trouble) killed() {
	first := t.victim()
	t.kill(first)
	if second := t.victim(); second != first {
		t.kill(second)
	}
}

// pass lets a moment pass, for something that lasts.
func (t *trouble) pass() { time.Sleep(t.long/10 + time.Duration(t.random.Int64N(int64(t.long)))) }

func (t *trouble) terminated() {
	t.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bareme' AND datname = current_database()")
}

// wrong has the accounts answer nonsense, also after they did what they were asked.
func (t *trouble) wrong() {
	kinds := []hubspot.Fault{
		{Kind: hubspot.FaultStatus}, {Kind: hubspot.FaultHTML}, {Kind: hubspot.FaultTruncated}, {Kind: hubspot.FaultReset}, {Kind: hubspot.FaultLocked},
		{Kind: hubspot.FaultStatus, Apply: true}, {Kind: hubspot.FaultHTML, Apply: true}, {Kind: hubspot.FaultReset, Apply: true},
	}
	wrong := kinds[t.random.IntN(len(kinds))]
	wrong.Count = 1 + t.random.IntN(3)
	t.do(t.hubspot.Inject(wrong))
	odd := []salesforce.Fault{
		{Kind: salesforce.FaultStatus}, {Kind: salesforce.FaultReset}, {Kind: salesforce.FaultTruncated}, {Kind: salesforce.FaultExpired},
		{Kind: salesforce.FaultUnready}, {Kind: salesforce.FaultConcurrent},
		{Kind: salesforce.FaultStatus, Apply: true}, {Kind: salesforce.FaultReset, Apply: true},
	}
	spoilt := odd[t.random.IntN(len(odd))]
	spoilt.Path = "/services/data" // refusing a login so would mean that it is wrong
	t.do(t.org.Inject(spoilt))
}

// calm ends what may still go wrong.
func (c *crew) calm() {
	c.hubspot.ClearFaults()
	c.org.ClearFaults()
	c.hooks.fail(0)
}

func (c *crew) sql(statement string, args ...any) {
	c.t.Helper()
	db := c.connect()
	defer func() { _ = db.Close(context.Background()) }() // nothing to keep
	_, err := db.Exec(c.t.Context(), statement, args...)
	c.do(there(err))
}

// there takes it for no error that there is no such table yet: the first worker has not come so far.
func there(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "42P01" {
		return nil
	}
	return err
}

func (c *crew) count(query string, args ...any) (n int) {
	c.t.Helper()
	db := c.connect()
	defer func() { _ = db.Close(context.Background()) }() // nothing to keep
	c.do(there(db.QueryRow(c.t.Context(), query, args...).Scan(&n)))
	return n
}

func (c *crew) connect() *pgx.Conn {
	c.t.Helper()
	db, err := pgx.Connect(c.t.Context(), c.url)
	c.do(err)
	return db
}
