package hubspot_test

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeListsEveryControl keeps ../README.md in step with the code.
func TestReadmeListsEveryControl(t *testing.T) {
	raw, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	controls, _ := quiet(t).do(404, "POST", "/_sandbox/nonsense", nil)["controls"].([]any)
	if len(controls) == 0 {
		t.Fatal("no controls")
	}
	for _, c := range controls {
		if name, _ := c.(string); !strings.Contains(text, "`"+name+"`") {
			t.Errorf("README.md does not name the control %s", name)
		}
	}
}
