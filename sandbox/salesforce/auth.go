package salesforce

import (
	"crypto/rsa"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// auth is who may come in, kept under Sandbox.gate.
type auth struct {
	clientID, secret, refresh string
	key                       *rsa.PublicKey
	runAs                     string // the user id of client credentials; "": the flow is off
	unapproved                bool   // the user may not use the app
	rotate                    bool   // each refresh gives a new refresh token
	notForREST                bool   // sessions are handed out but good for nothing
	life                      time.Duration
	sessions                  map[string]*session
	issued                    uint64
	chance                    *rand.Rand
}

// session is an access token. Its life starts anew when it is used.
type session struct {
	user string
	used time.Time
}

func newAuth(o Options, runAs string) auth {
	a := auth{clientID: o.ClientID, secret: o.ClientSecret, refresh: o.RefreshToken, runAs: runAs, life: o.Session,
		sessions: map[string]*session{}, chance: rand.New(rand.NewPCG(uint64(o.Seed), 11))}
	set := func(v *string, d string) {
		if *v == "" {
			*v = d
		}
	}
	set(&a.clientID, "sandbox-client")
	set(&a.secret, "sandbox-secret")
	set(&a.refresh, "sandbox-refresh")
	if a.life == 0 {
		a.life = 2 * time.Hour
	}
	a.key = readKey(o.PublicKey)
	return a
}

// check finds the user of a request's session.
func (a *auth) check(c *call) (string, *apiError) {
	kind, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") && !strings.EqualFold(kind, "OAuth") {
		token = c.r.Header.Get("X-SFDC-Session") // the older header of bulk clients
	}
	x := a.sessions[token]
	switch {
	case x == nil:
		return "", sessionExpired()
	case c.at.Sub(x.used) > a.life:
		delete(a.sessions, token)
		return "", sessionExpired()
	case a.notForREST:
		return "", fail(http.StatusForbidden, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")
	}
	x.used = c.at
	return x.user, nil
}

// open starts a session.
func (a *auth) open(org, user string, now time.Time) string {
	var b strings.Builder
	for range 87 {
		b.WriteByte(digits[a.chance.IntN(len(digits))])
	}
	token := org[:15] + "!AR8AQ" + b.String()
	a.sessions[token] = &session{user: user, used: now}
	return token
}

// Session opens a session for a user, as if they had logged in: the access token. With username "" for the worker's user.
// It is "" when there is no such user.
func (s *Sandbox) Session(username string) string {
	if username == "" {
		username = WorkerUser
	}
	user := s.userID(username) // Sandbox.mu is taken before the gate, never after it
	s.gate.Lock()
	defer s.gate.Unlock()
	if user == "" {
		return ""
	}
	return s.auth.open(s.orgID, user, s.Now())
}

// userID is the id of an active user, by name. It is called without Sandbox.mu.
func (s *Sandbox) userID(username string) string {
	s.mu.Lock() // for writing: the first look-up builds an index
	defer s.mu.Unlock()
	o := s.objects["user"]
	for _, r := range o.live(o.must("Username"), username) {
		if r.truth("IsActive") {
			return r.id
		}
	}
	return ""
}

// ExpireSessions ends every session, as an administrator or the time-out does.
func (s *Sandbox) ExpireSessions() {
	s.gate.Lock()
	defer s.gate.Unlock()
	clear(s.auth.sessions)
}

// Approve says whether the user may use the connected app: by client credentials, JWT bearer and refresh token.
func (s *Sandbox) Approve(approved bool) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.unapproved = !approved
}

// RefuseREST has sessions handed out that are not valid for use with the REST API.
func (s *Sandbox) RefuseREST(refuse bool) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.notForREST = refuse
}

// RotateRefreshTokens says whether each refresh gives a new refresh token and spends the old one.
func (s *Sandbox) RotateRefreshTokens(on bool) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.rotate = on
}

// SetSecret changes the app's secret.
func (s *Sandbox) SetSecret(secret string) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.secret = secret
}

// tokenRefusal is the error of the token endpoint.
type tokenRefusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func refuseToken(kind, description string) (int, any) {
	return http.StatusBadRequest, tokenRefusal{kind, description}
}

