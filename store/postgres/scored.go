package postgres

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/worker"
)

var errNoNumber = errors.New("a score is not a number")

// SaveScored implements worker.Store. Records forgotten since, and records without mapped inputs who bring none, are left
// out. An update that takes the place of one set aside stays aside as long as that one would have.
func (s *Store) SaveScored(ctx context.Context, of worker.Population, scored []worker.Scored) error {
	ids := make([]string, len(scored))
	for i := range scored {
		p := scored[i].Planned
		for _, v := range []float64{p.Score, p.Rows, p.Cols} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return errNoNumber
			}
		}
		ids[i] = scored[i].ID
	}
	return s.changeOf(ctx, "save the scores", of, results, func(t *tx) error {
		states, err := t.states(ids)
		if err != nil {
			return err
		}
		lose := map[string]bool{}
		for i := range scored {
			if err := states.score(&scored[i], t.object, lose); err != nil {
				return err
			}
		}
		if err := t.saveSubjects(states); err != nil {
			return err
		}
		if err := t.savePending(states); err != nil {
			return err
		}
		if err := t.clean(states); err != nil {
			return err
		}
		return t.markDirty(companies, slices.Sorted(maps.Keys(lose)))
	})
}

// state is what is stored of a record that is about to be changed, and what becomes of it.
type state struct {
	hash    uint64
	company string
	mapped  bool
	planned worker.Planned
	aside   bool
	shown   []byte
	share   []byte
	blob    []byte // only when it is replaced
	waits   *update

	moved, waited, changed bool  // the subject is to be written; an update waited; the update is to be written
	cleanOf                int64 // the mark that is taken away when cleaned
	cleaned                bool
	entries                []entryRow
}

// update is a row of pending.
type update struct {
	fields, entry []byte
	sent          string
	tries         int32
	aside         *int64
	at, retry     int64
	reason        string
}

type entryRow struct {
	at   int64
	run  string
	body []byte
}

type states map[string]*state

// states reads what is stored of these records. Their subjects are locked as they are read: two that change the same one do it
// one after the other. The rest is read afterwards, when nobody changes it any more.
func (t *tx) states(ids []string) (states, error) {
	args := t.page(ids)
	mapped := make(states, len(ids))
	if err := t.each("SELECT id, "+headColumns+", share FROM subjects"+ofIDs+" ORDER BY id FOR UPDATE", args, func(rows pgx.Rows) error {
		var id string
		var h head
		st := &state{mapped: true}
		if err := rows.Scan(h.dest(&id, &st.share)...); err != nil {
			return err
		}
		st.planned, st.aside, st.shown = h.planned(), h.aside, h.shown
		mapped[id] = st
		return nil
	}); err != nil {
		return nil, err
	}
	out := make(states, len(ids))
	if err := t.each("SELECT id, hash, company FROM records"+ofIDs, args, func(rows pgx.Rows) error {
		var id, company string
		var hash int64
		if err := rows.Scan(&id, &hash, &company); err != nil {
			return err
		}
		st := mapped[id]
		if st == nil {
			st = &state{}
		}
		st.hash, st.company = uint64(hash), company
		out[id] = st
		return nil
	}); err != nil {
		return nil, err
	}
	return out, t.each("SELECT id, fields, entry, sent, tries, aside, at, retry, reason FROM pending"+ofIDs, args, func(rows pgx.Rows) error {
		var id string
		u := &update{}
		if err := rows.Scan(&id, &u.fields, &u.entry, &u.sent, &u.tries, &u.aside, &u.at, &u.retry, &u.reason); err != nil {
			return err
		}
		if st := out[id]; st != nil {
			st.waits, st.waited = u, true
		}
		return nil
	})
}

// score applies what scoring one record left, and adds the company that the record's share changed.
func (s states) score(p *worker.Scored, object int16, lose map[string]bool) error {
	st := s[p.ID]
	if st == nil || p.Blob == nil && !st.mapped {
		return nil
	}
	planned := p.Planned
	if !planned.Scored {
		planned.Score = 0
	}
	if !bytes.Equal(st.share, p.Share) {
		st.moved, st.share = true, p.Share
		if object == people {
			lose[st.company] = true
		}
	}
	aside := st.aside && p.Pending != nil
	if p.Blob != nil {
		st.blob, st.moved = p.Blob, true
		if p.Hash == st.hash {
			st.cleaned, st.cleanOf = true, p.Mark
		}
	}
	if !st.mapped || planned != st.planned || aside != st.aside {
		st.moved = true
	}
	st.mapped, st.planned, st.aside = true, planned, aside
	return st.replace(p.Pending)
}

// replace puts an update in the place of the one that waits.
func (st *state) replace(p *worker.Pending) error {
	st.changed = true
	if p == nil {
		st.waits = nil
		return nil
	}
	entry, err := encoding.Entry(&p.Entry)
	if err != nil {
		return err
	}
	if st.waits == nil {
		st.waits = &update{at: encoding.NoTime, retry: encoding.NoTime}
	}
	u := st.waits
	u.fields, u.entry, u.sent, u.tries = encoding.AppendFields(nil, p.Fields), entry, p.Sent, max(u.tries, int32(p.Tries))
	return nil
}

// subjectRows are subjects by columns.
type subjectRows struct {
	ids, grades, labels, trends []string
	scores                      []*float64
	rows, cols                  []float64
	asides                      []bool
	shown, shares, blobs        [][]byte
}

