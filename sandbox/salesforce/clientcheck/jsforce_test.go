// Package clientcheck drives the sandbox with clients that other people wrote for the real service: jsforce, and
// Salesforce's own command-line tool.
package clientcheck_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// TestJsforce runs check.mjs: what a program written with jsforce sees of the sandbox.
func TestJsforce(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed: install Node 20 or newer, then `npm ci` in sandbox/salesforce/clientcheck, to run this test")
	}
	if _, err := os.Stat("node_modules/jsforce"); err != nil {
		t.Skip("jsforce is not installed: run `npm ci` in sandbox/salesforce/clientcheck to run this test")
	}
	box := salesforce.New(salesforce.Options{People: 1500, Seed: 1})
	server := httptest.NewServer(box)
	defer server.Close()
	key, err := box.SigningKey()
	if err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(keyFile, key, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "check.mjs", server.URL, box.Session(""), keyFile)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var saw map[string]any
	if err := json.Unmarshal(out, &saw); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	leads, _ := saw["token"].(float64)
	want := map[string]any{
		"credentials": box.OrgID(), "jwt": leads, "refresh": leads, "token": leads, "expired": "INVALID_SESSION_ID",
		"firstPage": 200.0, "secondPage": []any{leads - 200, true}, "owner": "string", "fetched": leads, "children": true, "grouped": true,
		"found": true, "malformed": "MALFORMED_QUERY", "invalidField": "INVALID_FIELD",
		"email": "email", "keyPrefix": "00Q", "objects": true, "limits": 15000.0, "usage": 15000.0,
		"created": true, "updated": []any{true, "NUMBER_OUTSIDE_VALID_RANGE", true}, "title": "One", "destroyed": true,
		"gone": "ENTITY_IS_DELETED", "deleted": 1.0,
		"bulkRows": leads, "bulkDate": true, "bulkDone": []any{"false", "false"}, "bulkFailed": []any{"INVALID_CROSS_REFERENCE_KEY"},
		"bulkLeft": 0.0, "bulkTitle": "Bulk", "bulkRefused": "FEATURENOTENABLED",
		"bulkHeader": "Ingest job failed to complete due to: InvalidBatch : InvalidBatch : Field name not found : Nope__c. Batch will not be retried.",
	}
	if diff := cmp.Diff(want, saw); diff != "" {
		t.Error(diff)
	}
}
