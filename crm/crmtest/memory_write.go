package crmtest

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/bareme/bareme/crm"
)

// Write implements crm.Connector. A field that does not exist or is read-only stops the call before anything is
// written: no record could take it.
func (m *Memory) Write(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
	op := "write " + object
	if err := m.checkWritable(object, updates); err != nil {
		return nil, err
	}
	outcomes := make([]crm.Outcome, 0, len(updates))
	for batch := range slices.Chunk(updates, orDefault(m.BatchSize, 100)) {
		done := make([]crm.Outcome, len(batch))
		err := m.request(ctx, "write", op, object, func() {
			for i, u := range batch {
				done[i] = m.apply(op, object, u)
			}
		})
		if err != nil {
			return outcomes, err
		}
		outcomes = append(outcomes, done...)
	}
	return outcomes, nil
}

// apply carries out one update. The caller holds mu.
func (m *Memory) apply(op, object string, u crm.Update) crm.Outcome {
	t := m.table(object)
	if to := t.survivor(u.ID); to != u.ID {
		if t.rows[to] == nil {
			return crm.Outcome{ID: u.ID, Status: crm.Gone}
		}
		return crm.Outcome{ID: u.ID, Status: crm.Merged, NewID: to}
	}
	r := t.rows[u.ID]
	if r == nil {
		return crm.Outcome{ID: u.ID, Status: crm.Gone}
	}
	if r.refused {
		return rejected(op, object, u.ID, "", "a rule of the CRM forbids changing this record")
	}
	for name, value := range u.Fields {
		if why := objection(t.schema[name], value); why != "" {
			return rejected(op, object, u.ID, name, why)
		}
	}
	r.set(u.Fields)
	r.remember(m.clock())
	m.touch(r)
	m.written++
	return crm.Outcome{ID: u.ID, Status: crm.Written}
}

func rejected(op, object, id, field, why string) crm.Outcome {
	return crm.Outcome{ID: id, Status: crm.Rejected,
		Err: &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, ID: id, Field: field, Message: why}}
}

// objection says why a field does not take a value, without the value; "" when it does.
func objection(f crm.Field, value string) string {
	if value == "" {
		return ""
	}
	if f.Length > 0 && len([]rune(value)) > f.Length {
		return "the text is longer than the field holds, " + strconv.Itoa(f.Length) + " characters"
	}
	switch f.Type {
	case crm.Choice:
		if !hasOption(f.Options, value) {
			return "the value is not one of the options"
		}
	case crm.Choices:
		for _, v := range strings.Split(value, ";") {
			if !hasOption(f.Options, v) {
				return "a value is not one of the options"
			}
		}
	default:
		if _, ok := canonical(f.Type, value); !ok {
			return "the value is not a " + string(f.Type)
		}
	}
	return ""
}

func hasOption(options []crm.Option, value string) bool {
	return slices.ContainsFunc(options, func(o crm.Option) bool { return o.Value == value })
}

// checkWritable refuses objects and fields no record could take.
func (m *Memory) checkWritable(object string, updates []crm.Update) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	op := "write " + object
	t := m.objects[object]
	if t == nil || (object != crm.People && object != crm.Companies) {
		return &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, Message: "only people and companies can be written"}
	}
	for _, u := range updates {
		for name := range u.Fields {
			if err := t.checkWritable(op, object, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *table) checkWritable(op, object, name string) error {
	f, ok := t.schema[name]
	switch {
	case !ok:
		return t.unknownField(op, object, name)
	case !f.Writable:
		return &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, Field: name,
			Message: "the field is read-only", Hint: "Write to a field of your own"}
	}
	return nil
}
