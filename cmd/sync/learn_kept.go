package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/worker"
)

// keptFlags name a fit from a spreadsheet, and the people who came since.
type keptFlags struct {
	learnFlags
	fitted string
}

func (f *keptFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.fitted, "fitted", "", "what bareme fit --csv --keep kept, instead of the state")
	cmd.Flags().StringVar(&f.csv, "csv", "", "with --fitted: a CSV or XLSX file of the people who came since")
	cmd.Flags().StringVar(&f.outcome, "outcome", "", "with --csv: the column that says who converted; without it only how people are spread is compared")
	cmd.Flags().StringVar(&f.positive, "positive", "", "with --outcome: its values that mean yes, separated by commas (default: 1, yes, true …)")
}

// check reports flags that do not belong together; drift needs the people of a file.
func (f *keptFlags) check(drift bool) error {
	switch {
	case f.fitted == "" && f.csv+f.outcome+f.positive != "":
		return usagef("--csv belongs to --fitted, the file that bareme fit --csv --keep wrote; without both, the state is looked at")
	case f.fitted != "" && f.csv == "" && drift:
		return usagef("--fitted needs --csv, the people who came since")
	case f.csv == "" && f.outcome+f.positive != "":
		return usagef("--outcome and --positive belong to --csv")
	case f.positive != "" && f.outcome == "":
		return usagef("--positive belongs to --outcome")
	}
	return nil
}

// keepFit writes what was learnt from a spreadsheet to a file of its own; nothing where none is named.
func keepFit(path string, made *worker.Proposal) error {
	if path == "" {
		return nil
	}
	text, err := json.MarshalIndent(made, "", " ")
	if err != nil {
		return fmt.Errorf("what was learnt cannot be kept: %w", err)
	}
	return writeNew(path, append(text, '\n'))
}

// readFit reads what keepFit wrote.
func readFit(path string) (*worker.Proposal, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no %s. Write it with: bareme fit --csv FILE --keep %s", path, path)
	}
	if err != nil {
		return nil, fmt.Errorf("read what was learnt: %w", err)
	}
	made, err := worker.ReadProposal(text)
	if err != nil {
		return nil, usagef("%s: it is no file that bareme fit --keep wrote: %w", path, err)
	}
	return made, nil
}

// keptDrift compares the rows of a file with those a kept fit was learnt from.
func (p *program) keptDrift(ctx context.Context, f keptFlags) (*worker.Proposal, *learning.DriftReport, error) {
	made, err := readFit(f.fitted)
	if err != nil {
		return nil, nil, err
	}
	m, err := p.load()
	if err != nil {
		return nil, nil, err
	}
	f.open = true
	l := csvLearn(m, f.learnFlags)
	h, err := p.csvHistory(ctx, m, l, f.learnFlags)
	if err != nil {
		return nil, nil, refusedFit(err)
	}
	d, err := worker.Drift(made, h, m.Model.Grades(), m.Model.Labels())
	if err != nil {
		err = refusedFit(err)
	}
	return made, d, err
}
