package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

// Forget implements worker.Store. An activity that concerned nobody but those forgotten goes with them; others lose the
// link.
func (s *Store) Forget(ctx context.Context, connection, object string, ids []string) error {
	if _, err := objectNumber(object); err != nil {
		return s.change(ctx, "forget "+object, connection, inputs, func(t *tx) error { return t.forgetActivities(object, ids) })
	}
	return s.changeOf(ctx, "forget records", worker.Population{Connection: connection, Object: object}, inputs, func(t *tx) error { return t.forget(ids) })
}

// hanging are the tables whose rows go with a record.
func hanging() []string {
	return []string{"records", "dirty", "subjects", "pending", "ledger", "overrides", "kin", "standings", "alerts"}
}

// forget removes records of the population and everything that hangs on them.
func (t *tx) forget(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	lose, err := t.whoLoses(ids)
	if err != nil {
		return err
	}
	if err := t.unlink(ids); err != nil {
		return err
	}
	for _, table := range hanging() {
		if _, err := t.exec("DELETE FROM "+table+" WHERE conn = $1 AND object = $2 AND id = ANY($3)", t.conn, t.object, ids); err != nil {
			return err
		}
	}
	if t.object == companies {
		return t.markPeopleOf(lose)
	}
	if _, err := t.exec("DELETE FROM heirs WHERE conn = $1 AND (heir = ANY($2) OR id = ANY($2))", t.conn, ids); err != nil {
		return err
	}
	return t.markDirty(companies, lose)
}

// whoLoses returns the companies whose people will lose them, or that will lose the share of a person.
func (t *tx) whoLoses(ids []string) ([]string, error) {
	if t.object == companies {
		return t.texts("SELECT id FROM records WHERE conn = $1 AND object = $2 AND id = ANY($3)", t.conn, t.object, ids)
	}
	return t.texts(`SELECT DISTINCT r.company FROM records r JOIN subjects s USING (conn, object, id)
		WHERE r.conn = $1 AND r.object = $2 AND r.id = ANY($3) AND s.share IS NOT NULL`, t.conn, t.object, ids)
}

// activityKey names an activity within a connection.
type activityKey struct{ source, id string }

// linked returns the activity that concerns any of these records of the population.
func (t *tx) linked(ids []string) (map[activityKey]crm.Activity, error) {
	found := map[activityKey]crm.Activity{}
	err := t.each(`SELECT DISTINCT a.source, a.id, a.body FROM links l JOIN activities a ON a.conn = l.conn AND a.source = l.source AND a.id = l.activity
		WHERE l.conn = $1 AND l.object = $2 AND l.id = ANY($3)`, []any{t.conn, t.object, ids}, func(rows pgx.Rows) error {
		var k activityKey
		var body []byte
		if err := rows.Scan(&k.source, &k.id, &body); err != nil {
			return err
		}
		var a crm.Activity
		err := encoding.Activity(body, &a)
		found[k] = a
		return err
	})
	return found, err
}

// unlink takes records out of all activity; what concerned nobody else goes.
func (t *tx) unlink(ids []string) error {
	found, err := t.linked(ids)
	if err != nil {
		return err
	}
	object := objectName(t.object)
	keep, drop := map[string]map[string][]byte{}, map[string][]string{}
	for k, a := range found {
		a.Links[object] = slices.DeleteFunc(a.Links[object], func(id string) bool { return slices.Contains(ids, id) })
		if len(a.Links[crm.People])+len(a.Links[crm.Companies]) == 0 {
			drop[k.source] = append(drop[k.source], k.id)
			continue
		}
		if keep[k.source] == nil {
			keep[k.source] = map[string][]byte{}
		}
		keep[k.source][k.id] = encoding.AppendActivity(nil, &a)
	}
	for source, bodies := range keep {
		if err := t.replaceBodies(source, bodies); err != nil {
			return err
		}
	}
	for source, gone := range drop {
		if _, err := t.exec("DELETE FROM activities WHERE conn = $1 AND source = $2 AND id = ANY($3)", t.conn, source, gone); err != nil {
			return err
		}
	}
	_, err = t.exec("DELETE FROM links WHERE conn = $1 AND object = $2 AND id = ANY($3)", t.conn, t.object, ids)
	return err
}

func (t *tx) replaceBodies(source string, bodies map[string][]byte) error {
	ids := slices.Sorted(maps.Keys(bodies))
	list := make([][]byte, len(ids))
	for i, id := range ids {
		list[i] = bodies[id]
	}
	_, err := t.exec(`UPDATE activities a SET body = u.body FROM unnest($3::text[], $4::bytea[]) u (id, body)
		WHERE a.conn = $1 AND a.source = $2 AND a.id = u.id`, t.conn, source, ids, list)
	return err
}

// inherit hands the activity of records that were merged over to the one they live on in: the CRM does not announce the
// activity again.
func (t *tx) inherit(heirs map[string]string) error {
	for _, gone := range slices.Sorted(maps.Keys(heirs)) {
		if err := t.handOver(gone, heirs[gone]); err != nil {
			return err
		}
	}
	return t.markDirty(t.object, slices.Sorted(maps.Values(heirs)))
}

func (t *tx) handOver(gone, heir string) error {
	found, err := t.linked([]string{gone})
	if err != nil || len(found) == 0 {
		return err
	}
	object := objectName(t.object)
	var was, is links
	bodies := map[string]map[string][]byte{}
	for k, a := range found {
		rest := slices.DeleteFunc(a.Links[object], func(id string) bool { return id == gone })
		if !slices.Contains(rest, heir) {
			rest = append(rest, heir)
		}
		a.Links[object] = rest
		was.add(t.object, gone, k.source, k.id)
		is.add(t.object, heir, k.source, k.id)
		if bodies[k.source] == nil {
			bodies[k.source] = map[string][]byte{}
		}
		bodies[k.source][k.id] = encoding.AppendActivity(nil, &a)
	}
	for source, changed := range bodies {
		if err := t.replaceBodies(source, changed); err != nil {
			return err
		}
	}
	return t.relink(was, is)
}

func (t *tx) forgetActivities(source string, ids []string) error {
	stored, err := t.stored(source, ids)
	if err != nil {
		return err
	}
	c := newConcerned()
	var was links
	for id, a := range stored {
		var old crm.Activity
		if err := encoding.Activity(a.body, &old); err != nil {
			return err
		}
		c.add(old.Links)
		if err := was.read(source, id, a.body); err != nil {
			return err
		}
	}
	if err := t.relink(was, links{}); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM activities WHERE conn = $1 AND source = $2 AND id = ANY($3)", t.conn, source, ids); err != nil {
		return err
	}
	return t.markConcerned(c)
}
