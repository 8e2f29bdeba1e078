package chaos

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// replica is one worker: a process that can be killed.
type replica struct {
	cmd  *exec.Cmd
	said said
	err  error // once done is closed
	done chan struct{}
}

// said is what a process writes while it is read.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// String is all that was said so far.
func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (w *world) replica(state string) *replica {
	w.t.Helper()
	r := &replica{cmd: w.command(state, "run", "--metrics-address", "127.0.0.1:0"), done: make(chan struct{})}
	r.cmd.Stderr = &r.said
	w.do(r.cmd.Start())
	go func() {
		defer close(r.done)
		r.err = r.cmd.Wait()
	}()
	return r
}

// kill ends a worker at once.
func (r *replica) kill() {
	_ = r.cmd.Process.Kill() // it may have ended by itself
	<-r.done
}

// stop asks a worker to end, and waits for as long as its pod would.
func (r *replica) stop() error {
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-r.done:
		return r.err
	case <-time.After(40 * time.Second):
		r.kill()
		return context.DeadlineExceeded
	}
}

// ended says whether a worker ended by itself.
func (r *replica) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// tail is the end of what a worker said.
func (r *replica) tail() string {
	lines := strings.Split(strings.TrimSpace(r.said.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}

// use is what a process holds.
type use struct{ goroutines, files int }

// use asks a worker for its goroutines, and the system for its open files.
func (r *replica) use(ctx context.Context) (use, error) {
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", r.cmd.Process.Pid))
	if err != nil {
		return use{}, err
	}
	address := r.address()
	if address == "" {
		return use{}, errors.New("it has not said where its metrics are")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return use{}, err
	}
	req.Close = true // no connection stays open to be counted
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return use{}, err
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if n, ok := strings.CutPrefix(lines.Text(), "go_goroutines "); ok {
			count, err := strconv.Atoi(n)
			return use{goroutines: count, files: len(files)}, err
		}
	}
	return use{}, errors.New("its metrics do not count goroutines")
}

// stacks has a worker end with the stacks of its goroutines, and counts those that were begun at the same place.
func (r *replica) stacks() string {
	_ = r.cmd.Process.Signal(syscall.SIGQUIT) // it may have ended
	<-r.done
	counts := map[string]int{}
	for line := range strings.Lines(r.said.String()) {
		if by, ok := strings.CutPrefix(line, "created by "); ok {
			by, _, _ = strings.Cut(by, " in goroutine")
			counts[strings.TrimSpace(by)]++
		}
	}
	var out strings.Builder
	for _, by := range slices.Sorted(maps.Keys(counts)) {
		_, _ = fmt.Fprintf(&out, "%4d %s\n", counts[by], by) // a builder takes everything
	}
	return out.String()
}

// address is where a worker answers /metrics, "" as long as it has not said so.
func (r *replica) address() string {
	for line := range strings.Lines(r.said.String()) {
		var entry struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "metrics answers" {
			return entry.Address
		}
	}
	return ""
}

// crew is the workers on one database.
type crew struct {
	*world
	url      string
	replicas []*replica
	did      map[string]int
	meet     func(held) // what is done at a step
}

const replicas = 3

func newCrew(t *testing.T, o options) *crew {
	t.Helper()
	c := &crew{url: server.Database(t), did: map[string]int{}}
	c.world = newWorld(t, o)
	c.must(c.state(), "provision")
	c.hubspot.ClearRequests() // from here on, calls come out of the budget the workers share
	for range replicas {
		c.replicas = append(c.replicas, c.replica(c.state()))
	}
	t.Cleanup(func() {
		for _, r := range c.replicas {
			r.kill()
		}
	})
	return c
}

// state is the setting that names the database.
func (c *crew) state() string { return "BAREME_DATABASE_URL=" + c.url }

// kill kills a worker and starts another in its place.
func (c *crew) kill(i int) {
	c.t.Helper()
	c.replicas[i].kill()
	c.replicas[i] = c.replica(c.state())
}

// replace stops a worker and starts another in its place, as a deployment does: one that starts asks at once what is due.
func (c *crew) replace(i int) {
	c.t.Helper()
	c.stop(i)
	c.replicas[i] = c.replica(c.state())
}

func (c *crew) stop(i int) {
	c.t.Helper()
	if err := c.replicas[i].stop(); err != nil && c.replicas[i].said.String() != "" { // one that has not begun yet knows no better
		c.t.Errorf("replica %d, asked to stop: %v\n%s", i, err, c.replicas[i].tail())
	}
}

// respawn starts workers again that ended by themselves, as the platform does with their pods. None should: what goes wrong
// passes.
func (c *crew) respawn() {
	c.t.Helper()
	for i, r := range c.replicas {
		if r.ended() {
			c.t.Errorf("a worker ended by itself: %v\n%s", r.err, r.tail())
			c.replicas[i] = c.replica(c.state())
		}
	}
}
