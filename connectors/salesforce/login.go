package salesforce

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	"golang.org/x/sync/singleflight"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/internal/secretfile"
)

const (
	opLogin   = "log in to Salesforce"
	tokenPath = "/services/oauth2/token" //nolint:gosec // where tokens are, and none itself
)

// grant is what a login gives: a token, the host it is good at, the org and the user. Salesforce does not say for how
// long: a token is used until it is refused.
type grant struct {
	token     rest.Secret
	instance  *url.URL
	org, user string
}

// login is the token source. Whoever needs a token while one is being fetched waits for that one login.
type login struct {
	client   *rest.Client
	hosts    hosts
	instance *url.URL // asked for until a login has named one
	form     func(now time.Time) (url.Values, error)
	now      func() time.Time
	dated    bool // what the form says depends on the time
	flight   singleflight.Group

	mu    sync.Mutex
	held  grant
	known map[rest.Secret]*url.URL // hosts of the newest tokens: a call under way may still carry the last but one
}

// newLogin picks the one flow that the options allow.
func newLogin(o Options, at *url.URL, cfg rest.Config) (*login, error) {
	l := &login{hosts: hosts{o.Loopback}, instance: at, now: o.Now, known: make(map[rest.Secret]*url.URL)}
	jwt := o.JWT.Username != "" || o.JWT.KeyFile != ""
	switch secret := o.ClientSecret != "" || o.ClientSecretFile != ""; {
	case o.ClientID == "":
		return nil, noCredentials("the consumer key is missing", "Set BAREME_SALESFORCE_CLIENT_ID")
	case o.ClientSecret != "" && o.ClientSecretFile != "":
		return nil, noCredentials("the consumer secret is given twice", "Keep BAREME_SALESFORCE_CLIENT_SECRET or BAREME_SALESFORCE_CLIENT_SECRET_FILE")
	case jwt && secret:
		return nil, noCredentials("two ways to log in are given", "Keep the consumer secret, or the user name with its key file")
	case jwt:
		if o.JWT.Username == "" || o.JWT.KeyFile == "" {
			return nil, noCredentials("the JWT bearer flow needs a user name and a key file",
				"Set BAREME_SALESFORCE_USERNAME and BAREME_SALESFORCE_KEY_FILE")
		}
		l.form, l.dated = o.JWT.assertion(o.ClientID, at, o.Logger), true
	case o.ClientSecretFile != "":
		read := secretOf(o.ClientSecretFile, o.Logger)
		if _, err := read(); err != nil { // now, and not at the first login
			return nil, err
		}
		l.form = clientCredentials(o.ClientID, read)
	case secret:
		l.form = clientCredentials(o.ClientID, func() (rest.Secret, error) { return rest.Secret(o.ClientSecret), nil })
	default:
		return nil, noCredentials("no way to log in is given",
			"Set BAREME_SALESFORCE_CLIENT_SECRET, or BAREME_SALESFORCE_USERNAME and BAREME_SALESFORCE_KEY_FILE")
	}
	cfg.Base, cfg.Judge, cfg.Observe, cfg.Allow = at, judgeLogin, nil, nil
	l.client = rest.New(cfg)
	return l, nil
}

func noCredentials(message, hint string) error {
	return &crm.Error{Kind: crm.ErrAuth, Op: opLogin, Message: message, Hint: hint}
}

// clientCredentials is the flow in which the app acts as the user it is configured with.
//
// Salesforce: OAuth 2.0 client credentials flow.
func clientCredentials(id string, secret func() (rest.Secret, error)) func(time.Time) (url.Values, error) {
	return func(time.Time) (url.Values, error) {
		s, err := secret()
		return url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {s.Reveal()}}, err
	}
}

// secretOf reads the consumer secret from its file, which may be replaced while we run.
func secretOf(path string, log *logrus.Entry) func() (rest.Secret, error) {
	file := &secretfile.File{Path: path, Warn: secretfile.Warn(log, "BAREME_SALESFORCE_CLIENT_SECRET_FILE")}
	return func() (rest.Secret, error) {
		text, err := file.Read()
		if err != nil {
			return "", &crm.Error{Kind: crm.ErrAuth, Op: opLogin, Message: "the consumer secret", Hint: "Check BAREME_SALESFORCE_CLIENT_SECRET_FILE", Err: err}
		}
		return rest.Secret(text), nil
	}
}

