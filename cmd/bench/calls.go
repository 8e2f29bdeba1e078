package main

import (
	"context"
	"fmt"

	"github.com/bareme/bareme/worker"
)

// calls counts API calls against the least that reads and writes the same records: full pages, full batches, one search
// for each object that may have changed, and what every run must ask (the account, and the fields of each object).
func (b bench) calls(ctx context.Context, n sizes) error {
	a, err := b.open(ctx, n.calls, false)
	if err != nil {
		return err
	}
	defer a.close()
	title(fmt.Sprintf("API calls, %s people", count(n.calls)))
	row("", "calls", "least", "ratio", "per 1,000")
	load, _, err := a.sync(ctx)
	if err != nil {
		return err
	}
	callsRow("first load", load, leastLoad(load), n.calls)
	if err := a.control(ctx, "pass", map[string]any{"ms": 3_600_000}, nil); err != nil {
		return err
	}
	if _, _, err := a.sync(ctx); err != nil { // our own writes come back
		return err
	}
	if err := a.control(ctx, "pass", map[string]any{"ms": 3_600_000}, nil); err != nil {
		return err
	}
	if err := a.changeOneInAHundred(ctx); err != nil {
		return err
	}
	increment, _, err := a.sync(ctx)
	if err != nil {
		return err
	}
	callsRow("increment, 1 % changed", increment, leastIncrement(increment), n.calls)
	if err := a.control(ctx, "pass", map[string]any{"ms": 3_600_000}, nil); err != nil {
		return err
	}
	if _, _, err := a.sync(ctx); err != nil {
		return err
	}
	if err := a.control(ctx, "pass", map[string]any{"ms": 3_600_000}, nil); err != nil {
		return err
	}
	idle, _, err := a.sync(ctx)
	if err != nil {
		return err
	}
	callsRow("increment, nothing changed", idle, leastIncrement(idle), n.calls)
	return b.salesforceCalls(ctx, n)
}

func callsRow(name string, r worker.Report, least, people int) {
	made := r.AllCalls()
	row(name, count(made), count(least), fmt.Sprintf("%.3f", float64(made)/float64(least)), fmt.Sprintf("%.1f", float64(made)*1000/float64(people)))
	fmt.Printf("    %v; %s written\n", r.Calls, count(r.Written))
}

// fixed is what every run asks: the account, whether it may write, and the fields of each object.
func fixed(r worker.Report) int { return 2 + len(r.Read) }

func leastLoad(r worker.Report) int {
	least := fixed(r) + batches(r.Written, 100)
	for _, c := range r.Read {
		least += max(1, batches(c.Read, 100))
	}
	return least
}

func leastIncrement(r worker.Report) int {
	least := fixed(r) + batches(r.Written, 100)
	for _, c := range r.Read {
		least += max(1, batches(c.Read, 200)) + batches(c.Read, 100) + batches(c.Read, 1000)
	}
	return least
}

func batches(n, of int) int { return (n + of - 1) / of }

// changeOneInAHundred gives every hundredth person a new job title.
func (a *account) changeOneInAHundred(ctx context.Context) error {
	var ids []string
	if err := a.control(ctx, "ids", map[string]any{"object": "contacts"}, &ids); err != nil {
		return err
	}
	for i := 0; i < len(ids); i += 100 {
		change := map[string]any{"object": "contacts", "id": ids[i], "values": map[string]string{"jobtitle": fmt.Sprintf("Director %d", i)}}
		if err := a.control(ctx, "change", change, nil); err != nil {
			return err
		}
	}
	return nil
}
