// Package clientcheck drives the sandbox with HubSpot's own Node client.
package clientcheck_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// TestHubSpotsOwnClient runs check.mjs: what a program written against the real service sees of the sandbox.
func TestHubSpotsOwnClient(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed: install Node 22 or newer, then `npm ci` in sandbox/hubspot/clientcheck, to run this test")
	}
	if _, err := os.Stat("node_modules/@hubspot/api-client"); err != nil {
		t.Skip("HubSpot's client is not installed: run `npm ci` in sandbox/hubspot/clientcheck to run this test")
	}
	box := hubspot.New(hubspot.Options{People: 250, Seed: 1})
	server := httptest.NewServer(box)
	defer server.Close()
	cmd := exec.CommandContext(t.Context(), node, "check.mjs", server.URL, "pat-na1-sandbox")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var saw map[string]any
	if err := json.Unmarshal(out, &saw); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	withCompany := 0
	for _, id := range box.IDs("contacts") {
		r, err := box.Record("contacts", id)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Links["companies"]) > 0 {
			withCompany++
		}
	}
	want := map[string]any{
		"contacts": 250.0, "withCompany": float64(withCompany), "searchTotal": 249.0, "searchFirst": true, "property": "ls_score",
		"written": 2.0, "score": "72", "source": "INTEGRATION", "missing": "OBJECT_NOT_FOUND", "linked": true, "owners": 8.0,
		"expiresIn": 1800.0, "conflict": "409 CONFLICT", "after_secondly": true, "after_status": true,
	}
	if diff := cmp.Diff(want, saw); diff != "" {
		t.Error(diff)
	}
}
