package population_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/population"
)

var moment = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

func TestWorldIsLifelike(t *testing.T) {
	w := population.New(1, 5000, 0, moment)
	emails := map[string]bool{}
	count := map[string]int{}
	add := func(what string, yes bool) {
		if yes {
			count[what]++
		}
	}
	for _, p := range w.People() {
		if p.Email != "" && emails[p.Email] {
			t.Fatalf("%s is there twice", p.Email)
		}
		emails[p.Email] = true
		_, domain, _ := strings.Cut(p.Email, "@")
		add("no e-mail", p.Email == "")
		add("company mail", strings.HasSuffix(domain, ".example"))
		add("no title", p.Title == "")
		add("hot", p.Heat > 0.7)
		add("cold", p.Heat < 0.1)
		add("opted out", p.OptedOut)
		add("clicked", p.Mail.Clicked > 0)
		add("met", len(p.Activities) > 0)
		add("customer", p.Stage == "customer")
	}
	for what, share := range map[string][2]float64{"no e-mail": {0.03, 0.08}, "company mail": {0.6, 0.8}, "no title": {0.08, 0.16}, "hot": {0.04, 0.11},
		"cold": {0.5, 0.75}, "opted out": {0.02, 0.08}, "clicked": {0.05, 0.6}, "met": {0.1, 0.5}, "customer": {0.01, 0.15}} {
		if got := float64(count[what]) / 5000; got < share[0] || got > share[1] {
			t.Errorf("%s: %.3f, want %v", what, got, share)
		}
	}
}

func TestEveryRecordCanBeMadeOnItsOwn(t *testing.T) {
	a, b := population.New(5, 100, 0, moment), population.New(5, 100, 0, moment)
	_ = a.Person(3)
	if !reflect.DeepEqual(a.Person(42), b.Person(42)) || !reflect.DeepEqual(a.Company(3), b.Company(3)) {
		t.Error("a record depends on what was made before it")
	}
}

func TestCompaniesHaveDomainsOfTheirOwn(t *testing.T) {
	w := population.New(1, 0, 5000, moment)
	seen := map[string]bool{}
	for i := range w.Companies() {
		c := w.Company(i)
		if seen[c.Domain] || strings.Trim(c.Domain, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			t.Errorf("domain %q", c.Domain)
		}
		seen[c.Domain] = true
	}
}
