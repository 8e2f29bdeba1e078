package chaos

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// trouble is what goes wrong among the workers of a crew.
type trouble struct {
	*crew
	random *rand.Rand
	spared int           // the worker that is never killed, so that what it leaks adds up; -1: none
	long   time.Duration // how long something that passes lasts at most
}

// faults are all there is, by their names.
func (t *trouble) faults() map[string]func() {
	return map[string]func(){
		"worker killed":              t.killed,
		"worker replaced":            func() { t.replace(t.victim()) },
		"database connections ended": t.terminated,
		"database restarted":         func() { server.Restart(t.t, "fast") },
		"database crashed":           func() { server.Restart(t.t, "immediate") },
		"network cut":                t.cut,
		"network slow":               func() { t.toxic(`{"type": "latency", "attributes": {"latency": 120, "jitter": 40}}`) },
		"connections reset":          func() { t.toxic(`{"type": "reset_peer", "attributes": {"timeout": 20}}`) },
		"answers cut off":            func() { t.toxic(`{"type": "limit_data", "attributes": {"bytes": 2000}}`) },
		"wrong answers":              t.wrong,
		"webhooks not acknowledged":  func() { t.hooks.fail(1 + t.random.IntN(3)) },
	}
}

// victim is a worker other than the spared one.
func (t *trouble) victim() int {
	for {
		if i := t.random.IntN(replicas); i != t.spared {
			return i
		}
	}
}

// killed kills two workers in three, and starts others in their place.
func (t *trouble) killed() {
	first := t.victim()
	t.kill(first)
	if second := t.victim(); second != first {
		t.kill(second)
	}
}

func (t *trouble) pass() {
	time.Sleep(t.long/10 + time.Duration(t.random.Int64N(int64(t.long))))
}

func (t *trouble) terminated() {
	t.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bareme' AND datname = current_database()")
}

func (t *trouble) cut() {
	w := t.wires[t.random.IntN(len(t.wires))]
	within(w.Stop)
	t.pass()
	t.do(w.Start())
}

// toxic spoils the network for a moment.
func (t *trouble) toxic(spec string) {
	t.t.Helper()
	w := t.wires[t.random.IntN(len(t.wires))]
	_, err := w.Toxics.AddToxicJson(strings.NewReader(spec))
	t.do(err)
	t.pass()
	w.Toxics.ResetToxics(context.Background())
}

// wrong has the accounts answer nonsense, also after they did what they were asked.
func (t *trouble) wrong() {
	kinds := []hubspot.Fault{
		{Kind: hubspot.FaultStatus}, {Kind: hubspot.FaultHTML}, {Kind: hubspot.FaultTruncated}, {Kind: hubspot.FaultReset}, {Kind: hubspot.FaultLocked},
		{Kind: hubspot.FaultStatus, Apply: true}, {Kind: hubspot.FaultHTML, Apply: true}, {Kind: hubspot.FaultReset, Apply: true},
	}
	fault := kinds[t.random.IntN(len(kinds))]
	fault.Count = 1 + t.random.IntN(3)
	t.do(t.hubspot.Inject(fault))
	odd := []salesforce.Fault{
		{Kind: salesforce.FaultStatus}, {Kind: salesforce.FaultReset}, {Kind: salesforce.FaultTruncated}, {Kind: salesforce.FaultExpired}, {Kind: salesforce.FaultUnready},
		{Kind: salesforce.FaultStatus, Apply: true}, {Kind: salesforce.FaultReset, Apply: true}, {Kind: salesforce.FaultConcurrent},
	}
	t.do(t.org.Inject(odd[t.random.IntN(len(odd))]))
}

// calm ends what may still go wrong.
func (c *crew) calm() {
	c.hubspot.ClearFaults()
	c.org.ClearFaults()
	c.hooks.fail(0)
	for _, w := range c.wires {
		w.Toxics.ResetToxics(context.Background())
	}
}

func (c *crew) sql(statement string, args ...any) {
	c.t.Helper()
	db := c.connect()
	defer func() { _ = db.Close(context.Background()) }() // nothing to keep
	_, err := db.Exec(c.t.Context(), statement, args...)
	c.do(err)
}

func (c *crew) count(query string) (n int) {
	c.t.Helper()
	db := c.connect()
	defer func() { _ = db.Close(context.Background()) }() // nothing to keep
	c.do(db.QueryRow(c.t.Context(), query).Scan(&n))
	return n
}

func (c *crew) connect() *pgx.Conn {
	c.t.Helper()
	db, err := pgx.Connect(c.t.Context(), c.url)
	c.do(err)
	return db
}
