// Package hubspot is the connector for HubSpot: it reads contacts, companies, deals and engagements, and writes scores to
// properties of contacts and companies. docs/hubspot.md tells an administrator what it needs and what it does.
//
// The first pull lists everything; later ones search what changed, read it by id, and then its links. One file per
// resource of HubSpot's API.
package hubspot

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/connectors/internal/lazy"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// DefaultBaseURL is HubSpot's API.
const DefaultBaseURL = "https://api.hubapi.com"

// Overlap is how far every increment reaches back before the last one ended: HubSpot's search index lags behind the
// records by moments, at times by minutes.
const Overlap = 10 * time.Minute

// Rate is a number of calls in any span of time.
type Rate struct {
	Calls int
	Span  time.Duration
}

// Limits are HubSpot's limits on calls. Burst grows or shrinks to what HubSpot's answers say the account has.
type Limits struct {
	Burst        Rate // all calls but the following; default 100 in 10 s, the least any account has
	Search       Rate // default 5 in 1 s, for all apps of an account together
	Associations Rate // default 100 in 10 s
}

// Options make a Connector. Exactly one way to authorise must be given.
type Options struct {
	BaseURL string // default DefaultBaseURL; https, or http on this machine
	Dialect string // a dated version of the API, or Legacy; default Version

	Token     string // a service key or private app token
	TokenFile string // a file that holds one; read again when HubSpot refuses the token
	OAuth     OAuth  // or an app's refresh token

	DailyShare float64       // of the calls left today, how much one run may spend; default 0.5
	Limits     Limits        // zero: the defaults
	MaxWait    time.Duration // the longest pause for one call; longer ones are errors with RetryAfter; default 2 minutes
	Backoff    time.Duration // the first pause after a fault; default 500 ms
	Timeout    time.Duration // for one try of a call; default 60 s

	Transport http.RoundTripper // nil: a pooled transport of its own
	Now       func() time.Time  // nil: time.Now
	Logger    *logrus.Entry     // nil: silence
}

// OAuth authorises by an app's refresh token.
type OAuth struct {
	ClientID     string
	ClientSecret string
	RefreshToken string

	ClientSecretFile string // where ClientSecret came from, "" for nowhere; read again when HubSpot refuses it
	RefreshTokenFile string // the same of RefreshToken
}

// Connector reads and writes one HubSpot account. Check begins a run: the share of the daily quota is counted from there.
type Connector struct {
	rest    *rest.Client
	meter   *rest.Meter
	dialect dialect
	now     func() time.Time
	maxWait time.Duration

	burst, search, links *rest.Window
	quota                quota
	clock                atomic.Int64 // nanoseconds HubSpot's clock is ahead of ours

	account lazy.Value[crm.Account]
	asked   atomic.Int64 // when, by our clock
	mu      sync.Mutex
	schemas map[string]*lazy.Value[schema]
	probed  map[string]bool // objects known to be writable by this token

	traces string // begins every write trace id
	trace  atomic.Uint64
}

var (
	_ crm.Connector   = (*Connector)(nil)
	_ crm.Provisioner = (*Connector)(nil)
	_ crm.Reader      = (*Connector)(nil)
	_ crm.Sweeper     = (*Connector)(nil)
	_ crm.OwnerLister = (*Connector)(nil)
	_ crm.Metered     = (*Connector)(nil)
	_ crm.Budgeted    = (*Connector)(nil)
)

// New makes a connector. It makes no call. Close it after use.
func New(o Options) (*Connector, error) {
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	base, err := rest.Address(o.BaseURL)
	if err != nil {
		return nil, err
	}
	d, err := dialectOf(o.Dialect)
	if err != nil {
		return nil, err
	}
	share, err := shareOf(o.DailyShare)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxWait <= 0 {
		o.MaxWait = 2 * time.Minute
	}
	c := &Connector{
		meter: new(rest.Meter), dialect: d, now: o.Now, maxWait: o.MaxWait,
		burst:   o.Limits.Burst.window(Rate{100, 10 * time.Second}),
		search:  o.Limits.Search.window(Rate{5, time.Second}),
		links:   o.Limits.Associations.window(Rate{100, 10 * time.Second}),
		schemas: make(map[string]*lazy.Value[schema]), probed: make(map[string]bool),
		traces: rand.Text(),
	}
	c.quota.share = share
	cfg := rest.Config{
		Base: base, Judge: c.judge, Observe: c.observe, Allow: c.allow, Meter: c.meter, Agent: "bareme",
		Transport: o.Transport, Logger: o.Logger, Backoff: o.Backoff, MaxWait: o.MaxWait, Timeout: o.Timeout,
	}
	if cfg.Tokens, err = tokensOf(o, d, cfg); err != nil {
		return nil, err
	}
	c.rest = rest.New(cfg)
	return c, nil
}

func (r Rate) window(otherwise Rate) *rest.Window {
	if r.Calls <= 0 || r.Span <= 0 {
		r = otherwise
	}
	return rest.NewWindow(r.Calls, r.Span)
}

// Close lets go of idle connections.
func (c *Connector) Close() { c.rest.Close() }

// Share implements crm.Budgeted: HubSpot's windows, and the run's share of the day, are spent from together with other
// processes.
func (c *Connector) Share(b crm.Budget) {
	c.quota.Share(b)
	for name, w := range c.windows() {
		w.Share(b, name)
	}
}

// windows are the limits that a shared budget knows, by its name for them.
func (c *Connector) windows() map[string]*rest.Window {
	return map[string]*rest.Window{"burst": c.burst, "search": c.search, "associations": c.links}
}

// Usage returns what the connector has spent since it was made.
func (c *Connector) Usage() crm.Usage {
	u := c.meter.Usage()
	u.DailyLimit, u.DailyLeft = c.quota.Left()
	u.Clock = time.Duration(c.clock.Load())
	return u
}

// observe learns from every answer: HubSpot's clock, the daily quota, and the burst limit.
func (c *Connector) observe(req rest.Request, a rest.Answer) {
	if date, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		c.clock.Store(int64(date.Sub(c.now())))
	}
	c.quota.Called()
	limit, okLimit := number(a.Header, "X-Hubspot-Ratelimit-Daily")
	left, okLeft := number(a.Header, "X-Hubspot-Ratelimit-Daily-Remaining")
	if okLimit && okLeft {
		c.learn(limit, left)
	}
	if req.Window != c.burst {
		return // search and associations have limits of their own and tell nothing of them
	}
	span, okSpan := number(a.Header, "X-Hubspot-Ratelimit-Interval-Milliseconds")
	most, okMost := number(a.Header, "X-Hubspot-Ratelimit-Max")
	if !okMost || most <= 0 || (okSpan && time.Duration(span)*time.Millisecond != c.burst.Span()) {
		return
	}
	c.burst.Resize(most)
	if remaining, ok := number(a.Header, "X-Hubspot-Ratelimit-Remaining"); ok {
		c.burst.Used(most - remaining)
	}
}

func number(h http.Header, name string) (int, bool) {
	n, err := strconv.Atoi(h.Get(name))
	return n, err == nil && n >= 0
}

// serverTime is HubSpot's time of an answer. Cursors go by it: the clock of this machine may be wrong or jump.
func (c *Connector) serverTime(a rest.Answer) time.Time {
	if date, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		return date.UTC()
	}
	return c.now().UTC().Truncate(time.Second)
}
