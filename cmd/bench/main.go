// Command bench measures Barème and prints the tables of docs/performance.md: API calls against the least possible
// number, time against what the rate limits allow, and speed and memory with limits off. It drives the real program
// against the real sandbox, each in a process of its own.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"time"
)

// sizes are how many people each table is measured with.
type sizes struct {
	calls, limits, small, large, million int
	crossing                             []int // records of the table crossover
	replicas                             []int // of the table budget
	spending                             time.Duration
	trickle                              trickle
	leads                                []int // of the table bulk
	scale                                scaling
}

func main() {
	short := flag.Bool("short", false, "small populations: the form of the tables, not their figures")
	state := flag.String("sweep", "", "only rescore the people of this state file, and print the report: what the million table runs")
	fit := flag.Bool("fit", false, "with -sweep: a score by purchases learns from everybody first")
	share := flag.String("replica", "", "only take part in the runs of this database, until standard input ends: what the scale table runs")
	at := flag.String("at", "", "with -replica: the moment scores are computed for")
	part := flag.Int("part", 0, "with -replica: records in a part")
	whole := flag.Bool("whole", false, "with -only scale: also a million people written at the pace HubSpot allows (half an hour more)")
	only := flag.String("only", "", "one table: scoring, rules, calls, crossover, speed, bulk, million, limits, budget, freshness or scale (alone)")
	leads := flag.Int("leads", 0, "with -only bulk: this many leads alone")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	switch {
	case *share != "":
		err = replica(ctx, *share, *at, *part)
	case *state != "":
		err = sweep(ctx, *state, *fit)
	default:
		err = run(ctx, *short, *only, *leads, scalingOf(*short, *whole))
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, short bool, only string, leads int, scale scaling) error {
	n := sizes{calls: 20_000, limits: 20_000, small: 20_000, large: 200_000, million: 1_000_000, crossing: []int{200, 1000, 1500, 2000, 5000, 20_000, 50_000},
		replicas: []int{1, 2, 4}, spending: 30 * time.Second,
		trickle: trickle{people: 5000, every: "* * * * *", period: time.Minute, lasting: 6 * time.Minute, lag: 10 * time.Second, between: time.Second}}
	if short {
		n = sizes{calls: 2_000, limits: 1_000, small: 1_000, large: 5_000, million: 20_000, crossing: []int{200, 1000, 2000, 5000},
			replicas: []int{4}, spending: 10 * time.Second,
			trickle: trickle{people: 500, every: "@every 5s", period: 5 * time.Second, lasting: 20 * time.Second, lag: time.Second, between: time.Second / 4}}
	}
	n.scale = scale
	if n.leads = []int{n.small, n.large}; leads > 0 {
		n.leads = []int{leads}
	}
	dir, err := os.MkdirTemp("", "bareme-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := bench{dir: dir, program: filepath.Join(dir, "bareme")}
	build := exec.CommandContext(ctx, "go", "build", "-o", b.program, "./cmd/sync")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the program: %w", err)
	}
	fmt.Printf("Barème bench: %s, %d cores, %s\n", runtime.Version(), runtime.NumCPU(), time.Now().UTC().Format("2 January 2006"))
	for _, table := range []struct {
		name  string
		print func(context.Context, sizes) error
		alone bool // it takes long: only when it is named
	}{
		{name: "scoring", print: b.scoring},
		{name: "rules", print: b.rules},
		{name: "calls", print: b.calls},
		{name: "crossover", print: b.crossover},
		{name: "speed", print: b.speed},
		{name: "bulk", print: b.throughBulk},
		{name: "million", print: b.million},
		{name: "limits", print: b.limits},
		{name: "budget", print: b.budget},
		{name: "freshness", print: b.freshness},
		{name: "scale", print: b.scale, alone: true},
	} {
		if only != table.name && (only != "" || table.alone) {
			continue
		}
		if err := table.print(ctx, n); err != nil {
			return fmt.Errorf("table %s: %w", table.name, err)
		}
	}
	return nil
}
