package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// source is a CRM in which people are changed.
type source struct {
	server  *httptest.Server
	env     []string
	ids     []string
	promote func(id string) error  // has a user give somebody another title, which is worth other points
	shows   func(id string) string // what the worker has written on a record
	observe func(hook func())      // from now on, has hook called after each request, before its answer
	refused func() int             // calls refused for their rate since then
}

// otherTitle is one that is worth other points in both examples.
func otherTitle(title string) string {
	if strings.Contains(title, "Chief") {
		return "Intern"
	}
	return "Chief Executive Officer"
}

func (t trickle) openHubSpot([]string) *source {
	box := hubspot.New(hubspot.Options{Seed: 1, People: t.people, IndexLag: t.lag})
	s := &source{server: httptest.NewServer(box), ids: box.IDs("contacts")}
	s.env = []string{"BAREME_HUBSPOT_BASE_URL=" + s.server.URL}
	s.promote = func(id string) error {
		r, err := box.Record("contacts", id)
		if err != nil {
			return err
		}
		return box.Change("contacts", id, map[string]string{"jobtitle": otherTitle(r.Values["jobtitle"])})
	}
	s.shows = func(id string) string {
		r, err := box.Record("contacts", id)
		if err != nil {
			return ""
		}
		return shown(r.Values)
	}
	s.observe = func(hook func()) { box.ClearRequests(); box.OnRequest(after(hook, hubspot.After)) }
	s.refused = func() int {
		return len(slices.DeleteFunc(box.Requests(), func(r hubspot.Request) bool { return r.Status != http.StatusTooManyRequests }))
	}
	return s
}

func (t trickle) openSalesforce(fields []string) *source {
	box := salesforce.New(salesforce.Options{Seed: 1, People: t.people, Limits: salesforce.Limits{Daily: 100_000}})
	s := &source{server: httptest.NewServer(box)}
	s.env = []string{"BAREME_SALESFORCE_LOGIN_URL=" + s.server.URL, "BAREME_SALESFORCE_LOOPBACK=true",
		"BAREME_SALESFORCE_CLIENT_ID=" + orgClient, "BAREME_SALESFORCE_CLIENT_SECRET=" + orgSecret}
	for _, object := range []string{"Lead", "Contact"} {
		all, err := box.Values(object, "IsConverted")
		if err != nil {
			all, err = box.Values(object, "IsDeleted")
		}
		for id, v := range all {
			if err == nil && v["IsConverted"] != "true" {
				s.ids = append(s.ids, id)
			}
		}
	}
	slices.Sort(s.ids)
	s.promote = func(id string) error {
		v, _ := box.Value(id, "Title")
		return box.Change(id, map[string]any{"Title": otherTitle(v["Title"])}, 0)
	}
	s.shows = func(id string) string {
		v, _ := box.Value(id, fields...)
		return shown(v)
	}
	s.observe = func(hook func()) { box.ClearRequests(); box.OnRequest(after(hook, salesforce.After)) }
	s.refused = func() int {
		return len(slices.DeleteFunc(box.Requests(), func(r salesforce.Request) bool { return r.Status != http.StatusForbidden }))
	}
	return s
}

// after is a sandbox's hook that hears of requests whose work is done.
func after[P comparable](hook func(), phase P) func(int, *http.Request, P) {
	return func(_ int, _ *http.Request, p P) {
		if p == phase {
			hook()
		}
	}
}

// shown is what a worker has written: the fields named after it.
func shown(values map[string]string) string {
	var names []string
	for name := range values {
		if strings.HasPrefix(strings.ToLower(name), "bareme_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "%s=%s\n", name, values[name])
	}
	return b.String()
}
