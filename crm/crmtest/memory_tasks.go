package crmtest

import (
	"context"
	"fmt"
	"slices"

	"github.com/bareme/bareme/crm"
)

var (
	_ crm.Tasker = (*Memory)(nil)
	_ crm.Owned  = (*Memory)(nil)
	_ crm.Linker = (*Memory)(nil)
)

// The fields of owners and tasks in Memory.
const (
	OwnerField = "owner" // of people
	TaskKey    = "key"
	TaskOwner  = "owner"
	TaskTitle  = "title"
	TaskLines  = "lines"
)

// OwnerField implements crm.Owned.
func (m *Memory) OwnerField() string { return OwnerField }

// RecordURL implements crm.Linker.
func (m *Memory) RecordURL(account crm.Account, object, id string) string {
	return "https://crm.example/" + account.ID + "/" + object + "/" + id
}

// CheckTasks implements crm.Tasker.
func (m *Memory) CheckTasks(ctx context.Context) error {
	const op = "check making tasks"
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	m.arrive("check")
	if fault := m.answer(func() {}); fault != "" {
		return faultError(fault, op, crm.Tasks)
	}
	return nil
}

// Task implements crm.Tasker. Unlike a call that may be repeated it is tried once: a fault ends it.
func (m *Memory) Task(ctx context.Context, t crm.Task) (id string, err error) {
	const op = "make a task"
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	if len(t.Records) == 0 || t.Key == "" {
		return "", &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: t.Object, Message: "a task is about somebody, and has a key"}
	}
	m.arrive("task")
	var wrong *crm.Error
	fault := m.answer(func() {
		if m.table(t.Object).rows[t.Records[0]] == nil {
			wrong = &crm.Error{Kind: crm.ErrNotFound, Op: op, Object: t.Object, ID: t.Records[0]}
			return
		}
		if t.Repeat {
			for _, r := range m.table(crm.Tasks).rows {
				if r.fields[TaskKey] == t.Key && slices.Contains(r.links[t.Object], t.Records[0]) {
					id = r.id
					return
				}
			}
		}
		m.nextID++
		id = fmt.Sprint("task", m.nextID)
		m.put(crm.Tasks, id, crm.Fields{TaskKey: t.Key, TaskOwner: t.Owner, TaskTitle: t.Title, TaskLines: fmt.Sprint(t.Lines)},
			map[string][]string{t.Object: t.Records}).at = t.Due.UTC()
	})
	if fault != "" {
		return "", faultError(fault, op, crm.Tasks)
	}
	if wrong != nil {
		return "", wrong
	}
	return id, nil
}
