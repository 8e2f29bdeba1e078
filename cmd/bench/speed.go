package main

import (
	"context"
	"fmt"
	"time"
)

// speed measures the steps of a run with the sandbox's limits off, and the memory they take. The sandbox shares the
// machine, so what asks it for pages is held back by it too.
func (b bench) speed(ctx context.Context, n sizes) error {
	title("Speed and memory, limits off (the sandbox on the same cores)")
	row("", "people", "seconds", "people/s", "peak memory")
	for _, people := range []int{n.small, n.large} {
		if err := b.speedOf(ctx, people); err != nil {
			return err
		}
	}
	return nil
}

func (b bench) speedOf(ctx context.Context, people int) error {
	a, err := b.open(ctx, people, false)
	if err != nil {
		return err
	}
	defer a.close()
	load, took, err := a.sync(ctx)
	if err != nil {
		return err
	}
	speedRow("pull into the store", people, stage(load, "pull"), "")
	speedRow("map, score and plan", people, stage(load, "score"), "")
	speedRow("write", load.Written, stage(load, "write"), "")
	speedRow("first load, all of it", people, took.wall, megabytes(took.memory))
	at := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	if _, _, err := a.sync(ctx, "--rescore", "--now", at); err != nil { // writes what a day moved
		return err
	}
	sweep, took, err := a.sync(ctx, "--rescore", "--now", at)
	if err != nil {
		return err
	}
	speedRow("rescore sweep from the store", sweep.Scored, stage(sweep, "score"), megabytes(took.memory))
	return nil
}

func speedRow(name string, people int, took time.Duration, memory string) {
	row(name, count(people), fmt.Sprintf("%.2f", took.Seconds()), count(int(float64(people)/took.Seconds())), memory)
}
