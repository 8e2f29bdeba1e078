package salesforce_test

import (
	"errors"
	"testing"

	"github.com/bareme/bareme/crm"
)

// TestTasksThatMayNotBeMade: a user who may see tasks and not edit them is told before the first alert.
func TestTasksThatMayNotBeMade(t *testing.T) {
	a := begin(t)
	c := a.connect()
	a.ok(c.CheckTasks(t.Context()))
	a.HideField("Task", true)
	err := c.CheckTasks(t.Context())
	if want := "check making tasks: the user may not make tasks. Give the user Edit Tasks in a permission set"; !errors.Is(err, crm.ErrAuth) || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
