package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/bareme/bareme/worker"
)

// measured is one run of the queue by some replicas.
type measured struct {
	people, replicas int
	report           worker.Report
	wall             time.Duration
	stages           map[string]stageTook
	replica          []spent
	database         time.Duration // processor time; 0 where it cannot be told
}

// stageTook is how one stage went.
type stageTook struct {
	jobs int
	wall time.Duration // from the first job's beginning to the last one's end
}

// cpu is the processor time of all replicas.
func (m *measured) cpu() (all time.Duration) {
	for _, s := range m.replica {
		all += s.cpu
	}
	return all
}

// memory is the most that any replica held.
func (m *measured) memory() (most int64) {
	for _, s := range m.replica {
		most = max(most, s.memory)
	}
	return most
}

// per is a time for each 100,000 people.
func (m *measured) per(d time.Duration) float64 { return d.Seconds() * 100_000 / float64(m.people) }

// head is the head of the tables of runs; what is what differs between the rows.
func head(what string) {
	row("", what, "seconds", "people/s", "s/100,000", "replicas' CPU", "server's CPU", "memory each")
}

// print is a row of a table of runs, and what its stages took. Processor times are for 100,000 people.
func (m *measured) print(name, what string) {
	database := "not told"
	if m.database > 0 {
		database = fmt.Sprintf("%.2f s", m.per(m.database))
	}
	row(name, what, fmt.Sprintf("%.2f", m.wall.Seconds()), count(int(float64(m.people)/m.wall.Seconds())), fmt.Sprintf("%.2f", m.per(m.wall)),
		fmt.Sprintf("%.2f s", m.per(m.cpu())), database, megabytes(m.memory()))
	fmt.Printf("    %s\n", strings.Join(append([]string{count(m.report.Written) + " written"}, m.words()...), ", "))
}

// words are the stages that took time, in order.
func (m *measured) words() (list []string) {
	for _, name := range worker.Stages() {
		if s, ok := m.stages[name]; ok && s.wall >= 100*time.Millisecond {
			list = append(list, fmt.Sprintf("%s %.1f s in %d", name, s.wall.Seconds(), s.jobs))
		}
	}
	return list
}

// run has replicas take one run: of everybody as they were last scored, or a month away from it, when all have moved.
func (d *database) run(ctx context.Context, kind worker.Kind, people, replicas int, moved bool) (m measured, err error) {
	m = measured{people: people, replicas: replicas}
	if moved {
		d.at = other(d.at)
	}
	if err := d.rest(ctx, ""); err != nil {
		return m, err
	}
	var all []*process
	defer func() { kill(all) }()
	for range replicas {
		p, err := startReplica(ctx, d.address, d.at, d.part)
		if err != nil {
			return m, err
		}
		all = append(all, p)
	}
	before := d.cpu()
	began := time.Now()
	if _, err := d.db.Exec(ctx, "UPDATE job_slots SET wanted = true WHERE kind = $1", kind); err != nil {
		return m, err
	}
	if _, err := all[0].in.Write([]byte("now\n")); err != nil {
		return m, err
	}
	line, err := first(all, `"run"`)
	if err != nil {
		return m, err
	}
	m.wall = time.Since(began)
	after := d.cpu()
	m.database = after - before
	if m.replica, err = endAll(all); err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(line), &m.report); err != nil {
		return m, err
	}
	tell("%s of %s people by %d: %.1f s", kind, count(people), replicas, m.wall.Seconds())
	return m, d.finished(ctx, &m)
}

// finished checks that a run did all it should, and reads how long its stages took.
func (d *database) finished(ctx context.Context, m *measured) (err error) {
	if m.report.Status != "done" {
		return fmt.Errorf("the run ended as %s: %s", m.report.Status, m.report.Error)
	}
	m.stages, err = d.stages(ctx, m.report.Run)
	return err
}

// rest brings the database to a state of rest: replicas find nothing due but this kind of run, and the server has no work
// left over from before.
func (d *database) rest(ctx context.Context, due worker.Kind) error {
	for _, kind := range []worker.Kind{worker.Sync, worker.Rescore, worker.Refit, worker.Reload} {
		if _, err := d.db.Exec(ctx, `INSERT INTO job_slots (kind, slot, wanted) VALUES ($1, now(), $2)
			ON CONFLICT (kind) DO UPDATE SET slot = now(), wanted = $2`, kind, kind == due); err != nil {
			return err
		}
	}
	for _, statement := range []string{"DELETE FROM job_model", "VACUUM (ANALYZE)", "CHECKPOINT"} {
		if _, err := d.db.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// stages reads from the queue how long each stage of a run took.
func (d *database) stages(ctx context.Context, run string) (map[string]stageTook, error) {
	rows, err := d.db.Query(ctx, `SELECT args->>'stage', count(*), extract(epoch FROM max(finalized_at) - min(attempted_at))::float8
		FROM river_job WHERE args->>'run' = $1 AND finalized_at IS NOT NULL GROUP BY args->>'stage'`, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]stageTook{}
	for rows.Next() {
		var kind string
		var s stageTook
		var seconds float64
		if err := rows.Scan(&kind, &s.jobs, &seconds); err != nil {
			return nil, err
		}
		s.wall = time.Duration(seconds * float64(time.Second))
		out[kind] = s
	}
	return out, rows.Err()
}
