// Package salesforce is the connector for Salesforce: it reads leads, contacts, accounts, opportunities and activity, and
// writes scores to fields of leads, contacts and accounts. docs/salesforce.md tells an administrator what it needs and
// what it does.
//
// Leads and contacts together are Barème's people: their ids differ by prefix. A read goes by REST while it is small, and
// by Bulk API 2.0 when the first answer says that it is large; both end in the same rows (rows.go). One file per resource
// of Salesforce's API.
package salesforce

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/connectors/internal/lazy"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// Version is the version of Salesforce's API the connector speaks unless told otherwise.
const Version = "66.0"

// Overlap is how far every increment reaches back before the last one ended: a transaction shows its rows when it ends,
// with the time at which it wrote them, and a request may last ten minutes.
const Overlap = 10 * time.Minute

// client is how Barème names itself to Salesforce: in event logs, and in the origin of changes.
const client = "bareme"

// Options make a Connector. Exactly one way to log in must be given: ClientSecret, ClientSecretFile or JWT.
type Options struct {
	LoginURL     string // My Domain of the org
	ClientID     string
	ClientSecret string
	JWT          JWT

	ClientSecretFile string // a file with the secret, read at each login, so that it can be replaced

	APIVersion string   // default Version
	People     []string // objects that are people: Lead, Contact or both; default both
	Loopback   bool     // accept a simulated Salesforce on this machine

	OrgShare float64 // of the org's daily calls, by all programs, at which a run stops; default 0.8
	RunShare float64 // of the org's daily calls, what one run may spend; default 0.25

	BulkRead  int // rows above which a read goes through Bulk API 2.0; default 20,000, ten pages of REST
	BulkWrite int // records above which a write does; default 2,000
	PageSize  int // rows of one page, at most 2,000; by REST no fewer than 200; default 2,000

	MaxWait time.Duration // the longest pause for one call; longer ones are errors with RetryAfter; default 2 minutes
	Backoff time.Duration // the first pause after a fault, and between looks at a bulk job; default 500 ms
	Timeout time.Duration // for one try of a call; default 2 minutes, as long as Salesforce lets a query run
	JobWait time.Duration // how long to wait for a bulk job before leaving it to the next run; default 1 hour

	Transport http.RoundTripper // nil: a pooled transport of its own
	Now       func() time.Time  // nil: time.Now
	Logger    *logrus.Entry     // nil: silence
}

// Connector reads and writes one Salesforce org. Check begins a run: what a run may spend is counted from there.
type Connector struct {
	rest  *rest.Client
	login *login
	meter *rest.Meter
	log   *logrus.Entry
	o     Options
	quota *quota
	clock atomic.Int64 // nanoseconds Salesforce's clock is ahead of ours

	objects  map[string]object
	mu       sync.Mutex
	entities map[string]*lazy.Value[description]
	accounts accounts
	book     crm.JobBook
	tracking tracking
}

var (
	_ crm.Connector   = (*Connector)(nil)
	_ crm.Provisioner = (*Connector)(nil)
	_ crm.Reader      = (*Connector)(nil)
	_ crm.Sweeper     = (*Connector)(nil)
	_ crm.OwnerLister = (*Connector)(nil)
	_ crm.Metered     = (*Connector)(nil)
	_ crm.Resumer     = (*Connector)(nil)
	_ crm.Reconciler  = (*Connector)(nil)
	_ crm.Batcher     = (*Connector)(nil)
	_ crm.Budgeted    = (*Connector)(nil)
)

var versionShape = regexp.MustCompile(`^[1-9]\d\.0$`)

// New makes a connector. It makes no call. Close it after use.
func New(o Options) (*Connector, error) {
	at, err := hosts{o.Loopback}.accept(o.LoginURL)
	if err != nil {
		return nil, err
	}
	if err := o.fill(); err != nil {
		return nil, err
	}
	c := &Connector{o: o, meter: new(rest.Meter), log: o.Logger, objects: objectsOf(o.People), entities: make(map[string]*lazy.Value[description])}
	if c.quota, err = newQuota(o.OrgShare, o.RunShare); err != nil {
		return nil, err
	}
	cfg := rest.Config{
		Base: at, Judge: c.judge, Observe: c.observe, Allow: c.allow, Meter: c.meter, Agent: client,
		Transport: o.Transport, Logger: o.Logger, Backoff: o.Backoff, MaxWait: o.MaxWait, Timeout: o.Timeout,
	}
	if c.login, err = newLogin(o, at, cfg); err != nil {
		return nil, err
	}
	cfg.Tokens, cfg.BaseOf = c.login, c.login.baseOf
	c.rest = rest.New(cfg)
	return c, nil
}

