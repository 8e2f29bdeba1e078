package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/worker"
	"github.com/bareme/bareme/worker/jobs"
)

// replica is one process that takes part in runs until its standard input ends. It says "ready" when it does, begins what
// is due at each line it reads, and prints the report of each run whose end falls to it.
func replica(ctx context.Context, address, moment string, part int) (err error) {
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return err
	}
	w, err := openMillion(ctx, address, scaleModel())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Store.Close()) }()
	store, ok := w.Store.(*postgres.Store)
	if !ok {
		return errors.New("replicas share a PostgreSQL database: give its URL")
	}
	w.Now = func() time.Time { return at }
	ended := make(chan worker.Report, 1)
	runner, err := jobs.New(ctx, jobs.Config{Group: worker.Group{w}, Store: store, Log: w.Log, PartSize: part, After: func(r worker.Report) { ended <- r }})
	if err != nil {
		return err
	}
	if err := runner.Start(ctx); err != nil {
		return err
	}
	fmt.Println("ready")
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(os.Stdin); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	for {
		select {
		case r := <-ended:
			if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
				return err
			}
		case _, more := <-lines:
			if !more {
				return runner.Stop(context.WithoutCancel(ctx))
			}
			if err := runner.Due(ctx); err != nil {
				return err
			}
		}
	}
}

// scaleModel is the model of the million table with a score by purchases, so that a run can learn from everybody.
func scaleModel() string { return strings.Replace(millionModel, "grade: ", millionFit+"grade: ", 1) }

// process is a replica that was started.
type process struct {
	cmd  *exec.Cmd
	in   io.WriteCloser // its end has a replica of the bench stop; nil: an interrupt does
	said *bufio.Reader
}

// startReplica starts one and waits until it takes part.
func startReplica(ctx context.Context, address string, at time.Time, part int) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.CommandContext(ctx, self, "-replica", address, "-at", at.Format(time.RFC3339), "-part", strconv.Itoa(part))}
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.said = bufio.NewReader(out)
	if line, err := p.said.ReadString('\n'); err != nil || line != "ready\n" {
		return nil, errors.Join(fmt.Errorf("a replica did not start: %q", line), p.cmd.Wait())
	}
	return p, nil
}

// wait is done at the next line this replica says that holds these words.
func (p *process) wait(words string) (string, error) {
	for {
		line, err := p.said.ReadString('\n')
		if err != nil {
			return line, fmt.Errorf("a replica ended early: %w", err)
		}
		if strings.Contains(line, words) {
			return line, nil
		}
	}
}

// drain reads what else a replica says, so that it can end.
func (p *process) drain() { _, _ = io.Copy(io.Discard, p.said) }

// spent is what a replica took altogether.
type spent struct {
	cpu    time.Duration // user and system
	memory int64         // bytes, at its peak
}

// end has the replica stop, and tells what it took.
func (p *process) end() (spent, error) {
	s := spent{memory: peakOf(p.cmd.Process.Pid)}
	var err error
	if p.in != nil {
		err = p.in.Close()
	} else {
		err = p.cmd.Process.Signal(os.Interrupt)
	}
	if err != nil {
		return s, err
	}
	p.drain()
	if err := p.cmd.Wait(); err != nil {
		return s, fmt.Errorf("a replica: %w", err)
	}
	s.cpu = p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
	if usage, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && s.memory == 0 {
		s.memory = usage.Maxrss * 1024
	}
	return s, nil
}

// endAll ends all replicas.
func endAll(all []*process) (list []spent, err error) {
	for _, p := range all {
		s, failed := p.end()
		list, err = append(list, s), errors.Join(err, failed)
	}
	return list, err
}

// kill ends replicas that did not end by themselves.
func kill(all []*process) {
	for _, p := range all {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill() // it may just have ended
			_ = p.cmd.Wait()
		}
	}
}

// first waits until any replica says these words, and returns the line.
func first(all []*process, words string) (string, error) {
	type said struct {
		line string
		err  error
	}
	hears := make(chan said, len(all))
	for _, p := range all {
		go func() {
			line, err := p.wait(words)
			hears <- said{line, err}
		}()
	}
	s := <-hears
	return s.line, s.err
}

// replica starts the real program's worker for an account.
func (a *account) replica(ctx context.Context) (*process, error) {
	p := &process{cmd: a.command(ctx, "run")}
	out, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	p.said = bufio.NewReader(out)
	return p, p.cmd.Start()
}
