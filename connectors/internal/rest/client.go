// Package rest is the HTTP that connectors share: retries that know what may be repeated, limits that retries pay too,
// answers of bounded size, errors in our own words, and logs without secrets or personal data.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
)

// Tokens hands out the bearer token of a connection.
type Tokens interface {
	// Token returns the token to use now.
	Token(ctx context.Context) (Secret, error)

	// Renew is called once when the server refused a token. It returns another one, or false when there is none.
	Renew(ctx context.Context, refused Secret) (Secret, bool, error)
}

// Config makes a Client. Base and Judge are required.
type Config struct {
	Base   *url.URL
	Tokens Tokens // nil: requests carry no Authorization
	Judge  Judge

	// BaseOf, when set, says where a token is good: some CRMs name the host of an account together with its token.
	BaseOf func(token Secret) *url.URL

	// Observe, when set, sees every answer as it comes, those that are retried included.
	Observe func(Request, Answer)
	// Allow, when set, is asked before each call is sent; its error stops the call.
	Allow func(context.Context, Request) error

	Transport http.RoundTripper // nil: a pooled transport of its own
	Logger    *logrus.Entry     // nil: silence
	Meter     *Meter            // nil: a meter of its own
	Agent     string            // the User-Agent

	Tries   int           // how often a call is sent at most; default 6
	Backoff time.Duration // the first pause after a fault, doubled each time; default 500 ms
	MaxWait time.Duration // the longest one call may pause in all before it gives up with RetryAfter; default 2 minutes
	Timeout time.Duration // for one try, from sending to the last byte; default 60 s
	MaxBody int64         // the largest answer accepted; default 64 MiB
}

// Client sends requests to one API. It is safe for concurrent use.
type Client struct {
	cfg  Config
	base http.RoundTripper
}

// Request is one call. A call that is not Once may be sent again after a fault, because it reads, or because doing it
// twice is the same as doing it once.
type Request struct {
	Op     string // for errors: "read people"
	Kind   string // for the meter: "list", "search"
	Object string // for errors
	Method string
	Path   string // below the base, beginning with /
	Query  url.Values
	Header http.Header // beside what the client sends by itself, or instead of it
	Body   any         // nil, url.Values for a form, Raw for bytes, or a value for JSON
	Window *Window
	Once   bool
	Free   bool // not subject to Allow
	Spool  bool // a good answer of any size goes to a file
}

// Raw is a body sent as it is.
type Raw struct {
	Type  string // the Content-Type
	Bytes []byte
}

// Answer is what came back, whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Try    int    // 1 for the first
	File   *Spool // the answer to a request with Spool; Body holds how it begins. The caller closes it

	firm bool // no other token would change it
}

// New makes a client.
func New(cfg Config) *Client {
	base := cfg.Transport
	if base == nil {
		pooled := cleanhttp.DefaultPooledTransport()
		pooled.MaxIdleConnsPerHost = 16 // calls side by side go to one host
		base = pooled
	}
	if cfg.Logger == nil {
		silent := logrus.New()
		silent.SetOutput(nowhere{})
		silent.SetLevel(logrus.PanicLevel)
		cfg.Logger = logrus.NewEntry(silent)
	}
	if cfg.Meter == nil {
		cfg.Meter = new(Meter)
	}
	cfg.Tries = or(cfg.Tries, 6)
	cfg.Backoff = or(cfg.Backoff, 500*time.Millisecond)
	cfg.MaxWait = or(cfg.MaxWait, 2*time.Minute)
	cfg.Timeout = or(cfg.Timeout, time.Minute)
	cfg.MaxBody = or(cfg.MaxBody, 64<<20)
	return &Client{cfg: cfg, base: base}
}

func or[T int | int64 | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// Close lets go of idle connections. The client stays usable.
func (c *Client) Close() {
	if t, ok := c.base.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Do sends the request until there is an answer the Judge accepts, and returns that answer. Its errors are *crm.Error.
// An answer that was refused is returned beside its error, for callers who can read more from it.
func (c *Client) Do(ctx context.Context, req Request) (Answer, error) {
	token, err := c.token(ctx)
	if err != nil {
		return Answer{}, err
	}
	answer, err := c.try(ctx, req, token)
	if answer.Status != http.StatusUnauthorized || answer.firm || c.cfg.Tokens == nil {
		return answer, err
	}
	renewed, ok, renewErr := c.cfg.Tokens.Renew(ctx, token)
	if renewErr != nil {
		return answer, renewErr
	}
	if !ok {
		return answer, err
	}
	return c.try(ctx, req, renewed)
}

func (c *Client) token(ctx context.Context) (Secret, error) {
	if c.cfg.Tokens == nil {
		return "", nil
	}
	return c.cfg.Tokens.Token(ctx)
}

// try runs one exchange: the request with its retries.
func (c *Client) try(ctx context.Context, req Request, token Secret) (Answer, error) {
	hreq, err := c.build(ctx, req, token)
	if err != nil {
		return Answer{}, err
	}
	x := &exchange{client: c, req: req}
	defer x.stopWaiting()
	retrying := retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: x,
			// A redirect would carry the Authorization somewhere nobody named.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     c.cfg.Tries - 1,
		CheckRetry:   x.check,
		Backoff:      x.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := retrying.Do(hreq)
	if resp != nil {
		// The body is a reader over bytes already read: closing it cannot fail.
		_ = resp.Body.Close()
	}
	return x.end(ctx, err)
}

func (c *Client) build(ctx context.Context, req Request, token Secret) (*retryablehttp.Request, error) {
	body, contentType, err := encode(req.Body)
	if err != nil {
		return nil, &crm.Error{Kind: crm.ErrInvalid, Op: req.Op, Object: req.Object, Message: "the request cannot be encoded"}
	}
	base := c.cfg.Base
	if c.cfg.BaseOf != nil {
		base = c.cfg.BaseOf(token)
	}
	u := *base
	u.Path += req.Path
	u.RawQuery = req.Query.Encode()
	var raw any
	if body != nil {
		raw = body
	}
	hreq, err := retryablehttp.NewRequestWithContext(ctx, req.Method, u.String(), raw)
	if err != nil {
		return nil, &crm.Error{Kind: crm.ErrInvalid, Op: req.Op, Object: req.Object, Message: "the request cannot be built"}
	}
	hreq.Header.Set("Accept", "application/json")
	if contentType != "" {
		hreq.Header.Set("Content-Type", contentType)
	}
	if c.cfg.Agent != "" {
		hreq.Header.Set("User-Agent", c.cfg.Agent)
	}
	for name, values := range req.Header {
		hreq.Header[name] = values
	}
	if token != "" {
		hreq.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	return hreq, nil
}

func encode(body any) (raw []byte, contentType string, err error) {
	switch b := body.(type) {
	case nil:
		return nil, "", nil
	case url.Values:
		return []byte(b.Encode()), "application/x-www-form-urlencoded", nil
	case Raw:
		return b.Bytes, b.Type, nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil, "", fmt.Errorf("encode: %w", err)
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), "application/json", nil
}
