package salesforce

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

var (
	_ crm.Tasker      = (*Connector)(nil)
	_ crm.TaskGranter = (*Connector)(nil)
	_ crm.Owned       = (*Connector)(nil)
	_ crm.Linker      = (*Connector)(nil)
)

// longestSubject is how many characters the subject of a task holds.
const longestSubject = 255

// OwnerField implements crm.Owned.
func (c *Connector) OwnerField() string { return colOwner }

// RecordURL implements crm.Linker: Salesforce finds the kind of a record by its id.
func (c *Connector) RecordURL(account crm.Account, _, id string) string {
	if account.URL == "" {
		return ""
	}
	return account.URL + "/" + id
}

// CheckTasks implements crm.Tasker.
func (c *Connector) CheckTasks(ctx context.Context) error {
	d, err := c.describeAgain(ctx, task)
	if err != nil {
		return err
	}
	if !d.Createable {
		return &crm.Error{Kind: crm.ErrAuth, Op: "check making tasks", Object: crm.Tasks, Message: "the user may not make tasks",
			Hint: "It lacks Edit Tasks: assign the permission set " + permissionSet + ", or run bareme provision"}
	}
	return nil
}

// Task implements crm.Tasker. The key stands at the end of the task's description. A description cannot be searched, so it
// is looked for among all tasks of the person, those deleted since included: who deleted it does not want it back.
//
// Salesforce: REST API, sObject Basic Information (Task).
func (c *Connector) Task(ctx context.Context, t crm.Task) (string, error) {
	const op = "make a task"
	if t.Object != crm.People || len(t.Records) == 0 || t.Key == "" {
		return "", &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: t.Object, Message: "a task is about people, and has a key"}
	}
	who, ok := long(t.Records[0])
	if !ok {
		return "", &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: t.Object, Message: "not a Salesforce record id"}
	}
	if t.Repeat {
		if id, err := c.findTask(ctx, op, who, t.Key); err != nil || id != "" {
			return id, kinded(ctx, op, crm.Tasks, err)
		}
	}
	fields := map[string]any{
		colWho: who, "Subject": shortened(t.Title, longestSubject), "Priority": "High", "ActivityDate": t.Due.UTC().Format(time.DateOnly),
		"Description": strings.Join(append(t.Lines[:len(t.Lines):len(t.Lines)], "Barème "+t.Key), "\n"),
	}
	if t.Owner != "" {
		fields[colOwner] = t.Owner
	}
	saved, err := rest.Call[wireSaved](ctx, c.rest, rest.Request{
		Op: op, Kind: "task", Object: crm.Tasks, Method: http.MethodPost, Path: c.path("/sobjects/" + task), Header: changing(), Body: fields, Once: true,
	})
	if err != nil {
		return "", kinded(ctx, op, crm.Tasks, err)
	}
	if len(saved.Errors) > 0 && !saved.Success {
		return "", saved.Errors[0].explain(op, crm.Tasks, "")
	}
	return saved.ID, nil
}

// findTask looks for a task by its key among those of a person, "" when it is not there.
func (c *Connector) findTask(ctx context.Context, op, who, key string) (string, error) {
	rows, err := c.whole(ctx, op, crm.Tasks, query{columns: []string{colID, "Description"}, from: task, where: []string{colWho + " = " + quote(who)}, all: true})
	if err != nil {
		return "", err
	}
	for _, r := range rows {
		if strings.Contains(r["Description"], key) {
			return r.id(), nil
		}
	}
	return "", nil
}

// shortened cuts a text to so many characters.
func shortened(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
