package salesforce_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/connectors/salesforce"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
)

// The app of the simulated org.
const (
	clientID     = "sandbox-client"
	clientSecret = "sandbox-secret"
)

// org is a simulated Salesforce org served on a port of this machine, and what its users do there.
type org struct {
	*sandbox.Sandbox
	t      testing.TB
	start  time.Time
	server *httptest.Server

	mu     sync.Mutex
	passed time.Duration
	count  int
	before map[int]func()
	seen   func(*http.Request)
	spoil  func(http.ResponseWriter, *http.Request) bool
}

// begin makes an empty org, unless options say otherwise.
func begin(t testing.TB, change ...func(*sandbox.Options)) *org {
	t.Helper()
	a := &org{t: t, start: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), before: map[int]func(){}}
	o := sandbox.Options{Now: a.base, Limits: sandbox.Limits{Daily: 10_000_000}}
	for _, f := range change {
		f(&o)
	}
	a.Sandbox = sandbox.New(o)
	a.server = httptest.NewServer(a)
	t.Cleanup(a.server.Close)
	return a
}

func (a *org) base() time.Time { return a.start }

// now is Salesforce's time.
func (a *org) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.start.Add(a.passed)
}

func (a *org) pass(d time.Duration) {
	a.mu.Lock()
	a.passed += d
	a.mu.Unlock()
	a.Pass(d)
}

// ServeHTTP is what the connector meets: the sandbox, by the sandbox's clock.
func (a *org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	f := a.before[a.count]
	delete(a.before, a.count)
	a.count++
	seen, spoil := a.seen, a.spoil
	a.mu.Unlock()
	if f != nil {
		f()
	}
	if seen != nil {
		seen(r)
	}
	w.Header().Set("Date", a.now().UTC().Format(http.TimeFormat))
	if spoil != nil && spoil(w, r) {
		return
	}
	a.Sandbox.ServeHTTP(w, r)
}

// connect makes a connector whose own clock is three hours wrong, and whose waits are short.
func (a *org) connect(change ...func(*salesforce.Options)) *salesforce.Connector {
	a.t.Helper()
	o := salesforce.Options{
		LoginURL: a.server.URL, ClientID: clientID, ClientSecret: clientSecret, Loopback: true, PageSize: 200,
		MaxWait: 100 * time.Millisecond, Backoff: time.Millisecond,
		Now: func() time.Time { return a.now().Add(3 * time.Hour) },
	}
	for _, f := range change {
		f(&o)
	}
	c, err := salesforce.New(o)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(c.Close)
	return c
}

// logTo collects everything a connector logs.
func logTo(buf io.Writer) func(*salesforce.Options) {
	log := logrus.New()
	log.SetOutput(buf)
	log.SetLevel(logrus.TraceLevel)
	return func(o *salesforce.Options) { o.Logger = logrus.NewEntry(log) }
}

// ok ends the test when the org refuses what a user of it does.
func (a *org) ok(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// make creates a record as a user does.
func (a *org) make(object string, values map[string]any) string {
	a.t.Helper()
	id, err := a.Create(object, values)
	a.ok(err)
	return id
}