// tokenAnswer is a new session. There is no expires_in: how long it lives is the org's setting.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Signature    string `json:"signature,omitempty"`
	Scope        string `json:"scope,omitempty"`
	InstanceURL  string `json:"instance_url"`
	ID           string `json:"id"`
	TokenType    string `json:"token_type"`
	IssuedAt     string `json:"issued_at,omitempty"`
	TokenFormat  string `json:"token_format,omitempty"`
}

// origin is the sandbox's own address, as the client reached it.
func (c *call) origin() string {
	if c.r.TLS != nil {
		return "https://" + c.r.Host
	}
	return "http://" + c.r.Host
}

// token serves POST /services/oauth2/token.
func (s *Sandbox) token(c *call) (int, any) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return refuseToken("invalid_request", "malformed form")
	}
	for k, v := range c.r.URL.Query() { // some clients put it into the address
		form[k] = append(form[k], v...)
	}
	if id, secret, ok := c.r.BasicAuth(); ok {
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	}
	switch form.Get("grant_type") {
	case "client_credentials":
		return s.clientCredentials(c, form)
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		return s.jwtBearer(c, form)
	case "refresh_token":
		return s.refresh(c, form)
	case "password":
		return refuseToken("invalid_grant", "authentication failure - Invalid Password")
	case "":
		return refuseToken("unsupported_grant_type", "grant type not supported")
	}
	return refuseToken("unsupported_grant_type", "grant type not supported")
}

func (s *Sandbox) clientCredentials(c *call, form url.Values) (int, any) {
	s.gate.Lock()
	defer s.gate.Unlock()
	a := &s.auth
	switch {
	case form.Get("client_id") != a.clientID:
		return refuseToken("invalid_client_id", "client identifier invalid")
	case form.Get("client_secret") != a.secret:
		return refuseToken("invalid_client", "invalid client credentials")
	case a.runAs == "":
		return refuseToken("invalid_grant", "no client credentials user enabled")
	case a.unapproved:
		return refuseToken("invalid_app_access", "user is not admin approved to access this app")
	}
	return http.StatusOK, s.grant(c, a.runAs, true)
}

func (s *Sandbox) refresh(c *call, form url.Values) (int, any) {
	s.gate.Lock()
	defer s.gate.Unlock()
	a := &s.auth
	switch secret := form.Get("client_secret"); {
	case form.Get("client_id") != a.clientID:
		return refuseToken("invalid_client_id", "client identifier invalid")
	case secret != "" && secret != a.secret:
		return refuseToken("invalid_client", "invalid client credentials")
	case form.Get("refresh_token") != a.refresh || a.unapproved:
		return refuseToken("invalid_grant", "expired access/refresh token")
	}
	out := s.grant(c, a.runAs, true)
	if a.rotate {
		a.issued++
		a.refresh = fmt.Sprintf("5Aep861%032d", a.issued)
		out.RefreshToken = a.refresh
	}
	return http.StatusOK, out
}

// grant answers with a new session. It is called with Sandbox.gate held.
func (s *Sandbox) grant(c *call, user string, full bool) tokenAnswer {
	out := tokenAnswer{AccessToken: s.auth.open(s.orgID, user, c.at), InstanceURL: c.origin(), ID: c.origin() + "/id/" + s.orgID + "/" + user,
		TokenType: "Bearer", Scope: "api id"}
	if full {
		out.Signature, out.TokenFormat = "c2FuZGJveC1zaWduYXR1cmUtb2YtMzItYnl0ZXM=", "opaque"
		out.IssuedAt = fmt.Sprint(c.at.UnixMilli())
	}
	return out
}

// revoke serves POST /services/oauth2/revoke.
func (s *Sandbox) revoke(c *call) (int, any) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return refuseToken("unsupported_token_type", "this token type is not supported")
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	delete(s.auth.sessions, form.Get("token"))
	return http.StatusOK, nil
}

// introspect serves POST /services/oauth2/introspect.
func (s *Sandbox) introspect(c *call) (int, any) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return refuseToken("invalid_request", "malformed form")
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	x := s.auth.sessions[form.Get("token")]
	if x == nil || c.at.Sub(x.used) > s.auth.life {
		return http.StatusOK, map[string]any{"active": false}
	}
	return http.StatusOK, map[string]any{"active": true, "scope": "api id", "client_id": s.auth.clientID, "sub": c.origin() + "/id/" + s.orgID + "/" + x.user,
		"token_type": "access_token", "exp": x.used.Add(s.auth.life).Unix(), "iat": x.used.Unix(), "nbf": x.used.Unix()}
}
