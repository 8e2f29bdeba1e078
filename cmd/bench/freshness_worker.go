package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// running is a worker that keeps scores fresh, and where it answers Prometheus.
type running struct {
	cmd     *exec.Cmd
	metrics string
	ended   chan struct{}
}

// start starts a worker and waits for the end of its first run.
func (a *account) start(ctx context.Context) (*running, error) {
	r := &running{cmd: a.command(ctx, "run", "--metrics-address", "127.0.0.1:0"), ended: make(chan struct{})}
	r.cmd.Env = append(r.cmd.Env, "BAREME_LOG_FORMAT=json")
	said, err := r.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	began := make(chan struct{})
	go r.listen(said, began)
	select {
	case <-began:
		return r, nil
	case <-r.ended:
		return nil, errors.Join(errors.New("the worker ended before its first run did"), r.cmd.Wait())
	}
}

// listen reads the log: what is not as it should be is passed on.
func (r *running) listen(said io.Reader, began chan<- struct{}) {
	defer close(r.ended)
	for scan := bufio.NewScanner(said); scan.Scan(); {
		var line struct{ Level, Msg, Address, Error string }
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil || line.Level == "error" {
			_, _ = fmt.Fprintln(os.Stderr, scan.Text())
		}
		switch line.Msg {
		case "metrics answers":
			r.metrics = "http://" + line.Address + "/metrics"
		case "run finished":
			if began != nil {
				close(began)
				began = nil
			}
		}
	}
}

// end asks the worker to stop.
func (r *running) end() {
	_ = r.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	<-r.ended
	_ = r.cmd.Wait()
}

// told is the histogram bareme_freshness_seconds.
type told struct {
	within     map[float64]int // changes by the bucket's upper bound
	count, sum float64
}

// scrape reads the histogram; all its connections are one here.
func (r *running) scrape(ctx context.Context) (told, error) {
	t := told{within: map[float64]int{}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.metrics, nil)
	if err != nil {
		return t, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return t, err
	}
	defer func() { _ = resp.Body.Close() }()
	scan := bufio.NewScanner(resp.Body)
	for scan.Scan() {
		name, value, _ := strings.Cut(scan.Text(), " ")
		n, _ := strconv.ParseFloat(value, 64)
		switch {
		case strings.HasPrefix(name, "bareme_freshness_seconds_count"):
			t.count = n
		case strings.HasPrefix(name, "bareme_freshness_seconds_sum"):
			t.sum = n
		case strings.HasPrefix(name, "bareme_freshness_seconds_bucket"):
			_, le, _ := strings.Cut(name, `le="`)
			bound, err := strconv.ParseFloat(strings.TrimSuffix(le, `"}`), 64)
			if err != nil {
				return t, fmt.Errorf("a bucket without a bound: %s", name)
			}
			t.within[bound] = int(n)
		}
	}
	return t, scan.Err()
}

// since is what was told after an earlier scrape.
func (t told) since(before told) told {
	out := told{within: map[float64]int{}, count: t.count - before.count, sum: t.sum - before.sum}
	for bound, n := range t.within {
		out.within[bound] = n - before.within[bound]
	}
	return out
}

// quantile is what Prometheus makes of the buckets: a share lies on a straight line between two bounds.
func (t told) quantile(share float64) time.Duration {
	need, lower, below := share*t.count, 0.0, 0
	for _, bound := range sorted(t.within) {
		n := t.within[bound]
		if float64(n) >= need && n > below && !math.IsInf(bound, 1) {
			return time.Duration((lower + (bound-lower)*(need-float64(below))/float64(n-below)) * float64(time.Second))
		}
		lower, below = bound, n
	}
	return time.Duration(lower * float64(time.Second))
}
