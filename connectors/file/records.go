package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

// Account names the file: state kept for one file is not used for another.
func (s *Sheet) Account(ctx context.Context) (crm.Account, error) {
	path, err := filepath.Abs(s.path)
	if err != nil {
		return crm.Account{}, s.failed(err)
	}
	return crm.Account{ID: path, TimeZone: s.o.Location.String()}, ctx.Err()
}

// Describe lists the columns that have a name as fields of people. A column has another type than text only when every
// cell fits it; one of few different texts is a Choice with its options.
func (s *Sheet) Describe(ctx context.Context, object string) (crm.Schema, error) {
	if err := s.onlyPeople(object); err != nil {
		return crm.Schema{}, err
	}
	schema := crm.Schema{Object: object}
	for i := range s.columns {
		if s.columns[i].name != "" {
			schema.Fields = append(schema.Fields, s.columns[i].field())
		}
	}
	slices.SortFunc(schema.Fields, func(a, b crm.Field) int { return strings.Compare(a.Name, b.Name) })
	return schema, ctx.Err()
}

// Check reports every needed column the file does not have. What is to be written becomes columns of another file.
func (s *Sheet) Check(ctx context.Context, need crm.Need) error {
	found := []error{ctx.Err()}
	for object, fields := range need.Read {
		if len(fields) > 0 {
			found = append(found, s.onlyPeople(object))
		}
	}
	for _, name := range need.Read[crm.People] {
		_, err := s.index(name)
		found = append(found, err)
	}
	return errors.Join(found...)
}

func (s *Sheet) onlyPeople(object string) error {
	if object == crm.People {
		return nil
	}
	return &crm.Error{Kind: crm.ErrInvalid, Op: "read " + filepath.Base(s.path), Object: object,
		Message: "a file holds people and no " + object, Hint: "Take them out of the model"}
}

// index finds the column of a field.
func (s *Sheet) index(name string) (int, error) {
	for i := range s.columns {
		if name != "" && s.columns[i].name == name {
			return i, nil
		}
	}
	hint := "The columns are " + list(s.names(), 60)
	for _, have := range s.names() {
		if strings.EqualFold(have, strings.TrimSpace(name)) {
			hint = fmt.Sprintf("The closest is %q", have)
		}
	}
	return 0, &crm.Error{Kind: crm.ErrInvalid, Op: "read " + filepath.Base(s.path), Field: name, Message: "the file has no such column", Hint: hint}
}

// Records yields the rows as people, under the promises of crm.Connector: q.Fields are column names, and a cursor of
// this file as it is now goes on after the rows it stands for. A file that changed since is read from the beginning.
// Rows without any value are no records.
func (s *Sheet) Records(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
	return func(yield func(crm.Page[crm.Record], error) bool) {
		left := false
		err := s.pages(ctx, q, func(p crm.Page[crm.Record]) bool {
			left = !yield(p, nil)
			return !left
		})
		if err != nil && !left {
			yield(crm.Page[crm.Record]{}, err)
		}
	}
}

// pages calls yield with each page until it returns false.
func (s *Sheet) pages(ctx context.Context, q crm.Query, yield func(crm.Page[crm.Record]) bool) (err error) {
	if err := s.onlyPeople(q.Object); err != nil {
		return err
	}
	columns := make([]int, len(q.Fields))
	for i, name := range q.Fields {
		if columns[i], err = s.index(name); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(s.path), err)
	}
	w, err := s.walk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if _, err := w.next(); err != nil { // the header
		return err
	}
	p := pager{s: s, q: q, skip: s.after(q.Cursor), yield: yield}
	p.done = p.skip
	for {
		cells, err := w.next()
		switch {
		case errors.Is(err, io.EOF):
			_, err := p.flush(ctx)
			return err
		case err != nil:
			return err
		case blank(cells):
			continue
		case p.skip > 0:
			p.skip--
			continue
		}
		p.page.Items = append(p.page.Items, s.record(w, cells, columns))
		if len(p.page.Items) == s.o.PageSize && p.done+len(p.page.Items) < s.count {
			if more, err := p.flush(ctx); !more || err != nil {
				return err
			}
		}
	}
}

// pager gathers records into pages.
type pager struct {
	s     *Sheet
	q     crm.Query
	skip  int // records still to pass over
	done  int // records delivered or passed over
	page  crm.Page[crm.Record]
	yield func(crm.Page[crm.Record]) bool
}

// flush yields the page gathered so far; false when nobody wants another.
func (p *pager) flush(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("read %s: %w", filepath.Base(p.s.path), err)
	}
	p.done += len(p.page.Items)
	if p.q.Unseen != nil && len(p.page.Items) > 0 {
		if err := p.leaveOut(ctx); err != nil {
			return false, fmt.Errorf("read %s: %w", filepath.Base(p.s.path), err)
		}
	}
	p.page.Next, p.page.Total = p.s.cursor(p.done), p.s.count
	page := p.page
	p.page = crm.Page[crm.Record]{}
	return p.yield(page), nil
}

// leaveOut drops the records the caller knows already.
func (p *pager) leaveOut(ctx context.Context) error {
	versions := make([]crm.Version, len(p.page.Items))
	for i, r := range p.page.Items {
		versions[i] = crm.Version{ID: r.ID, Modified: r.Modified}
	}
	wanted, err := p.q.Unseen(ctx, versions)
	if err != nil {
		return err
	}
	p.page.Items = slices.DeleteFunc(p.page.Items, func(r crm.Record) bool { return !slices.Contains(wanted, r.ID) })
	p.page.Skipped = len(versions) - len(p.page.Items)
	return nil
}

// cursor stands for the first n records of the file as it is now.
func (s *Sheet) cursor(n int) crm.Cursor {
	return crm.Cursor(fmt.Sprintf("file1 %d %d %d", s.size, s.changed.UnixNano(), n))
}

// after says how many records a cursor stands for; none when the file is another by now.
func (s *Sheet) after(c crm.Cursor) int {
	var size, changed int64
	var n int
	if _, err := fmt.Sscanf(string(c), "file1 %d %d %d", &size, &changed, &n); err != nil || size != s.size || changed != s.changed.UnixNano() {
		return 0
	}
	return n
}

// record makes a person of a row.
func (s *Sheet) record(w rows, cells []string, columns []int) crm.Record {
	r := crm.Record{ID: s.idOf(w, cells), Fields: make(crm.Fields, len(columns)), Modified: s.changed}
	for _, i := range columns {
		if value := s.value(cells[i]); value != "" {
			r.Fields[s.columns[i].name] = strings.Clone(s.columns[i].canonical(value))
		}
	}
	return r
}

// idOf is the text of the id column, or the row number.
func (s *Sheet) idOf(w rows, cells []string) string {
	if s.id < 0 {
		return fmt.Sprint(w.number())
	}
	return strings.Clone(trim(cells[s.id]))
}
