package channel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
)

// taskTime is how long an owner has for the task.
const taskTime = 24 * time.Hour

// task makes a task in the CRM, for the owner of the record. The task holds its key: one that may have been made is looked
// for instead of made twice.
type task struct{ crm crm.Tasker }

func newTask(connector crm.Connector) (alert.Sender, error) {
	tasker, ok := connector.(crm.Tasker)
	if !ok {
		return nil, fmt.Errorf("%w: this CRM takes no tasks", ErrSetting)
	}
	return &task{tasker}, nil
}

// Send implements alert.Sender.
func (t *task) Send(ctx context.Context, m alert.Message) error {
	if m.Test {
		return fmt.Errorf("%w: a task is never made as a test", alert.ErrRefused)
	}
	records := make([]string, len(m.Events))
	for i, e := range m.Events {
		records[i] = e.Person
	}
	_, err := t.crm.Task(ctx, crm.Task{
		Key: m.Key, Object: crm.People, Records: records, Owner: m.Owner.ID,
		Title: m.Text.Title, Lines: m.Text.Lines, Due: m.Now.UTC().Add(taskTime), Repeat: m.Repeat(),
	})
	if errors.Is(err, crm.ErrInvalid) || errors.Is(err, crm.ErrNotFound) {
		return fmt.Errorf("%w: %w", alert.ErrRefused, err)
	}
	return err
}
