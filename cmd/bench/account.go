package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/bareme/bareme/examples"
	"github.com/bareme/bareme/worker"
)

// bench runs the program it built.
type bench struct{ dir, program string }

// account is a sandbox in a process of its own, and the program's files for it.
type account struct {
	bench
	url    string
	home   string
	people int
	env    []string // besides those of every account
	cmd    *exec.Cmd
}

// open starts a sandbox with so many people.
func (b bench) open(ctx context.Context, people int, limits bool) (*account, error) {
	home, err := os.MkdirTemp(b.dir, "account-")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(home, "bareme.yaml"), examples.HubSpot, 0o600); err != nil {
		return nil, err
	}
	args := []string{"sandbox", "hubspot", "--listen", "127.0.0.1:0", "--people", fmt.Sprint(people)}
	if !limits {
		args = append(args, "--no-limits")
	}
	a := &account{bench: b, home: home, people: people, cmd: exec.CommandContext(ctx, b.program, args...)}
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	a.cmd.Stderr = os.Stderr
	if err := a.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the sandbox did not start: %w", err)
	}
	a.url = strings.TrimSpace(line[strings.Index(line, "http"):])
	_, err = a.bareme(ctx, "provision")
	return a, err
}

func (a *account) close() {
	_ = a.cmd.Process.Kill()
	_ = a.cmd.Wait()
}

// taken is what one run of the program took.
type taken struct {
	out    []byte
	wall   time.Duration
	cpu    time.Duration // of all cores
	memory int64         // bytes, at its peak
}

// command is one command of the program, for this account.
func (a *account) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, a.program, args...)
	cmd.Dir = a.home
	cmd.Env = append(os.Environ(), "BAREME_HUBSPOT_BASE_URL="+a.url, "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox",
		"BAREME_HUBSPOT_DAILY_SHARE=1", "BAREME_STATE="+filepath.Join(a.home, "bareme.db"),
		"BAREME_SALESFORCE_ORG_SHARE=1", "BAREME_SALESFORCE_RUN_SHARE=1")
	cmd.Env = append(cmd.Env, a.env...)
	return cmd
}

// bareme runs one command of the program.
func (a *account) bareme(ctx context.Context, args ...string) (taken, error) {
	cmd := a.command(ctx, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	memory, err := runWatched(cmd)
	t := taken{out: out.Bytes(), wall: time.Since(start), memory: memory}
	if s := cmd.ProcessState; s != nil {
		t.cpu = s.UserTime() + s.SystemTime()
	}
	if err != nil {
		return t, fmt.Errorf("bareme %s: %w\n%s", strings.Join(args, " "), err, errs.String())
	}
	return t, nil
}

// sync runs one sync and reads its report.
func (a *account) sync(ctx context.Context, args ...string) (worker.Report, taken, error) {
	var report worker.Report
	t, err := a.bareme(ctx, append([]string{"sync", "--accept-changes", "-o", "json"}, args...)...)
	if err != nil {
		return report, t, err
	}
	return report, t, json.Unmarshal(t.out, &report)
}

// control moves the sandbox.
func (a *account) control(ctx context.Context, what string, body, answer any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+"/_sandbox/"+what, bytes.NewReader(data))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return errors.New("sandbox: " + string(text))
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

// stage is how long one step of a run took.
func stage(r worker.Report, name string) time.Duration {
	for _, s := range r.Stages {
		if s.Name == name {
			return s.Took
		}
	}
	return 0
}
