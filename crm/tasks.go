package crm

import (
	"context"
	"time"
)

// Owned connectors tell in which field of people the CRM keeps the id of the owner.
type Owned interface{ OwnerField() string }

// Linker tells where a person opens a record in the CRM's own pages; "" when that is not known.
type Linker interface {
	RecordURL(account Account, object, id string) string
}

// Task is work for the owner of records.
type Task struct {
	Key     string   // names it for good; it is kept in the task, and tells it from every other
	Object  string   // of the records
	Records []string // whom it is about, the first one above all: a CRM that links a task to one record links that one
	Owner   string   // whose work it is; "" leaves it to the CRM
	Title   string   // one line
	Lines   []string
	Due     time.Time
	Repeat  bool // the same task may have been made before: look for its Key first
}

// Tasker gives owners work to do.
type Tasker interface {
	// Task makes the task and returns its id. With Repeat it first looks, among the tasks of the first record, for one
	// with the same Key, and returns that instead. Without it nothing is looked for. A record or an owner that does not
	// exist is ErrInvalid or ErrNotFound.
	Task(ctx context.Context, t Task) (id string, err error)

	// CheckTasks says what would keep a task from being made, a missing right above all, as ErrAuth. It makes none.
	CheckTasks(ctx context.Context) error
}

// TaskGranter is a Tasker that can give its own user the right to make tasks, as a Provisioner gives it fields.
type TaskGranter interface {
	// GrantTasks gives the right if it is missing, and says whether it was. What it may not give is ErrAuth, with what an
	// administrator does instead.
	GrantTasks(ctx context.Context) (granted bool, err error)
}
