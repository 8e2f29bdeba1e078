package chaos

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestStorm breaks everything that can break, at random, for a while, and then lets the workers finish. The accounts are
// so small, and HubSpot's limit is so low, that it is reached.
func TestStorm(t *testing.T) {
	if *lasting == 0 {
		t.Skip("nothing is to go wrong: make chaos, or go test ./chaos -run Storm -lasting 20s")
	}
	o := options{model: []string{"companies", "both"}[*seed%2], people: 160, burst: 30, wired: true}
	t.Logf("seed %d, for %s, with %s.yaml: go test ./chaos -run Storm -seed %d -lasting %s", *seed, *lasting, o.model, *seed, *lasting)
	c := newCrew(t, o)
	trouble := &trouble{crew: c, random: rand.New(rand.NewPCG(*seed, 1)), spared: replicas - 1, long: time.Second, wire: -1}
	old := c.replicas[trouble.spared]
	changes := trouble.rage(*lasting)
	c.calm()
	want := newUndisturbed(t, o).run(changes)
	c.settle(want, 2*time.Minute)
	if c.replicas[trouble.spared] == old { // else it ended by itself
		c.holds(old)
	}
	for i := range c.replicas {
		c.stop(i)
	}
	c.leaks()
	if most := c.limits(); most < o.burst*95/100 && *lasting >= 15*time.Second { // less time may not need so many
		t.Errorf("the limit of %d calls in ten seconds was not reached: %d were made", o.burst, most)
	}
	for _, what := range slices.Sorted(maps.Keys(c.did)) {
		t.Logf("%6d %s", c.did[what], what)
	}
}

// rage lets things go wrong, a few each second, and returns what users changed meanwhile.
func (t *trouble) rage(lasting time.Duration) (changes []change) {
	t.t.Helper()
	faults := t.faults()
	names := slices.Sorted(maps.Keys(faults))
	for end := time.Now().Add(lasting); time.Now().Before(end); {
		name := names[t.random.IntN(len(names))]
		t.did[name]++
		faults[name].happen(func() {}, t.pass)
		for range t.random.IntN(4) {
			c := t.any()
			t.change(c)
			changes = append(changes, c)
		}
		time.Sleep(time.Duration(t.random.IntN(500)) * time.Millisecond)
		t.respawn()
	}
	t.did["changes"] = len(changes)
	return changes
}

// any is a change of anybody.
func (t *trouble) any() change {
	if t.random.IntN(6) == 0 {
		return change{"companies", t.random.IntN(1000), []string{"COMPUTER_SOFTWARE", "BANKING", "FARMING"}[t.random.IntN(3)]}
	}
	return change{"contacts", t.random.IntN(1000), []string{"Director", "Manager", "Clerk", "Intern"}[t.random.IntN(4)]}
}
