package hubspot

import (
	"context"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

var (
	_ crm.Tasker = (*Connector)(nil)
	_ crm.Owned  = (*Connector)(nil)
	_ crm.Linker = (*Connector)(nil)
)

const (
	ownerProperty = "hubspot_owner_id"
	taskBody      = "hs_task_body"
	taskToContact = 204 // HubSpot: associations API, association type ids
	longestTitle  = 200
)

// OwnerField implements crm.Owned.
func (c *Connector) OwnerField() string { return ownerProperty }

// RecordURL implements crm.Linker. HubSpot: 0-1 are contacts and 0-2 companies.
func (c *Connector) RecordURL(account crm.Account, ours, id string) string {
	kind := map[string]string{crm.People: "0-1", crm.Companies: "0-2"}[ours]
	if account.URL == "" || kind == "" {
		return ""
	}
	return account.URL + "/record/" + kind + "/" + id
}

// CheckTasks implements crm.Tasker, by an update of no tasks.
func (c *Connector) CheckTasks(ctx context.Context) error {
	const op = "check making tasks"
	tasks, err := objectOf(op, crm.Tasks)
	if err != nil {
		return err
	}
	return kinded(ctx, op, crm.Tasks, c.probe(ctx, tasks))
}

// Task implements crm.Tasker. The key stands at the end of the task's text, and is looked for among the tasks of the
// contact: these are read from the associations, which a new task is part of at once, and not by a search, which learns of
// it later.
//
// HubSpot: objects API, create a record (tasks).
func (c *Connector) Task(ctx context.Context, t crm.Task) (string, error) {
	const op = "make a task"
	o, err := recordsOf(op, t.Object)
	if err != nil {
		return "", err
	}
	if o.ours != crm.People || len(t.Records) == 0 || t.Key == "" {
		return "", &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: t.Object, Message: "a task is about people, and has a key"}
	}
	for _, id := range t.Records {
		if !isID(id) {
			return "", &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: t.Object, Message: "not a HubSpot record id"}
		}
	}
	tasks, err := objectOf(op, crm.Tasks)
	if err != nil {
		return "", err
	}
	if t.Repeat {
		if id, err := c.findTask(ctx, op, o, tasks, t); err != nil || id != "" {
			return id, kinded(ctx, op, crm.Tasks, err)
		}
	}
	made, err := rest.Call[wireRecord](ctx, c.rest, rest.Request{
		Op: op, Kind: "task", Object: crm.Tasks, Method: http.MethodPost, Path: c.dialect.list(tasks), Body: newTask(t), Window: c.burst, Once: true,
	})
	return made.ID, kinded(ctx, op, crm.Tasks, err)
}

// findTask looks for the task among those of its first contact, "" when it is not there.
func (c *Connector) findTask(ctx context.Context, op string, people, tasks object, t crm.Task) (string, error) {
	linked, err := c.readLinks(ctx, op, people, tasks, t.Records[:1])
	if err != nil {
		return "", err
	}
	found, err := c.readAll(ctx, op, tasks, linked[t.Records[0]], []string{taskBody})
	if err != nil {
		return "", err
	}
	for _, r := range found {
		if strings.Contains(r.value(taskBody), t.Key) {
			return r.ID, nil
		}
	}
	return "", nil
}

type wireNewTask struct {
	Properties   map[string]string `json:"properties"`
	Associations []wireNewLink     `json:"associations"`
}

type wireNewLink struct {
	To    wireID            `json:"to"`
	Types []wireNewLinkType `json:"types"`
}

type wireNewLinkType struct {
	Category string `json:"associationCategory"`
	ID       int    `json:"associationTypeId"`
}

// newTask is the task as HubSpot takes it: its text is HTML.
func newTask(t crm.Task) wireNewTask {
	lines := make([]string, 0, len(t.Lines)+1)
	for _, line := range append(t.Lines[:len(t.Lines):len(t.Lines)], "Barème "+t.Key) {
		lines = append(lines, html.EscapeString(line))
	}
	out := wireNewTask{Properties: map[string]string{
		"hs_task_subject": shortened(t.Title, longestTitle), taskBody: strings.Join(lines, "<br>"), "hs_task_status": "NOT_STARTED",
		"hs_task_type": "TODO", "hs_task_priority": "HIGH", engagementTime: t.Due.UTC().Format(time.RFC3339),
	}}
	if t.Owner != "" {
		out.Properties[ownerProperty] = t.Owner
	}
	for _, id := range t.Records {
		out.Associations = append(out.Associations, wireNewLink{wireID{ID: id}, []wireNewLinkType{{"HUBSPOT_DEFINED", taskToContact}}})
	}
	return out
}

// shortened cuts a text to so many characters.
func shortened(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
