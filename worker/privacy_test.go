package worker_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// TestNoPersonalDataLeaves plants a canary in a person's every field, and looks for it in all that a run says.
func TestNoPersonalDataLeaves(t *testing.T) {
	t.Parallel()
	const canary = "canary-4711"
	w := newWorld(t)
	w.populate(10)
	w.provision()
	w.crm.Put(crm.People, "odd", crm.Fields{
		"email": canary + "@example.com", "jobtitle": canary + " director", "clicks": canary, "last_click": canary,
	}, nil)
	w.crm.Refuse(crm.People, "odd")
	report := w.run(worker.Options{Accept: true})
	said, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	if report.Rejected != 1 {
		t.Errorf("%d were rejected: the test plants one", report.Rejected)
	}
	for name, text := range map[string]string{"report": string(said), "log": w.log.String()} {
		if strings.Contains(text, canary) {
			t.Errorf("the %s holds a person's data: %s", name, text)
		}
	}
}

// TestAddressIsNotKept: the state file finds people by their address without holding it, unless the model maps it.
func TestAddressIsNotKept(t *testing.T) {
	t.Parallel()
	w := first(t, 10)
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(w.state + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "p003@example.com") {
			t.Errorf("%s holds an address the model does not map", w.state+suffix)
		}
	}
}
