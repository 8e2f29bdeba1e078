// Package hubspot is a simulated HubSpot: an http.Handler with the account's data in memory, close enough to the real
// service that a client cannot tell where it matters. It answers on the dated paths (/crm/objects/2026-09/…) and on
// v3/v4, keeps HubSpot's limits, error bodies and oddities, and can be told to misbehave.
//
// It shares no code with the connector it tests. What it supports is listed in sandbox/README.md.
package hubspot

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bareme/bareme/sandbox/internal/scene"
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

// Request is a line of the request log.
type Request = scene.Request

// Phase is a moment in the life of a request.
type Phase = scene.Phase

// Before: nothing has happened yet. After: the work is done, the answer is not sent yet.
const (
	Before = scene.Before
	After  = scene.After
)

// Sandbox is one simulated account. It is safe for use by many goroutines.
type Sandbox struct {
	*scene.Scene

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

	gate  sync.Mutex // guards what follows
	auth  auth
	limit *throttle
}

// New builds an account and fills it.
func New(o Options) *Sandbox {
	s := &Sandbox{
		Scene: scene.New(o.Now, o.Latency, ownFaults()...), portalID: o.PortalID, currency: o.Currency, propertyDelay: o.PropertyDelay, seed: o.Seed,
		indexLag: o.IndexLag, bumpSame: true, byName: map[string]*table{},
	}
	if s.portalID == 0 {
		s.portalID = 891936587
	}
	if s.currency == "" {
		s.currency = "EUR"
	}
	s.zone = location(o.TimeZone)
	s.limit = newThrottle(o.Limits, s.zone)
	s.auth = newAuth(o.Token, o.OAuth)
	now := s.Now().UnixMilli()
	for k, meta := range objects() {
		t := newTable(kind(k), meta, now-365*24*time.Hour.Milliseconds())
		s.tables[k] = t
		for _, name := range []string{meta.name, meta.singular, meta.typeID} {
			s.byName[name] = t
		}
	}
	if o.Salesforce {
		for k, properties := range linkProperties() {
			s.tables[k].connect(properties, now)
		}
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

// ServeHTTP answers an API request, or a control request below /_sandbox/.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, scene.Controls) {
		scene.ServeControl(w, r, s.controls())
		return
	}
	at := s.Now()
	s.Play(w, r, at, func() (*scene.Answer, scene.Request) {
		c := &call{sandbox: s, r: r, at: at, now: at.UnixMilli()}
		a := s.respond(c)
		return a, c.line()
	})
}

// respond produces the answer to a call: a planned fault, a refusal at the door, or the operation's result.
func (s *Sandbox) respond(c *call) *scene.Answer {
	if err := c.read(); err != nil {
		return c.problem(err)
	}
	op := s.route(c)
	c.op = op.name
	a, fault := s.Spoil(c.r, c.op, func() *scene.Answer { return s.perform(c, op) }, c.refused)
	c.fault = fault
	return a
}

// perform passes a call through the door (token, limits, scopes) and runs it.
func (s *Sandbox) perform(c *call, op operation) *scene.Answer {
	header, err := s.admit(c, op)
	if err != nil {
		a := c.problem(err)
		maps.Copy(a.Header, header)
		return a
	}
	status, body, err := op.run(c)
	if err != nil {
		a := c.problem(err)
		maps.Copy(a.Header, header)
		return a
	}
	a := c.success(status, body)
	maps.Copy(a.Header, header)
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
