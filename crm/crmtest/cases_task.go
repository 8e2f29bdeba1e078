package crmtest

import (
	"context"
	"errors"
	"time"

	"github.com/bareme/bareme/crm"
)

// tasks checks that a task is made once, whatever becomes of the answer.
func tasks(ctx context.Context, e *env) error {
	tasker, ok := e.c.(crm.Tasker)
	if !ok {
		return skipped("this connector makes no tasks")
	}
	person := e.System.Create(crm.People, nil, nil)
	other := e.System.Create(crm.People, nil, nil)
	e.System.Settle()
	task := crm.Task{Key: "0123456789abcdef0123456789abcdef", Object: crm.People, Records: []string{person}, Title: "Call", Lines: []string{"score 62 → 84", "<reasons> & more"},
		Due: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	if err := tasker.CheckTasks(ctx); e.note(err) != nil {
		return broken("Tasker.CheckTasks", "what would keep a task from being made", "nothing does, and it returned %w", err)
	}
	if n, err := e.countTasks(ctx, person); err != nil || n != 0 {
		return errors.Join(err, broken("Tasker.CheckTasks", "it makes none", "%d tasks are linked to the person", n))
	}
	first, err := tasker.Task(ctx, task)
	if e.note(err) != nil || first == "" {
		return broken("Tasker.Task", "makes the task and returns its id", "%q, %w", first, err)
	}
	task.Repeat = true
	again, err := tasker.Task(ctx, task)
	if e.note(err) != nil || again != first {
		return broken("Tasker.Task", "looks for one with the same Key, and returns that instead", "it returned %q for %q, %w", again, first, err)
	}
	next := task
	next.Key, next.Records = "another key", []string{person, other}
	second, err := tasker.Task(ctx, next)
	if e.note(err) != nil || second == "" || second == first {
		return broken("Task.Key", "tells it from every other", "another key returned %q, %w", second, err)
	}
	lost := task
	lost.Key, lost.Repeat = "fedcba9876543210fedcba9876543210", false
	e.System.Fail(BodyTruncated, 0, 1)
	_, err = tasker.Task(ctx, lost)
	e.System.Heal()
	if e.note(err) == nil {
		return broken("Tasker.Task", "makes the task and returns its id", "it succeeded without an answer, so it may have made two")
	}
	lost.Repeat = true
	if _, err := tasker.Task(ctx, lost); e.note(err) != nil {
		return broken("Tasker.Task", "with Repeat it first looks", "it failed: %w", err)
	}
	if n, err := e.countTasks(ctx, person); err != nil || n != 3 {
		return errors.Join(err, broken("Tasker.Task", "the same task once", "%d tasks are linked to the person, want 3", n))
	}
	gone := task
	gone.Records, gone.Repeat = []string{other}, false
	e.System.Delete(crm.People, other)
	if _, err := tasker.Task(ctx, gone); !errors.Is(e.note(err), crm.ErrInvalid) && !errors.Is(err, crm.ErrNotFound) {
		return broken("Tasker.Task", "a record that does not exist is ErrInvalid or ErrNotFound", "it returned %v", err)
	}
	return e.lastingEach(func() error { _, err := tasker.Task(ctx, task); return err })
}

// countTasks counts the tasks linked to a person.
func (e *env) countTasks(ctx context.Context, person string) (n int, err error) {
	e.System.Settle()
	seen := map[string]bool{}
	for page, err := range e.c.Activities(ctx, crm.Query{Object: crm.Tasks, Links: []string{crm.People}}) {
		if e.note(err) != nil {
			return n, err
		}
		for _, a := range page.Items {
			for _, id := range a.Links[crm.People] {
				if id == person && !seen[a.ID] {
					seen[a.ID] = true
					n++
				}
			}
		}
	}
	return n, nil
}
