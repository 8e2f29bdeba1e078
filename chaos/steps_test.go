package chaos

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// step is where in a run something goes wrong: at the first request of its kind, before or after it is carried out.
type step struct {
	name, crm, method, path string
	after                   bool
}

// steps are in the order a run comes to them.
func steps() []step {
	return []step{
		{"reading", "hubspot", "", "/contacts", false},
		{"reading at sales", "salesforce", http.MethodGet, "/query", false},
		{"writing", "hubspot", http.MethodPost, "/contacts/batch/update", true},
		{"writing at sales", "salesforce", http.MethodPatch, "/composite/sobjects", true},
		{"telling", "hubspot", http.MethodPost, "/tasks", true},
		{"telling at sales", "salesforce", http.MethodPost, "/sobjects/Task", false},
	}
}

func (s *step) matches(crm string, r *http.Request, after bool) bool {
	return s.crm == crm && s.after == after && (s.method == "" || s.method == r.Method) && strings.Contains(r.URL.Path, s.path)
}

// trap holds the first request of each step in its account until something was done about it.
type trap struct {
	held chan held
	gone chan struct{} // closed when nobody looks any more

	mu    sync.Mutex
	steps []step // not reached yet
}

type held struct {
	step    step
	release func()
}

func newTrap(t *testing.T) *trap {
	tr := &trap{held: make(chan held, len(steps())), gone: make(chan struct{})}
	t.Cleanup(func() { close(tr.gone) })
	return tr
}

// arm has the next request of each of the steps held.
func (t *trap) arm(steps ...step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.steps = slices.Clone(steps)
}

// left names the steps that were not reached.
func (t *trap) left() (names []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.steps {
		names = append(names, s.name)
	}
	return names
}

func (t *trap) hear(crm string, r *http.Request, after bool) {
	t.mu.Lock()
	i := slices.IndexFunc(t.steps, func(s step) bool { return s.matches(crm, r, after) })
	if i < 0 {
		t.mu.Unlock()
		return
	}
	done := make(chan struct{})
	h := held{t.steps[i], sync.OnceFunc(func() { close(done) })}
	t.steps = slices.Delete(t.steps, i, i+1)
	t.mu.Unlock()
	t.held <- h
	select {
	case <-done:
	case <-t.gone:
	}
}

// TestEachFault has each kind of fault happen at a step of a run, whenever the run comes to it, and has the workers finish
// before the next run: each ends like one that nothing disturbed, and has told the same people of the same crossings. In the
// short form each fault happens once; with -lasting, each at each step.
func TestEachFault(t *testing.T) {
	o := options{model: "both", people: 40, burst: 1000, wired: true}
	u := newUndisturbed(t, o)
	c := newCrew(t, o)
	trouble := &trouble{crew: c, random: rand.New(rand.NewPCG(1, 1)), spared: -1, long: 30 * time.Millisecond}
	faults := trouble.faults()
	names, all := slices.Sorted(maps.Keys(faults)), steps()
	rounds := (len(names) + len(all) - 1) / len(all)
	if *lasting > 0 {
		rounds = len(names)
	}
	for round := range rounds {
		at := map[string]string{} // the fault of each step
		for i, s := range all {
			at[s.name] = names[(round*len(all)+i)%len(names)]
		}
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			u.t, c.t = t, t
			c.trap.arm(all...)
			c.meet = func(h held) {
				t.Logf("%s: %s", h.step.name, at[h.step.name])
				trouble.wire = wireOf(h.step.crm)
				faults[at[h.step.name]].happen(h.release, trouble.pass)
			}
			changes := swap(round)
			for _, one := range changes {
				c.change(one)
			}
			c.replace(round % replicas)
			c.settle(u.run(changes), time.Minute)
			if left := c.trap.left(); len(left) > 0 {
				t.Errorf("nothing came to these steps: %v", left)
			}
			if diff := cmp.Diff(u.journal.crossings(), c.journal.crossings()); diff != "" {
				t.Errorf("who crossed differs from an undisturbed run (-want +got):\n%s", diff)
			}
		})
		if t.Failed() {
			return
		}
	}
	u.t, c.t = t, t
	for i := range c.replicas {
		c.stop(i)
	}
	c.leaks()
	c.limits()
}

// swap has people come into the band and others leave it, to and fro with each round.
func swap(round int) (changes []change) {
	for i := range 20 {
		title := "Clerk"
		if (i+round)%2 == 0 {
			title = "Director"
		}
		changes = append(changes, change{"contacts", i, title})
	}
	return append(changes, change{"companies", round, []string{"COMPUTER_SOFTWARE", "FARMING"}[round%2]})
}