// fill puts defaults in and refuses what makes no sense.
func (o *Options) fill() error {
	if o.APIVersion == "" {
		o.APIVersion = Version
	}
	o.APIVersion = strings.TrimPrefix(o.APIVersion, "v")
	if !versionShape.MatchString(o.APIVersion) {
		return &crm.Error{Kind: crm.ErrInvalid, Op: "BAREME_SALESFORCE_API_VERSION", Message: "not a version of Salesforce's API",
			Hint: "Write it like " + Version}
	}
	if len(o.People) == 0 {
		o.People = []string{lead, contact}
	}
	for _, name := range o.People {
		if name != lead && name != contact {
			return &crm.Error{Kind: crm.ErrInvalid, Op: "BAREME_SALESFORCE_PEOPLE", Message: "people are Lead, Contact or both"}
		}
	}
	slices.SortFunc(o.People, func(a, b string) int { return strings.Compare(b, a) }) // leads first
	o.People = slices.Compact(o.People)
	if o.Now == nil {
		o.Now = time.Now
	}
	orDuration(&o.MaxWait, 2*time.Minute)
	orDuration(&o.Backoff, 500*time.Millisecond)
	orDuration(&o.Timeout, 2*time.Minute)
	orDuration(&o.JobWait, time.Hour)
	orInt(&o.BulkRead, 20_000)
	orInt(&o.BulkWrite, 2000)
	orInt(&o.PageSize, 2000)
	o.PageSize = min(o.PageSize, 2000)
	if o.Logger == nil {
		silent := logrus.New()
		silent.SetLevel(logrus.PanicLevel)
		o.Logger = logrus.NewEntry(silent)
	}
	return nil
}

func orDuration(d *time.Duration, otherwise time.Duration) {
	if *d <= 0 {
		*d = otherwise
	}
}

func orInt(n *int, otherwise int) {
	if *n <= 0 {
		*n = otherwise
	}
}

// Close lets go of idle connections.
func (c *Connector) Close() { c.rest.Close(); c.login.client.Close() }

// Share implements crm.Budgeted: the org's calls of 24 hours, and the run's share of them, are counted together with other
// processes. Salesforce has no limit for shorter times that a budget could keep.
func (c *Connector) Share(b crm.Budget) { c.quota.Share(b) }

// Usage returns what the connector has spent since it was made.
func (c *Connector) Usage() crm.Usage {
	u := c.meter.Usage()
	u.DailyLimit, u.DailyLeft = c.quota.Left()
	u.Clock = time.Duration(c.clock.Load())
	return u
}

func (c *Connector) now() time.Time { return c.o.Now() }

// path is a resource of the API's version.
func (c *Connector) path(resource string) string {
	return "/services/data/v" + c.o.APIVersion + resource
}

// headers are those of every call, and the given ones. No assignment rule runs for anything Barème does: no owner changes.
func headers(pairs ...string) http.Header {
	h := http.Header{"Sforce-Call-Options": {"client=" + client}, "Sforce-Auto-Assign": {"FALSE"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// changing are the headers of calls that change records: a duplicate rule that only warns does not refuse.
func changing() http.Header { return headers("Sforce-Duplicate-Rule-Header", "allowSave=true") }

// observe learns from every answer: Salesforce's clock, and how much of the org's calls is spent.
func (c *Connector) observe(_ rest.Request, a rest.Answer) {
	if date, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		c.clock.Store(int64(date.Sub(c.now())))
	}
	c.quota.learn(c.now(), a.Header.Get("Sforce-Limit-Info"))
}

// serverTime is Salesforce's time of an answer. Cursors go by it: the clock of this machine may be wrong or jump.
func (c *Connector) serverTime(a rest.Answer) time.Time {
	if date, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		return date.UTC()
	}
	return c.now().Add(time.Duration(c.clock.Load())).UTC().Truncate(time.Second)
}

// linked is the request for a link of an answer, within the instance that gave it.
func (c *Connector) linked(req rest.Request, link string) (rest.Request, error) {
	path, query, err := within(c.instance(), link)
	if err != nil {
		return req, err
	}
	if req.Path, err = url.PathUnescape(path); err != nil {
		return req, &crm.Error{Kind: crm.ErrUnavailable, Op: req.Op, Object: req.Object, Message: "a link of the answer cannot be read"}
	}
	req.Query = query
	return req, nil
}

// instance is the host that answers come from.
func (c *Connector) instance() *url.URL {
	g, ok := c.login.current()
	if !ok {
		return c.login.baseOf("")
	}
	return g.instance
}
