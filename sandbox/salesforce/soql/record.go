package soql

// Record is one record of a result: what was selected of it, in that order.
type Record struct {
	Object string // of its attributes: "Lead", "AggregateResult", or "Name" for a polymorphic parent
	Real   string // the object it is of, where Object is "Name"; else the same
	ID     string // 18 characters; "" for an aggregate
	Cells  []Cell
}

// Cell is one value of a record.
type Cell struct {
	Name  string // as the answer names it
	Kind  Kind
	Value any // as Kind tells; or *Record, a parent; or *Children, of a child sub-query; nil for null
}

// Children are the records of a child sub-query below one parent: never empty.
type Children struct{ Records []*Record }

// Total is the totalSize of the answer.
func (r *Result) Total() int {
	if r.stmt.query.count {
		return r.counts
	}
	return len(r.rows)
}

// Len is how many records there are to page through: none for COUNT().
func (r *Result) Len() int { return len(r.rows) }

// Statement is the statement that was run.
func (r *Result) Statement() *Statement { return r.stmt }

// Record builds record i.
func (r *Result) Record(i int) *Record { return r.stmt.record(r.run, r.rows[i]) }

func (s *Statement) record(run *run, row Row) *Record {
	if s.groups != nil {
		out := &Record{Object: "AggregateResult", Real: "AggregateResult"}
		for _, o := range s.outputs {
			out.Cells = append(out.Cells, Cell{o.label, o.kind, o.get(run, row)})
		}
		return out
	}
	out := &Record{Object: s.object.Name(), Real: s.object.Name(), ID: textOf(row, s.id), Cells: make([]Cell, 0, len(s.outputs))}
	for _, o := range s.outputs {
		switch {
		case o.sub != nil:
			out.Cells = append(out.Cells, s.children(run, o, out.ID))
		case o.label != "":
			out.Cells = append(out.Cells, Cell{o.label, o.kind, o.get(run, row)})
		default:
			s.place(run, out, o, row)
		}
	}
	return out
}

func textOf(row Row, f *Field) string {
	if f == nil {
		return ""
	}
	s, _ := row.Value(f).(string)
	return s
}

func (s *Statement) children(run *run, o output, id string) Cell {
	rows := run.childrenOf(o.sub, id)
	if len(rows) == 0 {
		return Cell{Name: o.relation}
	}
	all := &Children{}
	for _, row := range rows {
		all.Records = append(all.Records, o.sub.record(run, row))
	}
	return Cell{Name: o.relation, Value: all}
}

// place puts the value of a column into the record, or into the parent records it lies in, which it makes as needed.
func (s *Statement) place(run *run, into *Record, o output, row Row) {
	up := row
	for _, h := range o.way {
		var object string
		if object, up = run.parent(h.reference, up); up == nil {
			if into.cell(h.name) == nil {
				into.Cells = append(into.Cells, Cell{Name: h.name})
			}
			return
		}
		into = into.parent(h, object, s.schema, up)
	}
	into.Cells = append(into.Cells, Cell{o.names[len(o.names)-1], o.kind, o.get(run, row)})
}

func (r *Record) cell(name string) *Cell {
	for i := range r.Cells {
		if r.Cells[i].Name == name {
			return &r.Cells[i]
		}
	}
	return nil
}

func (r *Record) parent(h hop, object string, schema Schema, row Row) *Record {
	if c := r.cell(h.name); c != nil {
		if p, ok := c.Value.(*Record); ok {
			return p
		}
	}
	p := &Record{Object: object, Real: object}
	if o := schema.Object(object); o != nil {
		p.ID = textOf(row, o.Field("Id"))
	}
	if h.polymorphic {
		p.Object = "Name"
	}
	r.Cells = append(r.Cells, Cell{Name: h.name, Value: p})
	return p
}

// Column describes one thing selected, for the columnMetadata of a query and for the header of a CSV.
type Column struct {
	Path      string // "Account.Name"; an aggregate's label
	Field     *Field // nil for an aggregate, a child sub-query and a polymorphic parent's Type
	Kind      Kind
	Aggregate bool
	Children  []Column // of a child sub-query
	Custom    bool
}

// Columns lists what is selected.
func (s *Statement) Columns() []Column {
	out := make([]Column, 0, len(s.outputs))
	for _, o := range s.outputs {
		c := Column{Path: o.path(), Field: o.field, Kind: o.kind, Custom: o.field != nil && o.field.Custom}
		if o.label != "" {
			c.Path = o.label
		}
		if s.groups != nil {
			c.Aggregate = o.field == nil
		}
		if o.sub != nil {
			c.Path, c.Children = o.relation, o.sub.Columns()
		}
		out = append(out, c)
	}
	return out
}

// Row is record i as the Bulk API writes it: one text per column, "" for null.
func (r *Result) Row(i int) []string {
	out := make([]string, len(r.stmt.outputs))
	for k, o := range r.stmt.outputs {
		if o.get != nil {
			out[k] = CSVText(o.kind, o.get(r.run, r.rows[i]))
		}
	}
	return out
}