func (r *subjectRows) add(id string, st *state) {
	p := &st.planned
	r.ids, r.grades, r.labels, r.trends = append(r.ids, id), append(r.grades, p.Grade), append(r.labels, p.Label), append(r.trends, p.Trend)
	var score *float64
	if p.Scored {
		score = &p.Score
	}
	share := st.share
	if len(share) == 0 {
		share = nil
	}
	r.scores, r.rows, r.cols, r.asides = append(r.scores, score), append(r.rows, p.Rows), append(r.cols, p.Cols), append(r.asides, st.aside)
	r.shown, r.shares, r.blobs = append(r.shown, st.shown), append(r.shares, share), append(r.blobs, st.blob)
}

// saveSubjects writes the subjects that moved: whole with a blob, else without.
func (t *tx) saveSubjects(s states) error {
	var whole, part subjectRows
	for _, id := range slices.Sorted(maps.Keys(s)) {
		switch st := s[id]; {
		case !st.moved:
		case st.blob != nil:
			whole.add(id, st)
		default:
			part.add(id, st)
		}
	}
	if r := &whole; len(r.ids) > 0 {
		if _, err := t.exec(`INSERT INTO subjects (conn, object, id, score, rows, cols, grade, label, trend, aside, shown, share, blob)
			SELECT $1, $2, u.* FROM unnest($3::text[], $4::float8[], $5::float8[], $6::float8[], $7::text[], $8::text[], $9::text[], $10::bool[], $11::bytea[], $12::bytea[], $13::bytea[]) u
			ON CONFLICT (conn, object, id) DO UPDATE SET score = excluded.score, rows = excluded.rows, cols = excluded.cols, grade = excluded.grade, label = excluded.label,
				trend = excluded.trend, aside = excluded.aside, shown = excluded.shown, share = excluded.share, blob = excluded.blob`,
			t.conn, t.object, r.ids, r.scores, r.rows, r.cols, r.grades, r.labels, r.trends, r.asides, r.shown, r.shares, r.blobs); err != nil {
			return err
		}
	}
	r := &part
	if len(r.ids) == 0 {
		return nil
	}
	least, most := bounds(r.ids)
	_, err := t.exec(`UPDATE subjects s SET score = u.score, rows = u.rows, cols = u.cols, grade = u.grade, label = u.label, trend = u.trend,
			aside = u.aside, shown = u.shown, share = u.share
		FROM unnest($3::text[], $4::float8[], $5::float8[], $6::float8[], $7::text[], $8::text[], $9::text[], $10::bool[], $11::bytea[], $12::bytea[])
			u (id, score, rows, cols, grade, label, trend, aside, shown, share)
		WHERE s.conn = $1 AND s.object = $2 AND s.id = u.id AND s.id BETWEEN $13 AND $14`,
		t.conn, t.object, r.ids, r.scores, r.rows, r.cols, r.grades, r.labels, r.trends, r.asides, r.shown, r.shares, least, most)
	return err
}

// savePending writes the updates that were replaced, and removes those that wait no more.
func (t *tx) savePending(s states) error {
	var gone, ids, sent, reasons []string
	var fields, entries [][]byte
	var tries []int32
	var asides []*int64
	var at, retry []int64
	for _, id := range slices.Sorted(maps.Keys(s)) {
		st := s[id]
		switch u := st.waits; {
		case !st.changed:
		case u == nil && st.waited:
			gone = append(gone, id)
		case u != nil:
			ids, sent, reasons = append(ids, id), append(sent, u.sent), append(reasons, u.reason)
			fields, entries, tries = append(fields, u.fields), append(entries, u.entry), append(tries, u.tries)
			asides, at, retry = append(asides, u.aside), append(at, u.at), append(retry, u.retry)
		}
	}
	if len(gone) > 0 {
		if _, err := t.exec("DELETE FROM pending"+ofIDs, t.page(gone)...); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := t.exec(`INSERT INTO pending (conn, object, id, fields, entry, sent, tries, aside, at, retry, reason)
		SELECT $1, $2, u.* FROM unnest($3::text[], $4::bytea[], $5::bytea[], $6::text[], $7::int[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[]) u
		ON CONFLICT (conn, object, id) DO UPDATE SET fields = excluded.fields, entry = excluded.entry, sent = excluded.sent, tries = excluded.tries,
			aside = excluded.aside, at = excluded.at, retry = excluded.retry, reason = excluded.reason`,
		t.conn, t.object, ids, fields, entries, sent, tries, asides, at, retry, reasons)
	return err
}

// clean takes the marks of those who were mapped, but for those marked again since.
func (t *tx) clean(s states) error {
	var ids []string
	var marks []int64
	for _, id := range slices.Sorted(maps.Keys(s)) {
		if s[id].cleaned {
			ids, marks = append(ids, id), append(marks, s[id].cleanOf)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	least, most := bounds(ids)
	_, err := t.exec(`DELETE FROM dirty d USING unnest($3::text[], $4::bigint[]) u (id, mark)
		WHERE d.conn = $1 AND d.object = $2 AND d.id = u.id AND d.id BETWEEN $5 AND $6 AND (u.mark = 0 OR d.mark = u.mark)`,
		t.conn, t.object, ids, marks, least, most)
	return err
}
