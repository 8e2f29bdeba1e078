package hubspot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/hubspot"
)

// The token of the simulated account.
const token = "pat-na1-sandbox"

// standing is the time the clocks of tests stand at; Sandbox.Pass moves it on.
func standing() time.Time { return time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC) }

// account is a simulated HubSpot account served on a port of this machine, and what its users do there.
type account struct {
	*sandbox.Sandbox
	t      *testing.T
	server *httptest.Server
	theirs string // the paths users' requests take, so that faults can be told to spare them

	mu     sync.Mutex
	count  int
	before map[int]func()
	seen   func(*http.Request)
}

// open makes an account without limits, unless options say otherwise.
func open(t *testing.T, change ...func(*sandbox.Options)) *account {
	t.Helper()
	a := &account{t: t, before: map[int]func(){}, theirs: "/crm/v3/objects/"}
	o := sandbox.Options{Now: standing, Limits: sandbox.Limits{Off: true}}
	for _, f := range change {
		f(&o)
	}
	a.Sandbox = sandbox.New(o)
	a.server = httptest.NewServer(a)
	t.Cleanup(a.server.Close)
	return a
}

// ServeHTTP is what the connector meets: the sandbox, by the sandbox's clock.
func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	f := a.before[a.count]
	delete(a.before, a.count)
	a.count++
	seen := a.seen
	a.mu.Unlock()
	if f != nil {
		f()
	}
	if seen != nil {
		seen(r)
	}
	w.Header().Set("Date", a.Now().UTC().Format(http.TimeFormat))
	a.Sandbox.ServeHTTP(w, r)
}

// connect makes a connector whose own clock is three hours wrong, and whose waits are short.
func (a *account) connect(change ...func(*hubspot.Options)) *hubspot.Connector {
	a.t.Helper()
	o := hubspot.Options{
		BaseURL: a.server.URL,
		Limits: hubspot.Limits{
			Burst:        hubspot.Rate{Calls: 10_000, Span: 2 * time.Millisecond},
			Search:       hubspot.Rate{Calls: 10_000, Span: 2 * time.Millisecond},
			Associations: hubspot.Rate{Calls: 10_000, Span: 2 * time.Millisecond},
		},
		MaxWait: 300 * time.Millisecond, Backoff: time.Millisecond,
		Now: func() time.Time { return a.Now().Add(3 * time.Hour) },
	}
	for _, f := range change {
		f(&o)
	}
	if o.Token == "" && o.TokenFile == "" && o.OAuth == (hubspot.OAuth{}) {
		o.Token = token
	}
	c, err := hubspot.New(o)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(c.Close)
	return c
}

// logTo collects everything a connector logs.
func logTo(buf io.Writer) func(*hubspot.Options) {
	log := logrus.New()
	log.SetOutput(buf)
	log.SetLevel(logrus.TraceLevel)
	return func(o *hubspot.Options) { o.Logger = logrus.NewEntry(log) }
}

type body = map[string]any

// do sends a request of a user, past the connector's server, and wants a status.
func (a *account) do(want int, method, path string, in any) body {
	a.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		a.t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	a.Sandbox.ServeHTTP(w, r)
	if w.Code != want {
		a.t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, want, w.Body)
	}
	out := body{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			a.t.Fatal(err)
		}
	}
	return out
}

func (a *account) create(object string, props map[string]string) string {
	a.t.Helper()
	id, _ := a.do(http.StatusCreated, http.MethodPost, a.theirs+object, body{"properties": props})["id"].(string)
	return id
}

// createMany makes n contacts named p0, p1 … and returns their ids in order.
func (a *account) createMany(n int, object string, props func(i int) map[string]string) []string {
	a.t.Helper()
	ids := make([]string, 0, n)
	for from := 0; from < n; from += 100 {
		var inputs []body
		for i := from; i < min(n, from+100); i++ {
			inputs = append(inputs, body{"properties": props(i)})
		}
		out := a.do(http.StatusCreated, http.MethodPost, a.theirs+object+"/batch/create", body{"inputs": inputs})
		results, _ := out["results"].([]any)
		for _, r := range results {
			record, _ := r.(map[string]any)
			id, _ := record["id"].(string)
			ids = append(ids, id)
		}
	}
	if len(ids) != n {
		a.t.Fatalf("made %d of %d %s", len(ids), n, object)
	}
	return ids
}

func named(i int) map[string]string {
	return map[string]string{"firstname": fmt.Sprintf("p%d", i), "jobtitle": "Director"}
}

func (a *account) change(object, id string, props map[string]string) {
	a.t.Helper()
	a.do(http.StatusOK, http.MethodPatch, a.theirs+object+"/"+id, body{"properties": props})
}

func (a *account) delete(object, id string) {
	a.t.Helper()
	a.do(http.StatusNoContent, http.MethodDelete, a.theirs+object+"/"+id, nil)
}

func (a *account) merge(object, winner, loser string) string {
	a.t.Helper()
	id, _ := a.do(http.StatusOK, http.MethodPost, a.theirs+object+"/merge",
		body{"primaryObjectId": winner, "objectIdToMerge": loser})["id"].(string)
	return id
}

func (a *account) link(from, id, to, other string) {
	a.t.Helper()
	a.do(http.StatusOK, http.MethodPut, "/crm/v4/objects/"+from+"/"+id+"/associations/default/"+to+"/"+other, nil)
}

// inject plans faults for the connector's requests alone.
func (a *account) inject(f sandbox.Fault) {
	a.t.Helper()
	if f.Path == "" {
		f.Path = "2026-09"
	}
	if err := a.Inject(f); err != nil {
		a.t.Fatal(err)
	}
}

// direct is a transport that hands requests to a handler without a network, so that tests can run on synctest's clock.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, in)
	res := w.Result()
	res.Request = r
	return res, nil
}

// collect reads a pull to its end.
func collect[T any](t *testing.T, pages iter.Seq2[crm.Page[T], error]) (items []T, next crm.Cursor, all []crm.Page[T]) {
	t.Helper()
	for page, err := range pages {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, page.Items...)
		next = page.Next
		all = append(all, page)
	}
	return items, next, all
}

// last is the error a pull ends with.
func last[T any](pages iter.Seq2[T, error]) (err error) {
	for _, err = range pages {
	}
	return err
}
