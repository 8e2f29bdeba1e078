package hubspot

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/bareme/bareme/connectors/internal/lazy"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// early is how long before its end an access token is no longer used: calls on their way must still find it valid.
const early = time.Minute

// oauthToken trades a refresh token for access tokens of half an hour. Whoever needs one while it is being refreshed
// waits for that one refresh.
type oauthToken struct {
	client  *rest.Client
	path    string
	id      string
	secret  rest.Secret // guarded by mu, as what follows
	files   [2]string   // of the secret and the refresh token, "" for none
	mu      sync.Mutex
	refresh rest.Secret // the newest one HubSpot gave
	mounted rest.Secret // the refresh token as it was last read or given
	access  lazy.Value[accessToken]
	now     func() time.Time
}

type accessToken struct {
	secret rest.Secret
	until  time.Time
}

func newOAuthToken(o Options, d dialect, cfg rest.Config) (rest.Tokens, error) {
	secret, errSecret := credential(o.OAuth.ClientSecret)
	refresh, errRefresh := credential(o.OAuth.RefreshToken)
	if o.OAuth.ClientID == "" || errSecret != nil || errRefresh != nil {
		return nil, &crm.Error{Kind: crm.ErrAuth, Op: "HubSpot credentials",
			Message: "OAuth needs a client id, a client secret and a refresh token"}
	}
	t := &oauthToken{path: d.oauth, id: o.OAuth.ClientID, secret: secret, refresh: refresh, mounted: refresh, now: o.Now,
		files: [2]string{o.OAuth.ClientSecretFile, o.OAuth.RefreshTokenFile}}
	cfg.Judge, cfg.Observe, cfg.Allow = judgeToken, nil, nil
	t.client = rest.New(cfg)
	return t, nil
}

// Token returns an access token that is still good for a while.
func (t *oauthToken) Token(ctx context.Context) (rest.Secret, error) {
	if access, ok := t.access.Peek(); ok && !t.now().Before(access.until) {
		t.expire(access.secret)
	}
	access, err := t.access.Get(ctx, t.trade)
	return access.secret, err
}

// Renew trades for another access token when the refused one is still the newest.
func (t *oauthToken) Renew(ctx context.Context, refused rest.Secret) (rest.Secret, bool, error) {
	t.expire(refused)
	secret, err := t.Token(ctx)
	return secret, err == nil && secret != refused, err
}

// expire forgets an access token unless another has taken its place.
func (t *oauthToken) expire(secret rest.Secret) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if access, ok := t.access.Peek(); ok && access.secret == secret {
		t.access.Forget()
	}
}

// trade asks for an access token, once more when the secrets were refused and their files hold others by now.
func (t *oauthToken) trade(ctx context.Context) (accessToken, error) {
	access, err := t.ask(ctx)
	if errors.Is(err, crm.ErrAuth) {
		rotated, rerr := t.rotated()
		if rerr != nil {
			return accessToken{}, rerr
		}
		if rotated {
			return t.ask(ctx)
		}
	}
	return access, err
}

// rotated reads the files of the secrets again and reports whether anything in them is new. A refresh token that HubSpot
// gave since is not replaced by the older one a file still holds.
func (t *oauthToken) rotated() (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	secret, mounted := t.secret, t.mounted
	for i, into := range []*rest.Secret{&secret, &mounted} {
		if t.files[i] == "" {
			continue
		}
		var err error
		if *into, err = readCredential(t.files[i]); err != nil {
			return false, err
		}
	}
	rotated := secret != t.secret || mounted != t.mounted
	if mounted != t.mounted {
		t.refresh = mounted
	}
	t.secret, t.mounted = secret, mounted
	return rotated, nil
}

// ask trades what there is.
func (t *oauthToken) ask(ctx context.Context) (accessToken, error) {
	t.mu.Lock()
	refresh, secret := t.refresh, t.secret
	t.mu.Unlock()
	began := t.now()
	got, err := rest.Call[wireToken](ctx, t.client, rest.Request{
		Op: "renew the access token", Kind: "token", Method: http.MethodPost, Path: t.path,
		Body: url.Values{"grant_type": {"refresh_token"}, "client_id": {t.id}, "client_secret": {secret.Reveal()},
			"refresh_token": {refresh.Reveal()}},
	})
	if err != nil {
		return accessToken{}, err
	}
	token, err := credential(got.Access)
	if err != nil || got.ExpiresIn <= 0 {
		return accessToken{}, &crm.Error{Kind: crm.ErrUnavailable, Op: "renew the access token",
			Message: "the answer does not have the documented shape"}
	}
	if newest, err := credential(got.Refresh); err == nil {
		t.mu.Lock()
		t.refresh = newest
		t.mu.Unlock()
	}
	lasts := time.Duration(got.ExpiresIn) * time.Second
	return accessToken{token, began.Add(max(lasts-early, lasts/2))}, nil
}

// judgeToken is the verdict on answers of the token endpoint.
func judgeToken(req rest.Request, a rest.Answer) rest.Verdict {
	if a.Status == http.StatusOK && rest.LooksLikeJSON(a.Body) {
		return rest.Verdict{}
	}
	env, readable := parseEnvelope(a.Body)
	e := &crm.Error{Kind: crm.ErrUnavailable, Op: req.Op, Message: withName("HubSpot gives no access token", env)}
	if a.Status == http.StatusTooManyRequests {
		e.Kind = crm.ErrRateLimit
		return rest.Verdict{Err: e, Retry: true, Sure: true, Wait: max(time.Second, a.RetryAfter(time.Now())), Limit: true}
	}
	if a.Status >= 500 || a.Status == http.StatusOK || !readable {
		return rest.Verdict{Err: e, Retry: a.Status != http.StatusNotImplemented}
	}
	e.Kind = crm.ErrAuth
	if string(env.Status) == "BAD_REFRESH_TOKEN" {
		e.Message = "HubSpot no longer accepts the refresh token (BAD_REFRESH_TOKEN)"
	}
	e.Hint = "Check client id and secret, or install the app again to get a new refresh token"
	return rest.Verdict{Err: e}
}
