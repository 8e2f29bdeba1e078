package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/worker"
)

// footprint is what people of a whole account take: with their companies, their activity, and one line of the ledger each.
type footprint struct {
	people   int
	bytes    int64 // of the database, what an empty one takes aside
	calls    int   // of the first load
	writable float64
}

// pace is one time that everybody was written under HubSpot's limits.
type pace struct {
	measured
	calls   int           // of the writes
	write   time.Duration // from the first write's beginning to the last one's end
	retried int
}

// paced has replicas of the real program write a whole account of the sandbox under HubSpot's limits.
func (b bench) paced(ctx context.Context, c *cluster, n scaling, f *figures) error {
	title(fmt.Sprintf("Everybody written under real limits (%d calls in %s), %s people and their companies", burstLimit, burstSpan, count(n.limited)))
	row("", "replicas", "written", "calls", "seconds", "calls/rate", "ratio", "people/s", "CPU/100,000", "memory each")
	if err := b.pacedBy(ctx, c, n.limited, n.replicas, f); err != nil || n.whole == 0 {
		return err
	}
	return b.pacedBy(ctx, c, n.whole, []int{2}, f)
}

func (b bench) pacedBy(ctx context.Context, c *cluster, people int, replicas []int, f *figures) (err error) {
	d, err := c.create(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.drop(context.WithoutCancel(ctx))) }()
	empty, err := d.size(ctx)
	if err != nil {
		return err
	}
	a, err := b.open(ctx, people, false)
	if err != nil {
		return err
	}
	defer a.close()
	a.env = append(a.env, "BAREME_STATE=", "BAREME_DATABASE_URL="+d.address, "BAREME_LOG_FORMAT=json")
	tell("first load of %s people, without limits", count(people))
	load, _, err := a.sync(ctx)
	if err != nil {
		return err
	}
	bytes, err := d.size(ctx)
	if err != nil {
		return err
	}
	f.account = footprint{people: people, bytes: bytes - empty, calls: load.AllCalls(), writable: float64(load.Written) / float64(people)}
	fmt.Printf("    loaded first: %s of database for %s people with companies, activity and ledger; %s calls\n", megabytes(f.account.bytes), count(people), count(f.account.calls))
	if err := a.control(ctx, "limits", map[string]any{"limits": hubspot.Limits{}}, nil); err != nil { // those of HubSpot
		return err
	}
	for i, replicas := range replicas {
		p, err := a.writeAll(ctx, d, replicas, i+1)
		if err != nil {
			return err
		}
		p.print()
		f.paced = append(f.paced, p)
	}
	return nil
}

// writeAll has replicas rescore everybody by other weights, which all see in their score, and write them.
func (a *account) writeAll(ctx context.Context, d *database, replicas, round int) (p pace, err error) {
	tell("%s people written under limits by %d", count(a.people), replicas)
	p = pace{measured: measured{people: a.people, replicas: replicas}}
	if err := a.reweigh(round); err != nil {
		return p, err
	}
	if err := d.rest(ctx, worker.Rescore); err != nil {
		return p, err
	}
	var all []*process
	defer func() { kill(all) }()
	before := d.cpu()
	began := time.Now()
	for range replicas {
		r, err := a.replica(ctx)
		if err != nil {
			return p, err
		}
		all = append(all, r)
	}
	if _, err := first(all, `"msg":"run finished"`); err != nil {
		return p, err
	}
	p.wall = time.Since(began)
	after := d.cpu()
	p.database = after - before
	if p.replica, err = endAll(all); err != nil {
		return p, err
	}
	var report []byte
	if err := d.db.QueryRow(ctx, "SELECT report FROM runs WHERE kind = 'rescore' ORDER BY seq DESC LIMIT 1").Scan(&report); err != nil {
		return p, err
	}
	if err := json.Unmarshal(report, &p.report); err != nil {
		return p, err
	}
	p.calls, p.write, p.retried = p.report.Calls["write"], stage(p.report, "write"), p.report.Retried
	return p, d.finished(ctx, &p.measured)
}

// reweigh changes how much engagement counts in the overall score.
func (a *account) reweigh(round int) error {
	text := strings.Replace(string(examples.HubSpot), "max_changed: 30%", "max_changed: 100%", 1)
	text = strings.Replace(text, "overall: {fit: 1, engagement: 1}", fmt.Sprintf("overall: {fit: 1, engagement: %d}", 1+2*round), 1)
	return os.WriteFile(filepath.Join(a.home, "bareme.yaml"), []byte(text), 0o600)
}

// print is a row of the table. The least time is that of the calls beyond the first span's, which are free.
func (p *pace) print() {
	written := p.report.Written
	if p.report.Companies != nil {
		written += p.report.Companies.Written
	}
	rate := time.Duration(float64(p.calls) / allowed * float64(time.Second))
	least := time.Duration(float64(max(1, p.calls-burstLimit)) / allowed * float64(time.Second))
	row("all moved and written", count(p.replicas), count(written), count(p.calls), fmt.Sprintf("%.1f", p.write.Seconds()), fmt.Sprintf("%.1f s", rate.Seconds()),
		fmt.Sprintf("%.3f", p.write.Seconds()/rate.Seconds()), count(int(float64(written)/p.write.Seconds())),
		fmt.Sprintf("%.2f s", p.per(p.cpu())), megabytes(p.memory()))
	fmt.Printf("    least with the first %d calls free: %.1f s; %d calls refused; the whole run %.1f s: %s\n", burstLimit, least.Seconds(), p.retried, p.wall.Seconds(), strings.Join(p.words(), ", "))
}