// Token returns the token there is, or logs in.
func (l *login) Token(ctx context.Context) (rest.Secret, error) {
	g, err := l.grant(ctx)
	return g.token, err
}

// Renew logs in again, unless somebody else has since the refused token was taken.
func (l *login) Renew(ctx context.Context, refused rest.Secret) (rest.Secret, bool, error) {
	l.mu.Lock()
	if l.held.token == refused {
		l.held = grant{}
	}
	l.mu.Unlock()
	g, err := l.grant(ctx)
	return g.token, err == nil && g.token != refused, err
}

// baseOf is the host a token is good at.
func (l *login) baseOf(token rest.Secret) *url.URL {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ok := l.known[token]; ok {
		return at
	}
	return l.instance
}

func (l *login) current() (grant, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held, l.held.token != ""
}

// grant returns what is held, or what the one login under way brings. When that login is stopped because its caller is,
// another caller logs in.
func (l *login) grant(ctx context.Context) (grant, error) {
	for {
		if g, ok := l.current(); ok {
			return g, nil
		}
		if ctx.Err() != nil {
			return grant{}, rest.Stopped(ctx, opLogin, "")
		}
		done := l.flight.DoChan("", func() (any, error) { return l.fetch(ctx) })
		select {
		case r := <-done:
			g, ok := r.Val.(grant)
			if r.Err == nil && ok {
				return g, nil
			}
			if !stopped(r.Err) || ctx.Err() != nil {
				return grant{}, r.Err
			}
		case <-ctx.Done():
			return grant{}, rest.Stopped(ctx, opLogin, "")
		}
	}
}

func (l *login) fetch(ctx context.Context) (grant, error) {
	if g, ok := l.current(); ok { // another flight has landed since
		return g, nil
	}
	g, err := l.ask(ctx)
	if err != nil {
		return grant{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = g
	if len(l.known) > 8 {
		clear(l.known)
	}
	l.known[g.token] = g.instance
	l.instance = g.instance
	return g, nil
}

// ask logs in. An assertion is good for minutes, so a clock that is wrong by more makes it worthless: it is then made
// once more by Salesforce's clock.
func (l *login) ask(ctx context.Context) (grant, error) {
	now := l.now()
	answer, g, err := l.askAt(ctx, now)
	if err == nil || !l.dated || answer.Status != http.StatusBadRequest {
		return g, err
	}
	theirs, badDate := http.ParseTime(answer.Header.Get("Date"))
	if badDate != nil || theirs.Sub(now).Abs() < time.Minute {
		return g, err
	}
	_, g, err = l.askAt(ctx, theirs)
	return g, err
}

func (l *login) askAt(ctx context.Context, now time.Time) (rest.Answer, grant, error) {
	form, err := l.form(now)
	if err != nil {
		return rest.Answer{}, grant{}, err
	}
	req := rest.Request{Op: opLogin, Kind: "login", Method: http.MethodPost, Path: tokenPath, Body: form, Free: true}
	answer, err := l.client.Do(ctx, req)
	if err != nil {
		return answer, grant{}, err
	}
	got, err := rest.Decode[wireToken](req, answer)
	if err != nil {
		return answer, grant{}, err
	}
	g, err := l.read(got)
	return answer, g, err
}

// read checks what a login says. The instance decides where the token will travel.
func (l *login) read(got wireToken) (grant, error) {
	odd := &crm.Error{Kind: crm.ErrUnavailable, Op: opLogin, Message: "the answer does not have the documented shape"}
	if got.Token == "" || strings.ContainsFunc(got.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return grant{}, odd
	}
	instance, err := l.hosts.accept(got.Instance)
	if err != nil {
		return grant{}, &crm.Error{Kind: crm.ErrAuth, Op: opLogin, Message: "the login names an instance that is not trusted", Err: err}
	}
	_, ids, ok := strings.Cut(got.ID, "/id/")
	org, user, both := strings.Cut(ids, "/")
	if !ok || !both {
		return grant{}, odd
	}
	g := grant{token: rest.Secret(got.Token), instance: instance}
	var okOrg, okUser bool
	g.org, okOrg = long(org)
	g.user, okUser = long(user)
	if !okOrg || !okUser || !strings.HasPrefix(g.org, "00D") {
		return grant{}, odd
	}
	return g, nil
}
