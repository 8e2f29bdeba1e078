package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/hubspot"
)

// alertRules tell of a part of the people at the first load, one message each.
const alertRules = `
alerts:
  - {name: Promising, score: 40, to: [task, webhook], per_owner: 0, backfill: true}
`

// receiver takes signed webhooks as their documentation says: it checks the signature, and knows a repeat by its id.
type receiver struct {
	t      *testing.T
	secret string
	server *httptest.Server
	on     atomic.Pointer[func(n int, after bool)] // hears of each message, before and after it is taken

	mu     sync.Mutex
	asked  int
	people map[string]string // by message id
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{t: t, people: map[string]string{}, secret: "whsec_" + base64.StdEncoding.EncodeToString([]byte("a secret of at least 24 bytes"))}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the sender died while it wrote
	}
	signer, err := webhooks.NewWebhook(r.secret)
	if err != nil {
		r.t.Error(err)
	}
	if err := signer.Verify(body, req.Header); err != nil {
		r.t.Errorf("signature: %v", err)
	}
	var message struct {
		Data struct {
			Person string `json:"person"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &message); err != nil {
		r.t.Error(err)
	}
	r.mu.Lock()
	n := r.asked
	r.asked++
	r.mu.Unlock()
	r.hear(n, false)
	r.mu.Lock()
	id := req.Header.Get(webhooks.HeaderWebhookID)
	if was, again := r.people[id]; again && was != message.Data.Person {
		r.t.Errorf("one id for two people")
	}
	r.people[id] = message.Data.Person
	r.mu.Unlock()
	r.hear(n, true)
	w.WriteHeader(http.StatusNoContent)
}

func (r *receiver) hear(n int, after bool) {
	if f := r.on.Load(); f != nil {
		(*f)(n, after)
	}
}

// told is whom the webhooks were about: each id once.
func (r *receiver) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	people := make([]string, 0, len(r.people))
	for _, person := range r.people {
		people = append(people, person)
	}
	slices.Sort(people)
	return people
}

// alertTrial is a trial with alerts.
type alertTrial struct {
	*trial
	hooks *receiver
}

func newAlertTrial(t *testing.T) *alertTrial {
	tr := &alertTrial{newTrial(t), newReceiver(t)}
	if err := os.WriteFile(filepath.Join(tr.home, "bareme.yaml"), append(slices.Clone(examples.HubSpot), alertRules...), 0o600); err != nil {
		t.Fatal(err)
	}
	tr.env = []string{"BAREME_WEBHOOK_URL=" + tr.hooks.server.URL, "BAREME_WEBHOOK_SECRET=" + tr.hooks.secret}
	return tr
}

// tasks are the keys of the tasks that were made, each as often as it was.
func (tr *alertTrial) tasks() []string {
	tr.t.Helper()
	all, err := tr.box.Values("tasks", "hs_task_body")
	if err != nil {
		tr.t.Fatal(err)
	}
	keys := []string{}
	for _, values := range all {
		if _, key, ours := strings.Cut(values["hs_task_body"], "Barème "); ours {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// TestKilledAlertsArriveOnce kills the program at random requests of the CRM and at random webhooks, before and after each,
// and runs it again: everybody is told of once, by a task and by a webhook.
func TestKilledAlertsArriveOnce(t *testing.T) {
	t.Parallel()
	calm := newAlertTrial(t)
	provisioned := len(calm.box.Requests())
	calm.finish()
	want, requests := calm.hooks.told(), len(calm.box.Requests())-provisioned
	if tasks := calm.tasks(); len(want) < 10 || len(tasks) != len(want) {
		t.Fatalf("an undisturbed run made %d tasks and %d webhooks", len(tasks), len(want))
	}
	trials := 20
	if testing.Short() {
		trials = 6
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; an undisturbed run makes %d requests and %d webhooks", seed, requests, len(want))
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range trials {
		request, hook, after := r.IntN(requests), r.IntN(len(want)), r.IntN(2) == 1
		if i%4 == 0 { // where the tasks are made
			request = requests - 1 - r.IntN(len(want))
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			tr := newAlertTrial(t)
			if i%2 == 0 {
				phase := hubspot.Phase(0)
				if after {
					phase = 1
				}
				tr.killAtRequest(request, phase)
			} else {
				tr.killAtHook(hook, after)
			}
			tr.finish()
			if diff := cmp.Diff(want, tr.hooks.told()); diff != "" {
				t.Errorf("webhooks (-want +got):\n%s", diff)
			}
			tasks := tr.tasks()
			if len(tasks) != len(want) || len(slices.Compact(slices.Clone(tasks))) != len(want) {
				t.Errorf("%d tasks with %d keys, want %d of each", len(tasks), len(slices.Compact(tasks)), len(want))
			}
		})
	}
}

// killAtHook kills the program at its n-th webhook.
func (tr *alertTrial) killAtHook(n int, after bool) {
	var process atomic.Pointer[os.Process]
	started := make(chan struct{})
	kill := func(at int, done bool) {
		if at != n || done != after {
			return
		}
		<-started
		_ = process.Load().Kill()
	}
	tr.hooks.on.Store(&kill)
	tr.killed(func(p *os.Process) {
		process.Store(p)
		close(started)
	})
	tr.hooks.on.Store(nil)
}
