package hubspot

import (
	"context"
	"os"
	"strings"
	"sync"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// tokensOf picks the one way to authorise that the options name.
func tokensOf(o Options, d dialect, cfg rest.Config) (rest.Tokens, error) {
	given := 0
	for _, there := range []bool{o.Token != "", o.TokenFile != "", o.OAuth != OAuth{}} {
		if there {
			given++
		}
	}
	if given != 1 {
		e := &crm.Error{Kind: crm.ErrAuth, Op: "HubSpot credentials", Message: "none given",
			Hint: "Set BAREME_HUBSPOT_TOKEN to a service key, or BAREME_HUBSPOT_TOKEN_FILE to a file that holds one"}
		if given > 1 {
			e.Message, e.Hint = "more than one given", "Keep one of token, token file and OAuth"
		}
		return nil, e
	}
	switch {
	case o.Token != "":
		return newStaticToken(o.Token)
	case o.TokenFile != "":
		return &fileToken{path: o.TokenFile}, nil
	}
	return newOAuthToken(o, d, cfg)
}

// credential makes a secret of text that people paste: it trims the ends, and refuses what no header can carry.
func credential(raw string) (rest.Secret, error) {
	s := strings.TrimSpace(raw)
	if s == "" {
		return "", &crm.Error{Kind: crm.ErrAuth, Op: "HubSpot credentials", Message: "the token is empty"}
	}
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return "", &crm.Error{Kind: crm.ErrAuth, Op: "HubSpot credentials",
				Message: "the token holds a space or a character that no token has", Hint: "Copy it again, on one line"}
		}
	}
	return rest.Secret(s), nil
}

// staticToken never changes.
type staticToken struct{ secret rest.Secret }

func newStaticToken(raw string) (rest.Tokens, error) {
	secret, err := credential(raw)
	return staticToken{secret}, err
}

// Token returns the one there is.
func (t staticToken) Token(context.Context) (rest.Secret, error) { return t.secret, nil }

// Renew has no other.
func (t staticToken) Renew(context.Context, rest.Secret) (rest.Secret, bool, error) {
	return "", false, nil
}

// fileToken is read when first needed, and again when HubSpot refuses it: a mounted secret is replaced while we run.
type fileToken struct {
	path string

	mu     sync.Mutex
	secret rest.Secret
}

// Token reads the file the first time.
func (t *fileToken) Token(context.Context) (rest.Secret, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.secret != "" {
		return t.secret, nil
	}
	return t.read()
}

// Renew gives another token only when the file holds another one than was refused.
func (t *fileToken) Renew(_ context.Context, refused rest.Secret) (rest.Secret, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.secret == refused {
		if _, err := t.read(); err != nil {
			return "", false, err
		}
	}
	return t.secret, t.secret != refused, nil
}

func (t *fileToken) read() (rest.Secret, error) {
	secret, err := readCredential(t.path)
	if err != nil {
		return "", err
	}
	t.secret = secret
	return secret, nil
}

func readCredential(path string) (rest.Secret, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", &crm.Error{Kind: crm.ErrAuth, Op: "HubSpot credentials", Message: "a secret's file cannot be read", Err: err}
	}
	return credential(string(raw))
}
