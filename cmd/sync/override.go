package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/worker"
)

// overrideFlags are what bareme override was told.
type overrideFlags struct {
	score, add            string
	freeze, clear         bool
	author, reason, until string
	company               bool
}

func (p *program) overrideCommand() *cobra.Command {
	var f overrideFlags
	cmd := &cobra.Command{
		Use:   "override ID|EMAIL",
		Short: "Set, move or freeze one score by hand, for a while",
		Long: `Sets the overall score of one person, or with --company of one company, by hand (--score), moves it (--add), or keeps the record as it shows (--freeze),
until the end of a day. With several connections it holds for all records of the person. It says who and why, stands apart in the explanation and in the ledger, and ends by itself;
--clear ends it now. The scores, the grade and everything that is learned from data stay as computed. The next sync
writes it. People who said no are not scored, by hand neither.`,
		Example: example(
			`bareme override 72810357568 --score 90 --author "Claire Petit" --reason "signed a letter of intent" --until 2026-12-31`,
			`bareme override jane@example.com --add -20 --author "Claire Petit" --reason "works for a supplier" --until 2027-03-31`,
			"bareme override 72810357568 --clear"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("override takes one record id or e-mail address; see bareme override --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.override(cmd.Context(), args[0], f) },
	}
	cmd.Flags().StringVar(&f.score, "score", "", "the overall score to show")
	cmd.Flags().StringVar(&f.add, "add", "", "points to add to the overall score, or to take away")
	cmd.Flags().BoolVar(&f.freeze, "freeze", false, "keep the record as it shows")
	cmd.Flags().BoolVar(&f.clear, "clear", false, "end what was set by hand")
	cmd.Flags().StringVar(&f.author, "author", "", "who says so")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why")
	cmd.Flags().StringVar(&f.until, "until", "", "the last day it holds, like 2026-12-31")
	cmd.Flags().BoolVar(&f.company, "company", false, "the id is that of a company")
	return cmd
}

func (p *program) override(ctx context.Context, who string, f overrideFlags) (err error) {
	o, err := f.parse()
	if err != nil {
		return err
	}
	g, sites, err := p.group(ctx)
	if err != nil {
		return err
	}
	defer closing(g[0].Store, &err)
	w, same, err := known(ctx, g, sites, who, f.company)
	if err != nil {
		return err
	}
	if f.clear {
		o.ID, err = w.ClearOverride(ctx, who)
	} else {
		o, err = w.SetOverride(ctx, who, o)
	}
	if err != nil {
		return err
	}
	if p.json() {
		return p.printJSON(o)
	}
	if f.clear {
		p.printf("Record %s: nothing is set by hand any more. The next sync writes the computed score.\n", recordText(o.ID, same))
		return nil
	}
	p.printf("Record %s: %s until the end of %s. The next sync writes it.\n", recordText(o.ID, same), doneByHand(o), f.until)
	return nil
}

// parse reads the flags: one thing to do, with who, why and until when.
func (f overrideFlags) parse() (o worker.Override, err error) {
	var said []string
	for _, flag := range []struct {
		name  string
		given bool
	}{{"--score", f.score != ""}, {"--add", f.add != ""}, {"--freeze", f.freeze}, {"--clear", f.clear}} {
		if flag.given {
			said = append(said, flag.name)
		}
	}
	if len(said) != 1 {
		return o, usagef("say one of --score, --add, --freeze and --clear")
	}
	if f.clear {
		return o, nil
	}
	for _, needed := range []struct{ name, value string }{{"--author", f.author}, {"--reason", f.reason}, {"--until", f.until}} {
		if strings.TrimSpace(needed.value) == "" {
			return o, usagef("%s is missing: what is set by hand says who, why and until when (--author, --reason, --until)", needed.name)
		}
	}
	o.Author, o.Reason = strings.TrimSpace(f.author), strings.TrimSpace(f.reason)
	day, err := time.Parse(time.DateOnly, f.until)
	if err != nil {
		return o, usagef("--until %q is not a day: write it like 2026-12-31", f.until)
	}
	o.Until = day.Add(24 * time.Hour)
	switch said[0] {
	case "--score":
		o.Kind = worker.OverrideScore
		o.Points, err = strconv.ParseFloat(f.score, 64)
	case "--add":
		o.Kind = worker.OverrideAdd
		o.Points, err = strconv.ParseFloat(f.add, 64)
	default:
		o.Kind = worker.OverrideFreeze
	}
	if err != nil {
		return o, usagef("%s takes a number of points, like %s 20", said[0], said[0])
	}
	return o, nil
}

// recordText names a record and the others of the same person or company.
func recordText(id string, same []worker.Link) string {
	if len(same) == 0 {
		return id
	}
	return id + ", and " + linksText(same)
}

// doneByHand tells what was done.
func doneByHand(o worker.Override) string {
	switch o.Kind {
	case worker.OverrideScore:
		return fmt.Sprintf("the score is %s", trimmed(o.Points))
	case worker.OverrideAdd:
		return fmt.Sprintf("%+g points", o.Points)
	}
	return "the record keeps what it shows"
}
