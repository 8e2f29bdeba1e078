package worker

import (
	"fmt"
	"testing"
)

// TestSampleIsEven draws from ids as CRMs make them: numbers that follow each other.
func TestSampleIsEven(t *testing.T) {
	t.Parallel()
	const people = 200_000
	for s := range sample(6) {
		n := 0
		for i := range people {
			id := fmt.Sprint(90_000_000_000 + i)
			if s.holds(id) {
				n++
			}
			if s > 0 && s.holds(id) && !(s - 1).holds(id) {
				t.Fatalf("%s is in a sample of one in %d and not in the larger one", id, 1<<s)
			}
		}
		if want := people >> s; n < want*97/100 || n > want*103/100 {
			t.Errorf("one in %d is %d of %d", 1<<s, n, people)
		}
	}
}

func TestSampleOf(t *testing.T) {
	t.Parallel()
	for people, want := range map[int]sample{0: 0, 1000: 0, 1001: 1, 2001: 1, 2002: 2, 64_000: 6} {
		if got := sampleOf(people, 1000); got != want {
			t.Errorf("%d people: one in %d, want one in %d", people, 1<<got, 1<<want)
		}
	}
	if sampleOf(10, 1000).words() != "" || sampleOf(5000, 1000).words() == "" {
		t.Error("a sample, and nothing else, is told")
	}
}
