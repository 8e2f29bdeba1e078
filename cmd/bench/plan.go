package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// What the plan is held against. Records and calls are HubSpot's
// (https://developers.hubspot.com/docs/api/crm/limits-tracking, https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines).
const (
	perAccount = 15_000_000 // contacts an account holds
	perDay     = 625_000    // calls a day, Professional
	perCall    = 100        // records a call writes

	night     = 8 * time.Hour   // in which a rescore of everybody should end
	learnOver = time.Hour       // when the job that merges what there is to learn is given up
	jobOver   = 5 * time.Minute // when any other job is given up
	mostParts = 4096            // of a population
	oneServer = 1 << 40         // bytes of a database that one server still vacuums and backs up with ease
)

// plan prints what the measured figures come to for populations that were not measured. Times are of this machine.
func (f *figures) plan() {
	if len(f.moved) == 0 || f.account.people == 0 {
		return
	}
	m := f.moved[len(f.moved)-1]
	title(fmt.Sprintf("A plan on paper, from the figures above (%s people measured; costs grow in proportion)", count(m.people)))
	row("people", "database", "nobody moved", "all moved", "learning", "writing all", "first load", "accounts")
	for _, people := range []int{1_000_000, 10_000_000, 30_000_000, 100_000_000} {
		e := f.extrapolate(people)
		row(count(people), gigabytes(e.bytes), spanWords(e.still), spanWords(e.moved), spanWords(e.learning), spanWords(e.writing), spanWords(e.loading), count(e.accounts))
	}
	fmt.Printf("\nPer person: %s of database; %.2f ms of processor time where nothing moved, %.2f ms where it did; %.4f calls of a first load.\n",
		count(int(f.account.perPerson()))+" bytes", 1000*perPerson(last(f.still)), 1000*perPerson(m), float64(f.account.calls)/float64(f.account.people))
	fmt.Printf("Writing and loading are through one account of HubSpot: %d calls in ten seconds and %s a day.\n", burstLimit, count(perDay))
	for _, people := range []int{10_000_000, 30_000_000, 100_000_000} {
		f.bottlenecks(people)
	}
}

func (a *footprint) perPerson() float64 { return float64(a.bytes) / float64(a.people) }

// perPerson is the processor time of replicas and PostgreSQL in seconds.
func perPerson(m measured) float64 { return (m.cpu() + m.database).Seconds() / float64(m.people) }

// estimate is what a population would take.
type estimate struct {
	people                 int
	bytes                  float64
	still, moved, learning time.Duration // on this machine
	merging                time.Duration // of learning, the job that merges what was gathered
	job                    time.Duration // the longest job that scores a part
	writing, loading       time.Duration // through HubSpot's limits
	accounts               int
}

func (f *figures) extrapolate(people int) estimate {
	still, learning, moved := last(f.still), last(f.learning), last(f.moved)
	grown := func(d time.Duration, from int) time.Duration {
		return time.Duration(float64(d) * float64(people) / float64(from))
	}
	score := moved.stages["score"]
	e := estimate{people: people, bytes: f.account.perPerson() * float64(people),
		still: grown(still.wall, still.people), moved: grown(moved.wall, moved.people), learning: grown(learning.stages["gather"].wall+learning.stages["fit"].wall, learning.people),
		merging:  grown(learning.stages["fit"].wall, learning.people),
		writing:  throughLimits(float64(people) * f.account.writable / perCall),
		loading:  throughLimits(float64(people) * float64(f.account.calls) / float64(f.account.people)),
		accounts: (people + perAccount - 1) / perAccount}
	parts := min(mostParts, max(1, people/20_000))
	jobs := min(4, parts) // a replica does at once
	e.job = grown(score.wall, moved.people) * time.Duration(jobs) / time.Duration(parts)
	return e
}

// throughLimits is how long one account takes for so many calls: whole days until what is left fits into one.
func throughLimits(calls float64) time.Duration {
	days := math.Floor(calls / perDay)
	return time.Duration(days)*24*time.Hour + time.Duration((calls-days*perDay)/allowed*float64(time.Second))
}

// bottleneck is one thing that would not do any more.
type bottleneck struct {
	share float64 // of what is allowed
	words string
	then  string
}

// bottlenecks prints what comes in the way of a population, the worst first.
func (f *figures) bottlenecks(people int) {
	e := f.extrapolate(people)
	moved := last(f.moved)
	cores := func(cpu time.Duration) int {
		return int(math.Ceil(cpu.Seconds() * float64(people) / float64(moved.people) / night.Seconds()))
	}
	list := []bottleneck{
		{e.writing.Hours() / 24, fmt.Sprintf("a new model is %s of HubSpot's calls", spanWords(e.writing)),
			fmt.Sprintf("%d accounts, each with its own calls and its own budget; in one account write.min_change decides how many of a day's moves are written (%s people a day at most)", max(2, e.accounts), count(perDay*perCall))},
		{float64(e.people) / perAccount, fmt.Sprintf("an account holds %s contacts", count(perAccount)),
			fmt.Sprintf("%d accounts: connections of one model file, or of several with a database each", max(2, e.accounts))},
		{float64(e.moved) / float64(night), fmt.Sprintf("scoring and storing everybody takes this machine %s", spanWords(e.moved)),
			fmt.Sprintf("processor cores, of replicas %d and of PostgreSQL %d, to do it in a night of %.0f hours; more replicas on this machine do not help", cores(moved.cpu()), cores(moved.database), night.Hours())},
		{float64(e.merging) / float64(learnOver), fmt.Sprintf("what was gathered to learn from is merged by one job, which takes %s and is given up after %s", spanWords(e.merging), spanWords(learnOver)),
			"one database for each account, so that each learns from its own people; or merging in two rounds"},
		{float64(e.job) / float64(jobOver), fmt.Sprintf("a part is %s people, and its job takes %s of the %s it is given", count(people/min(mostParts, max(1, people/20_000))), spanWords(e.job), spanWords(jobOver)),
			"more parts than 4,096, or a longer time-out"},
		{e.bytes / oneServer, fmt.Sprintf("the database is %s", gigabytes(e.bytes)),
			"tables partitioned by connection and by hash of the id, so that vacuum and backup work on pieces; or a database for each account"},
	}
	slices.SortStableFunc(list, func(a, b bottleneck) int { return cmp.Compare(b.share, a.share) })
	fmt.Printf("\n%s people\n", count(people))
	for i, b := range list {
		if b.share < 0.5 && i > 0 {
			break
		}
		fmt.Printf("  %5.2f times what is allowed: %s\n        then: %s\n", b.share, b.words, b.then)
	}
}

// spanWords is a time in the unit that fits it.
func spanWords(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}

func gigabytes(bytes float64) string {
	if bytes >= 1e12 {
		return fmt.Sprintf("%.1f TB", bytes/1e12)
	}
	return fmt.Sprintf("%.1f GB", bytes/1e9)
}
