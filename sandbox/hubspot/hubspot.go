// Package hubspot is a simulated HubSpot: an http.Handler with the account's data in memory, close enough to the real
// service that a client cannot tell where it matters. It answers on the dated paths (/crm/objects/2026-09/…) and on
// v3/v4, keeps HubSpot's limits, error bodies and oddities, and can be told to misbehave.
//
// It shares no code with the connector it tests. What it supports is listed in sandbox/README.md.
package hubspot

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options say what a simulated account is like. The zero value is an empty Professional account.
type Options struct {
	Seed      int64 // of the population: the same seed, sizes and moment give the same account
	People    int   // contacts to begin with
	Companies int   // 0: a tenth of People

	Now           func() time.Time // the account's clock; nil: time.Now
	Limits        Limits           // zero: a Professional account's
	IndexLag      time.Duration    // how long search keeps showing the old state after a change
	Latency       time.Duration    // added to every answer
	PropertyDelay time.Duration    // how long a new property stays unknown to writes

	Salesforce bool // connected with the Salesforce sandbox of the same seed and size: contacts it knows carry their ids there

	Token    string // the private-app token; "": pat-na1-sandbox
	PortalID int64  // 0: 891936587
	TimeZone string // IANA name; "": Europe/Paris
	Currency string // "": EUR
	OAuth    OAuth  // zero: sandbox-client, sandbox-secret, sandbox-refresh
}

// OAuth are the credentials of an app that may exchange a refresh token for access tokens.
type OAuth struct{ ClientID, ClientSecret, RefreshToken string }

// Phase says where in the life of a request a hook is called.
type Phase uint8

// Before: nothing has happened yet. After: the work is done, the answer is not sent yet.
const (
	Before Phase = iota
	After
)

// Sandbox is one simulated account. It is safe for use by many goroutines.
type Sandbox struct {
	clock         *clock
	now           func() time.Time // the clock's
	portalID      int64
	zone          *time.Location
	currency      string
	propertyDelay time.Duration
	seed          int64

	mu            sync.RWMutex // guards the data
	tables        [kinds]*table
	byName        map[string]*table
	sources       []Source
	owners        []owner
	pending       []lagged
	indexLag      time.Duration
	bumpSame      bool // a write of an equal value bumps the modified time
	keepPrimaryID bool // a merge keeps the primary record's id
	rules         []requirement
	drifts        int

	gate    sync.Mutex // guards what follows
	auth    auth
	limit   *throttle
	faults  []*fault
	latency time.Duration
	log     []Request
	dropped int
	counts  map[string]int
	arrived int
	bodies  bool
	hook    func(n int, r *http.Request, phase Phase)
}

// New builds an account and fills it.
func New(o Options) *Sandbox {
	s := &Sandbox{
		clock: newClock(o.Now), portalID: o.PortalID, currency: o.Currency, propertyDelay: o.PropertyDelay, seed: o.Seed,
		indexLag: o.IndexLag, latency: o.Latency, bumpSame: true, byName: map[string]*table{}, counts: map[string]int{},
	}
	s.now = s.clock.now
	if s.portalID == 0 {
		s.portalID = 891936587
	}
	if s.currency == "" {
		s.currency = "EUR"
	}
	s.zone = location(o.TimeZone)
	s.limit = newThrottle(o.Limits, s.zone)
	s.auth = newAuth(o.Token, o.OAuth)
	now := s.now().UnixMilli()
	for k, meta := range objects() {
		t := newTable(kind(k), meta, now-365*24*time.Hour.Milliseconds())
		s.tables[k] = t
		for _, name := range []string{meta.name, meta.singular, meta.typeID} {
			s.byName[name] = t
		}
	}
	if o.Salesforce {
		s.tables[contacts].connect(now)
	}
	s.populate(o)
	return s
}

func location(name string) *time.Location {
	if name == "" {
		name = "Europe/Paris"
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC // a machine without time zone data
	}
	return zone
}

// OnRequest sets a function to be called around every API request, with the request's number, counted from 1.
// nil removes it.
func (s *Sandbox) OnRequest(hook func(n int, r *http.Request, phase Phase)) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.hook = hook
}

// ServeHTTP answers an API request, or a control request below /_sandbox/.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
		s.serveControl(w, r)
		return
	}
	c := s.arrive(r)
	if c.hook != nil {
		c.hook(c.number, r, Before)
	}
	if !wait(r, c.latency) {
		return
	}
	a := s.respond(c)
	s.remember(c, a)
	if c.hook != nil {
		c.hook(c.number, r, After)
	}
	w.Header().Set("Date", c.at.UTC().Format(http.TimeFormat)) // the account's clock, which clients go by
	a.send(w, r)
}

// arrive takes note of a request.
func (s *Sandbox) arrive(r *http.Request) *call {
	c := &call{sandbox: s, r: r, at: s.now()}
	c.now = c.at.UnixMilli()
	s.gate.Lock()
	defer s.gate.Unlock()
	s.arrived++
	c.number, c.hook, c.latency = s.arrived, s.hook, s.latency
	return c
}

func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// respond produces the answer to a call: a planned fault, a refusal at the door, or the operation's result.
func (s *Sandbox) respond(c *call) *answer {
	if err := c.read(); err != nil {
		return c.problem(err)
	}
	op := s.route(c)
	c.op = op.name
	f := s.nextFault(c)
	if f != nil && f.Latency > 0 && !wait(c.r, time.Duration(f.Latency)*time.Millisecond) {
		return c.problem(fail(http.StatusRequestTimeout, "", "The client went away."))
	}
	if f != nil && !f.needsWork() {
		return f.answer(c, nil)
	}
	a := s.perform(c, op)
	if f != nil {
		return f.answer(c, a)
	}
	return a
}

// perform passes a call through the door (token, limits, scopes) and runs it.
func (s *Sandbox) perform(c *call, op operation) *answer {
	header, err := s.admit(c, op)
	if err != nil {
		a := c.problem(err)
		a.add(header)
		return a
	}
	status, body, err := op.run(c)
	if err != nil {
		a := c.problem(err)
		a.add(header)
		return a
	}
	a := c.success(status, body)
	a.add(header)
	return a
}

// admit checks token, limits and scopes, in HubSpot's order.
func (s *Sandbox) admit(c *call, op operation) (http.Header, *apiError) {
	if op.open {
		return nil, nil
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	granted, err := s.auth.check(c.r.Header.Get("Authorization"), c.at)
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	err = s.limit.admit(op.class, c.at)
	s.limit.headers(header, op.class, granted.oauth, c.at)
	if err != nil {
		return header, err
	}
	return header, granted.need(op.scopes)
}
