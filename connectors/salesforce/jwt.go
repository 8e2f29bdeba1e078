package salesforce

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/internal/secretfile"
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
func (j JWT) assertion(id string, at *url.URL, log *logrus.Entry) func(time.Time) (url.Values, error) {
	audience := j.Audience
	if audience == "" {
		audience = "https://login.salesforce.com"
		if strings.Contains(at.Hostname(), ".sandbox.") || strings.HasPrefix(at.Hostname(), "test.") {
			audience = "https://test.salesforce.com"
		}
	}
	file := &secretfile.File{Path: j.KeyFile, Check: isKey, Warn: secretfile.Warn(log, "BAREME_SALESFORCE_KEY_FILE")}
	return func(now time.Time) (url.Values, error) {
		raw, err := file.Read()
		if err != nil {
			return nil, badKey("the app's key", err)
		}
		key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(raw))
		if err != nil {
			return nil, badKey("the app's key", errNoKey)
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

// errNoKey leaves the cause out: it may quote the file.
var errNoKey = errors.New("the file holds no RSA private key in PEM without a passphrase")

// isKey keeps a key that is half written from taking the place of a whole one.
func isKey(text string) error {
	if _, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(text)); err != nil {
		return errNoKey
	}
	return nil
}

func badKey(message string, err error) error {
	return &crm.Error{Kind: crm.ErrAuth, Op: opLogin, Message: message, Hint: "Check BAREME_SALESFORCE_KEY_FILE", Err: err}
}
