package salesforce_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
)

// TestTasksThatMayNotBeMade: a user who may see tasks and not edit them is told before the first alert.
func TestTasksThatMayNotBeMade(t *testing.T) {
	a := begin(t)
	c := a.connect()
	a.ok(c.CheckTasks(t.Context()))
	a.HideField("Task", true)
	err := c.CheckTasks(t.Context())
	if want := "check making tasks: the user may not make tasks. It lacks Edit Tasks: assign the permission set Bareme_Worker, or run bareme provision"; !errors.Is(err, crm.ErrAuth) || err.Error() != want {
		t.Errorf("got %v", err)
	}

	a.SetRight(sandbox.CustomizeApplication, false)
	if granted, err := c.GrantTasks(t.Context()); granted || !errors.Is(err, crm.ErrAuth) || !strings.Contains(err.Error(), "sf org assign permset") {
		t.Errorf("without the right to give rights: %t, %v", granted, err)
	}
	a.SetRight(sandbox.CustomizeApplication, true)
	for _, want := range []bool{true, false} {
		if granted, err := c.GrantTasks(t.Context()); granted != want || err != nil {
			t.Errorf("granted %t, want %t: %v", granted, want, err)
		}
	}
	a.ok(c.CheckTasks(t.Context()))
}
