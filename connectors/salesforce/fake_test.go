package salesforce_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/bareme/bareme/connectors/salesforce"
)

// fake answers as a test tells it, for what the sandbox does not do.
type fake func(r *http.Request, body []byte) (status int, header http.Header, answer string)

// RoundTrip makes it a transport: no network is needed, and it sees which host is asked.
func (f fake) RoundTrip(r *http.Request) (*http.Response, error) {
	var raw []byte
	if r.Body != nil {
		var err error
		if raw, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
	}
	status, header, answer := f(r, raw)
	if header == nil {
		header = http.Header{}
	}
	header.Set("Date", time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC).Format(http.TimeFormat))
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewBufferString(answer)), Request: r}, nil
}

// connectTo makes a connector that speaks to a fake.
func connectTo(t *testing.T, f fake, change ...func(*salesforce.Options)) *salesforce.Connector {
	t.Helper()
	o := salesforce.Options{LoginURL: "https://example.my.salesforce.com", ClientID: clientID, ClientSecret: clientSecret, Loopback: true,
		Transport: f, MaxWait: 100 * time.Millisecond, Backoff: time.Millisecond}
	for _, c := range change {
		c(&o)
	}
	c, err := salesforce.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// tokenReply is a login at an instance.
func tokenReply(instance string) string {
	return asJSON(map[string]string{"access_token": "00Dtoken", "instance_url": instance,
		"id": "https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA", "token_type": "Bearer"})
}

const organization = `{"totalSize":1,"done":true,"records":[{"Id":"00D000000000001EAA","TimeZoneSidKey":"Europe/Paris"}]}`

func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
