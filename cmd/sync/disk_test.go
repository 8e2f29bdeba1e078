package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/sandbox/hubspot"
)

// onDisk runs commands, one after the other, with a small disk of their own mounted at ./disk; each prints its exit code.
const onDisk = `mount -t tmpfs -o size=$0 none disk || exit 99
for step; do $step; echo "exit code $?"; done`

// TestDisks takes the state through a disk that fills up in the middle of a first load, is made larger, and can then not
// be written any more: each is told in words, nothing is lost, and at the end every score is there, written once.
func TestDisks(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command("unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("a disk of one's own needs root and unshare (apt-get install util-linux): %v %s", err, out)
	}
	const people = 300
	box := hubspot.New(hubspot.Options{Seed: 1, People: people, Limits: hubspot.Limits{Off: true}})
	server := httptest.NewServer(box)
	defer server.Close()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "bareme.yaml"), examples.HubSpot, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(home, "disk"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("unshare", "--mount", "sh", "-c", onDisk, "400k",
		"bareme provision", "bareme sync --accept-changes", "mount -o remount,size=64m disk", "bareme sync --accept-changes",
		"mount -o remount,ro disk", "bareme sync")
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "BAREME_STATE=disk/bareme.db", "BAREME_HUBSPOT_BASE_URL="+server.URL, "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox")
	out, err := cmd.CombinedOutput()
	said := strings.ReplaceAll(string(out), home, "$HOME")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	const readOnly = "bareme: cannot write the state file $HOME/disk/bareme.db: read-only file system. Name a file you may write with --state"
	want := []string{
		"exit code 0", "bareme: no room to write the state file $HOME/disk/bareme.db: free some space on its disk and run again; what was stored before is safe", "exit code 1",
		"exit code 0", "exit code 0", "exit code 0", readOnly, "exit code 1",
	}
	got := regexp.MustCompile(`(?m)^(bareme: .*|exit code \d+)$`).FindAllString(said, -1)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, said)
	}
	updates := 0
	for _, r := range box.Requests() {
		if r.Operation == "batch_update" && r.Status < 300 {
			updates += r.Inputs
		}
	}
	if all := people + len(box.IDs("companies")); updates != all {
		t.Errorf("%d records were written, want %d, each once\n%s", updates, all, said)
	}
}
