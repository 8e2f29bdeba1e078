package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	tohubspot "github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// stage is what a demonstration plays on.
type stage struct {
	about func(people int) string
	model []byte
	crms  []string
}

func stages() map[string]stage {
	return map[string]stage{
		"hubspot": {model: examples.HubSpot, crms: []string{"hubspot"}, about: func(people int) string {
			return fmt.Sprintf("A made-up HubSpot account with %s, real rate limits included.", counted(people, "person", "people"))
		}},
		"salesforce": {model: examples.Salesforce, crms: []string{"salesforce"}, about: func(people int) string {
			return fmt.Sprintf("A made-up Salesforce org with about half of %s as leads and contacts, real quotas included.", counted(people, "person", "people"))
		}},
		"both": {model: examples.Both, crms: []string{"hubspot", "salesforce"}, about: func(people int) string {
			return fmt.Sprintf("A made-up HubSpot account with %s and a Salesforce org that knows about half of them.", counted(people, "person", "people"))
		}},
	}
}

// sandbox is a made-up CRM in which time can pass.
type sandbox interface {
	http.Handler
	Drift(n int) []string
	Pass(d time.Duration)
}

// box is a sandbox that is served.
type box struct {
	sandbox
	name        string
	served      *served
	environment string // what another program needs to reach it
}

type raisedBoxes []box

func (all raisedBoxes) pass(d time.Duration) {
	for _, b := range all {
		b.Pass(d)
	}
}

// drift has n things happen in all, some in each.
func (all raisedBoxes) drift(n int) (happened []string) {
	for _, b := range all {
		happened = append(happened, b.Drift(n/len(all))...)
	}
	if len(all) < 2 {
		return happened
	}
	mixed := make([]string, 0, len(happened)) // so that the first few tell of each
	for i := range happened {
		at := i/len(all) + i%len(all)*(len(happened)/len(all))
		mixed = append(mixed, happened[min(at, len(happened)-1)])
	}
	return mixed
}

func (all raisedBoxes) close() error {
	var errs []error
	for _, b := range all {
		errs = append(errs, b.served.close())
	}
	return errors.Join(errs...)
}

// raise starts the sandboxes of a stage and points this invocation at them, whatever the environment says.
func (p *program) raise(ctx context.Context, stage stage, d demo) (all raisedBoxes, err error) {
	for _, crm := range stage.crms {
		b := box{name: "HubSpot"}
		if crm == "hubspot" {
			b.sandbox = hubspot.New(hubspot.Options{Seed: d.seed, People: d.people, Salesforce: len(stage.crms) > 1})
		} else {
			b.name, b.sandbox = "Salesforce", salesforce.New(salesforce.Options{Seed: d.seed, People: d.people, Limits: salesforce.Limits{Daily: 100_000, Concurrent: 25}})
		}
		if b.served, err = serve(ctx, "127.0.0.1:0", b); err != nil {
			return all, err
		}
		if crm == "hubspot" {
			p.settings.HubSpot = tohubspot.Settings{BaseURL: b.served.url, Token: sandboxToken, APIVersion: tohubspot.Version, DailyShare: 0.5}
			b.environment = fmt.Sprintf("BAREME_HUBSPOT_BASE_URL=%s BAREME_HUBSPOT_TOKEN=%s", b.served.url, sandboxToken)
		} else {
			s := &p.settings.Salesforce
			s.LoginURL, s.ClientID, s.ClientSecret, s.Loopback = b.served.url, sandboxClientID, sandboxClientSecret, true
			s.ClientSecretFile, s.KeyFile, s.Username = "", "", ""
			b.environment = fmt.Sprintf("BAREME_SALESFORCE_LOGIN_URL=%s BAREME_SALESFORCE_LOOPBACK=true BAREME_SALESFORCE_CLIENT_ID=%s BAREME_SALESFORCE_CLIENT_SECRET=%s",
				b.served.url, sandboxClientID, sandboxClientSecret)
		}
		all = append(all, b)
	}
	return all, nil
}
