package salesforce

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// readKey reads a certificate or a public key; nil when it is neither.
func readKey(text []byte) *rsa.PublicKey {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil
	}
	if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
		key, _ := cert.PublicKey.(*rsa.PublicKey)
		return key
	}
	if parsed, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		key, _ := parsed.(*rsa.PublicKey)
		return key
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return key
	}
	return nil
}

// SetPublicKey puts a certificate or public key (PEM) into the connected app. It tells whether it was one for RSA.
func (s *Sandbox) SetPublicKey(text []byte) bool {
	key := readKey(text)
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.key = key
	return key != nil
}

// SigningKey makes a new key, puts its public half into the connected app, and returns the private half (PEM, PKCS #8).
func (s *Sandbox) SigningKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.key = &key.PublicKey
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), nil
}

// claims of a JWT bearer assertion.
type claims struct {
	Issuer   string          `json:"iss"`
	Subject  string          `json:"sub"`
	Audience any             `json:"aud"`
	Expires  json.RawMessage `json:"exp"` // some clients send it as a string
}

// longestAssertion is how far ahead an assertion may expire.
const longestAssertion = 5 * time.Minute

func (s *Sandbox) jwtBearer(c *call, form url.Values) (int, any) {
	head, claim, signed, signature, ok := readAssertion(form.Get("assertion"))
	if !ok || head.Algorithm != "RS256" {
		return refuseToken("invalid_grant", "invalid assertion")
	}
	user := s.userID(claim.Subject)
	s.gate.Lock()
	defer s.gate.Unlock()
	a := &s.auth
	sum := sha256.Sum256(signed)
	switch {
	case claim.Issuer != a.clientID:
		return refuseToken("invalid_client_id", "client identifier invalid")
	case a.key == nil || rsa.VerifyPKCS1v15(a.key, crypto.SHA256, sum[:], signature) != nil:
		return refuseToken("invalid_grant", "invalid assertion")
	case !c.addressed(claim.Audience):
		return refuseToken("invalid_grant", "audience is invalid")
	case !timely(claim.Expires, c.at):
		return refuseToken("invalid_grant", "expired authorization code")
	case user == "":
		return refuseToken("invalid_grant", "user hasn't approved this consumer")
	case a.unapproved:
		return refuseToken("invalid_app_access", "user is not admin approved to access this app")
	}
	return http.StatusOK, s.grant(c, user, false)
}

type assertionHead struct {
	Algorithm string `json:"alg"`
}

// readAssertion takes an assertion apart: what was signed, and the signature.
func readAssertion(text string) (head assertionHead, claim claims, signed, signature []byte, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return head, claim, nil, nil, false
	}
	var raw [3][]byte
	for i, p := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.DecodeString(strings.TrimRight(p, "=")); err != nil {
			return head, claim, nil, nil, false
		}
	}
	if json.Unmarshal(raw[0], &head) != nil || json.Unmarshal(raw[1], &claim) != nil {
		return head, claim, nil, nil, false
	}
	return head, claim, []byte(parts[0] + "." + parts[1]), raw[2], true
}

// addressed tells whether an assertion is meant for Salesforce.
func (c *call) addressed(audience any) bool {
	all, isList := audience.([]any)
	if !isList {
		all = []any{audience}
	}
	for _, a := range all {
		switch text, _ := a.(string); strings.TrimSuffix(text, "/") {
		case "https://login.salesforce.com", "https://test.salesforce.com", c.origin():
			return true
		}
	}
	return false
}

// inMilliseconds is from where an expiry can only have been meant in milliseconds. Salesforce's own command line (2.150)
// writes them where seconds belong, and the real service lets it in.
const inMilliseconds = 1e11

// timely tells whether an expiry in Unix seconds is ahead, but not far.
func timely(raw json.RawMessage, now time.Time) bool {
	n, err := strconv.ParseFloat(string(bytes.Trim(raw, `"`)), 64)
	left := n - float64(now.Unix())
	return err == nil && left > 0 && (left <= longestAssertion.Seconds() || n > inMilliseconds)
}
