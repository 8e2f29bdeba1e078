package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/modelfile"
)

// trickle is how changes come in the table freshness.
type trickle struct {
	people  int
	every   string        // the worker's schedule
	period  time.Duration // of it
	lasting time.Duration // for how long people are changed
	lag     time.Duration // of HubSpot's search index
	between time.Duration // changes, on average
}

// freshness has a worker keep the scores of a CRM fresh while people are changed there at random moments, and measures by
// the CRM's own clock from each change to when the record shows another score. Both CRMs are measured at the same time,
// each with a worker of its own.
func (b bench) freshness(ctx context.Context, n sizes) error {
	t := n.trickle
	title(fmt.Sprintf("From a change in the CRM to the score on the record: sync every %s, real limits, %s people, %s", t.period, count(t.people), t.lasting))
	watched := []*freshWatch{
		{name: "HubSpot, search " + t.lag.String() + " behind", open: t.openHubSpot, model: examples.HubSpot},
		{name: "Salesforce", open: t.openSalesforce, model: examples.Salesforce},
	}
	group, ctx := errgroup.WithContext(ctx)
	for i, w := range watched {
		w.luck = rand.New(rand.NewPCG(uint64(i), 6)) //nolint:gosec // the same people each time
		group.Go(func() error { return w.run(ctx, b, t) })
	}
	err := group.Wait()
	if err != nil {
		return err
	}
	row("", "changes", "moved", "p50", "p95", "longest", "calls refused")
	for _, w := range watched {
		w.print()
	}
	row("the program's metric of the same", "", "told", "p50", "p95", "", "mean off by")
	for _, w := range watched {
		err = errors.Join(err, w.compare())
	}
	for _, w := range watched {
		w.picture(max(t.period/6, time.Second))
	}
	return err
}

// freshWatch is one CRM, its worker, and what was seen.
type freshWatch struct {
	name  string
	model []byte
	open  func(fields []string) *source
	luck  *rand.Rand

	source
	mu      sync.Mutex
	waiting map[string]change // by person
	changes int
	took    []time.Duration
	told    told
}

type change struct {
	at    time.Time
	shown string // before it
}

// run opens the CRM, loads it, starts the worker and has people change.
func (w *freshWatch) run(ctx context.Context, b bench, t trickle) error {
	home, err := os.MkdirTemp(b.dir, "fresh-")
	if err != nil {
		return err
	}
	model := regexp.MustCompile(`(?m)^schedule:\n(  .*\n)+`).ReplaceAll(w.model, []byte("schedule: {sync: \""+t.every+"\"}\n"))
	file, err := modelfile.Parse("bareme.yaml", model, nil)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(home, "bareme.yaml"), model, 0o600); err != nil {
		return err
	}
	w.source = *w.open(file.Need().Write[crm.People])
	defer w.server.Close()
	w.waiting = map[string]change{}
	a := &account{bench: b, home: home, url: w.server.URL, env: w.env}
	for _, args := range [][]string{{"provision"}, {"sync", "--accept-changes"}} {
		if _, err := a.bareme(ctx, args...); err != nil {
			return err
		}
	}
	worker, err := a.start(ctx)
	if err != nil {
		return err
	}
	defer worker.end()
	before, err := worker.scrape(ctx)
	if err != nil {
		return err
	}
	w.observe(w.look)
	if err := w.trickle(ctx, t); err != nil {
		return err
	}
	// The next run but one finds the last change. Somebody whose new title is worth the same points never shows another score.
	if err := pause(ctx, 2*t.period+t.lag+5*time.Second); err != nil {
		return err
	}
	after, err := worker.scrape(ctx)
	w.told = after.since(before)
	return err
}

// trickle changes people at random moments, each once.
func (w *freshWatch) trickle(ctx context.Context, t trickle) error {
	w.luck.Shuffle(len(w.ids), func(i, j int) { w.ids[i], w.ids[j] = w.ids[j], w.ids[i] })
	until := time.Now().Add(t.lasting)
	for _, id := range w.ids {
		if err := pause(ctx, time.Duration(w.luck.ExpFloat64()*float64(t.between))); err != nil || time.Now().After(until) {
			return err
		}
		w.mu.Lock()
		w.waiting[id] = change{time.Now(), w.shows(id)}
		w.changes++
		w.mu.Unlock()
		if err := w.promote(id); err != nil {
			return err
		}
	}
	return errors.New("there are too few people for so many changes")
}

// look notes who shows another score than when they were changed.
func (w *freshWatch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, c := range w.waiting {
		if w.shows(id) != c.shown {
			w.took = append(w.took, time.Since(c.at))
			delete(w.waiting, id)
		}
	}
}

// pause waits, or returns ctx's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
