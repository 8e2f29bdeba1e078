package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/bareme/bareme/worker"
)

// scaling is how much the scale table measures.
type scaling struct {
	growth   []int // people
	replicas []int
	far      int // people of the replicas far from their database
	limited  int // people written at the pace HubSpot allows
	whole    int // the same, once more, by two replicas; 0: not
}

func scalingOf(short, whole bool) scaling {
	s := scaling{growth: []int{10_000, 100_000, 1_000_000}, replicas: []int{1, 2, 4}, far: 100_000, limited: 50_000}
	if short {
		s = scaling{growth: []int{2_000, 10_000}, replicas: []int{1, 2}, limited: 2_000}
	}
	if whole {
		s.whole = 1_000_000
	}
	return s
}

// later is when everybody is scored anew in the scale table: by then all have moved, and a month before they have again.
var later = now.Add(30 * 24 * time.Hour) //nolint:gochecknoglobals // a constant in all but name

// other is the other of the two moments between which everybody moves.
func other(at time.Time) time.Time {
	if at.Equal(now) {
		return later
	}
	return now
}

// tell says on standard error what is being done.
func tell(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

// scale measures runs of the queue by several processes on one PostgreSQL, how what they cost grows, and what follows for
// populations that nobody has on this machine.
func (b bench) scale(ctx context.Context, n sizes) (err error) {
	c, err := openCluster(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	var f figures
	if err := c.populations(ctx, n.scale, &f); err != nil {
		return err
	}
	if err := b.paced(ctx, c, n.scale, &f); err != nil {
		return err
	}
	f.plan()
	return nil
}

// populations measures growing populations in one database, then the largest by several replicas.
func (c *cluster) populations(ctx context.Context, n scaling, f *figures) (err error) {
	d, err := c.create(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.drop(context.WithoutCancel(ctx))) }()
	version := ""
	if err := d.db.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
		return err
	}
	title("Scale: one replica, growing populations, PostgreSQL " + version)
	head("people")
	filled := 0
	for _, people := range n.growth {
		if err := d.grow(ctx, filled, people); err != nil {
			return err
		}
		filled = people
		if err := d.rows(ctx, people, f); err != nil {
			return err
		}
		if people == n.far {
			if f.far, err = d.apart(ctx, n); err != nil {
				return err
			}
		}
	}
	f.growth()
	if err := d.together(ctx, n, f); err != nil {
		return err
	}
	f.farTable()
	return nil
}

// grow adds people to the database. The first are made, scored and written; the others are their like, as the server copies
// them under other ids, which takes seconds where a first load takes minutes.
func (d *database) grow(ctx context.Context, from, upto int) error {
	began := time.Now()
	if from == 0 {
		d.at = now
		if err := fillUp(ctx, d.address, upto); err != nil {
			return err
		}
	} else if err := d.copy(ctx, from, upto/from-1); err != nil {
		return err
	}
	tell("%s people added in %s", count(upto-from), time.Since(began).Round(time.Second))
	return nil
}

// copy adds so many people like each of those there are: the record, the subject, and the ledger.
func (d *database) copy(ctx context.Context, people, times int) error {
	for table, columns := range map[string]string{
		"records":  "hash, modified, identity, company, owner, fields, memory, reload",
		"subjects": "score, rows, cols, grade, label, trend, aside, shown, share, blob",
		"ledger":   "at, run, entry",
	} {
		if _, err := d.db.Exec(ctx, fmt.Sprintf(`INSERT INTO %s (conn, object, id, %s)
			SELECT conn, object, lpad((id::bigint + n * $1)::text, 9, '0'), %s FROM %[1]s, generate_series(1, $2) n ORDER BY n, id`,
			table, columns, columns), people, times); err != nil {
			return err
		}
	}
	return nil
}

// rows measures a population by one replica.
func (d *database) rows(ctx context.Context, people int, f *figures) error {
	for _, row := range []struct {
		name  string
		kind  worker.Kind
		moved bool
		to    *[]measured
	}{
		{"nobody moved", worker.Rescore, false, &f.still},
		{"learning from everybody", worker.Refit, false, &f.learning},
		{"all moved and written", worker.Rescore, true, &f.moved},
	} {
		m, err := d.run(ctx, row.kind, people, 1, row.moved)
		if err != nil {
			return err
		}
		m.print(row.name, count(people))
		*row.to = append(*row.to, m)
	}
	return nil
}

// together has several replicas score and write the whole population.
func (d *database) together(ctx context.Context, n scaling, f *figures) error {
	m := f.moved[len(f.moved)-1] // by one
	title(fmt.Sprintf("Replicas: %s people, all moved, scored and written to a CRM that answers at once", count(m.people)))
	head("replicas")
	for _, replicas := range n.replicas {
		if replicas > 1 {
			var err error
			if m, err = d.run(ctx, worker.Rescore, m.people, replicas, true); err != nil {
				return err
			}
		}
		m.print("all moved and written", count(replicas))
		f.replicas = append(f.replicas, m)
	}
	return nil
}

// apart has replicas score and write with a network between them and the database.
func (d *database) apart(ctx context.Context, n scaling) (list []measured, err error) {
	near := d.address
	var stop func()
	if d.address, stop, err = d.behind(roundTrip); err != nil {
		return nil, err
	}
	defer func() { stop(); d.address = near }()
	d.part = n.far / 20 // enough parts for all
	defer func() { d.part = 0 }()
	for _, replicas := range n.replicas {
		m, err := d.run(ctx, worker.Rescore, n.far, replicas, true)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// roundTrip is what the network between the replicas and a database far away takes.
const roundTrip = 20 * time.Millisecond
