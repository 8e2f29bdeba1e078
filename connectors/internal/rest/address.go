package rest

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/bareme/bareme/crm"
)

// Address parses the root of an API. It accepts https anywhere and http on this machine only, so that a credential
// never travels in the clear, and it refuses user names, queries and fragments.
func Address(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return nil, refuse("is not an address", "Write it like https://api.hubapi.com")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, refuse("holds more than scheme, host and path", "Write it like https://api.hubapi.com")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !Loopback(u.Hostname())) {
		return nil, refuse("is not https", "Plain http is accepted for this machine only (127.0.0.1, ::1, localhost)")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

func refuse(what, hint string) error {
	return fmt.Errorf("base URL: %w", &crm.Error{Kind: crm.ErrInvalid, Message: what, Hint: hint})
}

// Loopback reports whether a host name is this machine's own.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
