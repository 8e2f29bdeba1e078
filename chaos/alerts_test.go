package chaos

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// band is the least score of the alerts' band.
const band = 40

// journal notes each move of what a record shows, where it shows: in the accounts, after each request. What crossed into
// the band, and in which order, is known from it without a word of the program under test.
type journal struct {
	world *world

	mu   sync.Mutex
	last map[string]string   // score, by record
	rose map[string][]string // the scores with which a record came into the band, in order
}

// scores say where.
var scores = []struct{ crm, object, field string }{ //nolint:gochecknoglobals // a table
	{"hubspot", "contacts", "bareme_score"}, {"salesforce", "Lead", "Bareme_Score__c"}, {"salesforce", "Contact", "Bareme_Score__c"},
}

func newJournal(w *world) *journal {
	return &journal{world: w, last: map[string]string{}, rose: map[string][]string{}}
}

// look notes what a request moved.
func (j *journal) look(r *http.Request, done bool) {
	if !done || r.Method == http.MethodGet {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, of := range scores {
		values, err := j.world.values(of.crm, of.object, of.field)
		if err != nil { // there is no such field yet
			continue
		}
		for id, v := range values {
			j.note(id, v[of.field])
		}
	}
}

func (j *journal) note(id, score string) {
	if !inBand(j.last[id]) && inBand(score) {
		j.rose[id] = append(j.rose[id], number(score))
	}
	j.last[id] = score
}

func inBand(score string) bool {
	n, err := strconv.ParseFloat(score, 64)
	return err == nil && n >= band
}

// number writes a score in one way, whatever the CRM's.
func number(score string) string {
	n, err := strconv.ParseFloat(score, 64)
	if err != nil {
		return score
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// crossings are the scores with which each record came into the band, in order.
func (j *journal) crossings() map[string][]string {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := map[string][]string{}
	for id, list := range j.rose {
		out[id] = slices.Clone(list)
	}
	return out
}

// receiver takes signed webhooks as their documentation says: it checks the signature, and knows a repeat by its id.
type receiver struct {
	t *testing.T

	mu      sync.Mutex
	spoil   int // so many answers are wrong, after the message was taken
	repeats int
	ids     map[string]string   // what was first sent under each id
	told    map[string][]string // the scores that were told of each record, in the order of first arrival
	at      map[string]time.Time
}

func newReceiver(t *testing.T) *receiver {
	return &receiver{t: t, ids: map[string]string{}, told: map[string][]string{}, at: map[string]time.Time{}}
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the sender died while it wrote, or the network broke
	}
	signer, err := webhooks.NewWebhook(secret)
	if err != nil {
		r.t.Error(err)
		return
	}
	if err := signer.Verify(body, req.Header); err != nil {
		r.t.Errorf("signature: %v", err)
	}
	if r.take(req.Header.Get(webhooks.HeaderWebhookID), body) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

// take notes a message and says whether the answer is a good one.
func (r *receiver) take(id string, body []byte) (good bool) {
	var message struct {
		Data struct {
			Person string
			At     time.Time
			New    struct{ Score float64 }
		}
	}
	if err := json.Unmarshal(body, &message); err != nil {
		r.t.Error(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	was, again := r.ids[id]
	switch data := message.Data; {
	case !again:
		r.ids[id] = string(body)
		r.told[data.Person] = append(r.told[data.Person], strconv.FormatFloat(data.New.Score, 'f', -1, 64))
		if data.At.Before(r.at[data.Person]) {
			r.t.Errorf("%s: a crossing of %s was told after one of %s", data.Person, data.At, r.at[data.Person])
		}
		r.at[data.Person] = data.At
	case was != string(body):
		r.t.Errorf("one id for two messages:\n%s\n%s", was, body)
	default:
		r.repeats++
	}
	r.spoil--
	return r.spoil < 0
}

// fail has the receiver give so many wrong answers.
func (r *receiver) fail(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spoil = n
}

// webhooks are the scores that were told of each record, each id once.
func (r *receiver) webhooks() map[string][]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spoil = max(r.spoil, 0)
	out := map[string][]string{}
	for id, list := range r.told {
		out[id] = slices.Clone(list)
	}
	return out
}

// task is one that somebody finds in a CRM.
type task struct{ made, key, who, score string }

// tasks are the scores that tasks tell of each record, in the order they were made, and the keys that two have.
func (w *world) tasks() (told map[string][]string, doubled []string) {
	w.t.Helper()
	all := slices.Concat(w.hubspotTasks(), w.salesforceTasks())
	slices.SortFunc(all, func(a, b task) int { return cmp.Or(cmp.Compare(len(a.made), len(b.made)), cmp.Compare(a.made, b.made)) })
	told = map[string][]string{}
	keys := map[string]int{}
	for _, t := range all {
		told[t.who] = append(told[t.who], t.score)
		if keys[t.key]++; keys[t.key] == 2 {
			doubled = append(doubled, t.key)
		}
	}
	return told, doubled
}

func (w *world) hubspotTasks() (all []task) {
	w.t.Helper()
	values, err := w.hubspot.Values("tasks", "hs_task_body", "hs_task_subject")
	w.do(err)
	for _, id := range slices.Sorted(maps.Keys(values)) {
		_, key, ours := strings.Cut(values[id]["hs_task_body"], "Barème ")
		if !ours {
			continue
		}
		record, err := w.hubspot.Record("tasks", id)
		w.do(err)
		all = append(all, task{id, key, strings.Join(record.Links["contacts"], " "), scoreOf(values[id]["hs_task_subject"])})
	}
	return all
}

func (w *world) salesforceTasks() (all []task) {
	w.t.Helper()
	values, err := w.org.Values("Task", "Description", "Subject", "WhoId")
	w.do(err)
	for id, v := range values {
		if _, key, ours := strings.Cut(v["Description"], "Barème "); ours {
			all = append(all, task{id, key, v["WhoId"], scoreOf(v["Subject"])})
		}
	}
	return all
}

// scoreOf finds the score in the title of a task: "Rising: score 24 → 64".
func scoreOf(title string) string {
	words := strings.Fields(title)
	return words[len(words)-1]
}
