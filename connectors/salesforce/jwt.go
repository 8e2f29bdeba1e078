package salesforce

import (
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bareme/bareme/crm"
)

// JWT logs in by the JWT bearer flow: the app's certificate, uploaded to Salesforce, vouches for a user.
type JWT struct {
	Username string
	KeyFile  string // an RSA private key in PEM; read at each login, so that it can be replaced
	Audience string // default: https://login.salesforce.com, or https://test.salesforce.com for a sandbox's My Domain
}

// lasts is how long an assertion is good. Salesforce takes three minutes at most.
const lasts = 3 * time.Minute

// assertion is the flow's form.
//
// Salesforce: OAuth 2.0 JWT bearer flow for server-to-server integration.
func (j JWT) assertion(id string, at *url.URL) func(time.Time) (url.Values, error) {
	audience := j.Audience
	if audience == "" {
		audience = "https://login.salesforce.com"
		if strings.Contains(at.Hostname(), ".sandbox.") || strings.HasPrefix(at.Hostname(), "test.") {
			audience = "https://test.salesforce.com"
		}
	}
	return func(now time.Time) (url.Values, error) {
		raw, err := os.ReadFile(j.KeyFile)
		if err != nil {
			return nil, badKey("the private key's file cannot be read", err)
		}
		key, err := jwt.ParseRSAPrivateKeyFromPEM(raw)
		if err != nil {
			// The cause is left out: it may quote the file.
			return nil, badKey("the file holds no RSA private key in PEM without a passphrase", nil)
		}
		claims := jwt.RegisteredClaims{Issuer: id, Subject: j.Username, Audience: jwt.ClaimStrings{audience},
			ExpiresAt: jwt.NewNumericDate(now.Add(lasts))}
		signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, singleAudience{claims, audience}).SignedString(key)
		if err != nil {
			return nil, badKey("the private key cannot sign", nil)
		}
		return url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {signed}}, nil
	}
}

// singleAudience writes aud as text: Salesforce does not read the list the library writes.
type singleAudience struct {
	jwt.RegisteredClaims
	Aud string `json:"aud"`
}

func badKey(message string, err error) error {
	return &crm.Error{Kind: crm.ErrAuth, Op: opLogin, Message: message, Hint: "Check BAREME_SALESFORCE_KEY_FILE", Err: err}
}
