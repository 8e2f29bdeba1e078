package hubspot

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// accessLife is how long an OAuth access token lasts.
const accessLife = 1800 * time.Second

// auth knows the tokens of the account.
type auth struct {
	token   string
	revoked bool
	scopes  []string
	app     OAuth
	issued  map[string]time.Time // OAuth access tokens and when they end
}

// AllScopes are the scopes a new sandbox grants.
func AllScopes() []string {
	return []string{
		"oauth", "crm.objects.owners.read", "sales-email-read",
		"crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read", "crm.schemas.contacts.write",
		"crm.objects.companies.read", "crm.objects.companies.write", "crm.schemas.companies.read", "crm.schemas.companies.write",
		"crm.objects.deals.read", "crm.objects.deals.write", "crm.schemas.deals.read", "crm.schemas.deals.write",
	}
}

func newAuth(token string, app OAuth) auth {
	if token == "" {
		token = "pat-na1-sandbox"
	}
	if app == (OAuth{}) {
		app = OAuth{"sandbox-client", "sandbox-secret", "sandbox-refresh"}
	}
	return auth{token: token, scopes: AllScopes(), app: app, issued: map[string]time.Time{}}
}

// grant is what a checked token may do.
type grant struct {
	oauth  bool
	scopes []string
}

func (a *auth) check(header string, now time.Time) (grant, *apiError) {
	token, bearer := strings.CutPrefix(header, "Bearer ")
	switch {
	case header == "":
		return grant{}, unauthorized("Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview")
	case !bearer:
		return grant{}, unauthorized("The access token is expired or invalid.")
	}
	if token == a.token && !a.revoked {
		return grant{scopes: a.scopes}, nil
	}
	until, known := a.issued[token]
	switch {
	case known && now.Before(until):
		return grant{oauth: true, scopes: a.scopes}, nil
	case known:
		return grant{}, expired()
	}
	return grant{}, unauthorized("Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview")
}

// need refuses a call that lacks a scope. Every element of all must be met; an element "a|b" is met by either.
func (g grant) need(all []string) *apiError {
	var missing []string
	for _, want := range all {
		met := slices.ContainsFunc(strings.Split(want, "|"), func(s string) bool { return slices.Contains(g.scopes, s) })
		if !met {
			missing = append(missing, strings.Split(want, "|")...)
		}
	}
	if missing == nil {
		return nil
	}
	return missingScopes(missing...)
}

type tokenAnswer struct {
	AccessToken  string   `json:"access_token"`
	RefreshToken string   `json:"refresh_token"`
	ExpiresIn    int      `json:"expires_in"`
	TokenType    string   `json:"token_type"`
	TokenUse     string   `json:"token_use"`
	HubID        int64    `json:"hub_id"`
	Scopes       []string `json:"scopes"`
	UserID       int64    `json:"user_id"`
}

type tokenRefusal struct {
	Status      string `json:"status"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Message     string `json:"message"`
}

// token exchanges a refresh token for an access token.
func (s *Sandbox) token(c *call) (int, any, *apiError) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return 0, nil, badRequest("The form could not be read.")
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	a := &s.auth
	switch {
	case form.Get("grant_type") != "refresh_token":
		return http.StatusBadRequest, tokenRefusal{"BAD_GRANT_TYPE", "unsupported_grant_type", "grant_type must be refresh_token", "missing or unknown grant type"}, nil
	case form.Get("client_id") != a.app.ClientID || form.Get("client_secret") != a.app.ClientSecret:
		return http.StatusBadRequest, tokenRefusal{"BAD_CLIENT_ID", "invalid_client", "missing or invalid client id or secret", "missing or invalid client id"}, nil
	case form.Get("refresh_token") != a.app.RefreshToken || a.revoked:
		return http.StatusBadRequest, tokenRefusal{"BAD_REFRESH_TOKEN", "invalid_grant", "refresh token is invalid, expired or revoked", "missing or invalid refresh token"}, nil
	}
	access := "oauth-" + uuid.NewString()
	a.issued[access] = c.at.Add(accessLife)
	return http.StatusOK, tokenAnswer{AccessToken: access, RefreshToken: a.app.RefreshToken, ExpiresIn: int(accessLife.Seconds()),
		TokenType: "bearer", TokenUse: "access_token", HubID: s.portalID, Scopes: slices.Clone(a.scopes), UserID: 4242}, nil
}
