package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/worker/jobs"
)

func (p *program) jobsCommand() *cobra.Command {
	var retry, discard string
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "Show the jobs that are not done, and retry or discard one",
		Long: `With BAREME_DATABASE_URL, runs are taken in pieces that all processes share: jobs. This lists those that are not done, the
dead first: cancelled ones failed for a reason that another attempt would not change, discarded ones failed at every attempt.
What a dead job left undone is done by the next run anyhow; --retry has it done at once. A job that is done is not listed.`,
		Example: example("bareme jobs", "bareme jobs --retry 1234", "bareme jobs -o json | jq '.[] | select(.state == \"discarded\")'"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if retry != "" && discard != "" {
				return usagef("--retry and --discard exclude each other")
			}
			return p.jobs(cmd.Context(), retry, discard)
		},
	}
	cmd.Flags().StringVar(&retry, "retry", "", "have the job with this id done at once")
	cmd.Flags().StringVar(&discard, "discard", "", "give the job with this id up; its run ends as failed")
	return cmd
}

func (p *program) jobs(ctx context.Context, retry, discard string) (err error) {
	store, err := p.openStore(ctx)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	shared, ok := store.(*postgres.Store)
	if !ok {
		return usagef("there are no jobs: state is in a file, and one process takes each run from beginning to end. With BAREME_DATABASE_URL there are")
	}
	queue, err := jobs.NewQueue(ctx, shared)
	if err != nil {
		return err
	}
	switch {
	case retry != "":
		return p.retryJob(ctx, queue, retry)
	case discard != "":
		return p.discardJob(ctx, queue, discard)
	}
	list, err := queue.List(ctx)
	if err != nil {
		return err
	}
	if p.json() {
		if list == nil {
			list = []jobs.Job{}
		}
		return p.printJSON(list)
	}
	if len(list) == 0 {
		p.printf("no jobs: everything is done\n")
		return nil
	}
	p.printf("%-8s %-15s %-10s %-14s %8s  %s\n", "ID", "STAGE", "STATE", "CONNECTION", "ATTEMPT", "DUE")
	for _, j := range list {
		p.printf("%-8d %-15s %-10s %-14s %8s  %s\n", j.ID, j.Stage, j.State, j.Connection, strconv.Itoa(j.Attempt)+"/"+strconv.Itoa(j.MaxAttempts), j.Due.Format("2006-01-02 15:04:05"))
		if j.Error != "" {
			p.printf("         %s\n", strings.ReplaceAll(j.Error, "\n", "\n         "))
		}
	}
	return nil
}

func (p *program) retryJob(ctx context.Context, queue *jobs.Queue, text string) error {
	id, err := jobID(text)
	if err != nil {
		return err
	}
	begun, err := queue.Retry(ctx, id)
	if err != nil {
		return err
	}
	p.printf("job %d: %s\n", id, pick(begun, "its run has ended; a new one begins, and goes on where that one stopped", "it is done as soon as a process is free"))
	return nil
}

func (p *program) discardJob(ctx context.Context, queue *jobs.Queue, text string) error {
	id, err := jobID(text)
	if err != nil {
		return err
	}
	if err := queue.Discard(ctx, id); err != nil {
		return err
	}
	p.printf("job %d is given up\n", id)
	return nil
}

func jobID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, usagef("%q is not the id of a job: bareme jobs lists them", text)
	}
	return id, nil
}
