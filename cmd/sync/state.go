package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/store/move"
	"github.com/bareme/bareme/worker"
)

func (p *program) stateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Move what bareme keeps: from a file to a database, back, or into a backup",
		Long: `What bareme keeps (the snapshot of the CRM, scores, what was written and why) is in a file, or in the PostgreSQL database
of BAREME_DATABASE_URL. Export writes all of it to one compressed file that both understand; import fills an empty one
and checks that it holds the same. Stop every run first: what happens after the export is not in it.

An export holds personal data: keep it like the state itself, and delete it when it has served.`,
		Example: example("bareme state export bareme-state.gz", "BAREME_DATABASE_URL=postgres://… bareme state import bareme-state.gz"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	file := func(args []string) string { return args[0] }
	cmd.AddCommand(&cobra.Command{
		Use: "export FILE|-", Short: "Write everything that is kept to a file, or to standard output",
		Example: example("bareme state export bareme-state.gz", "bareme state export - | ssh backup 'cat > bareme-state.gz'"),
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.exportState(cmd.Context(), file(args)) },
	}, &cobra.Command{
		Use: "import FILE|-", Short: "Fill an empty state from a file, or from standard input",
		Example: example("bareme state import bareme-state.gz", "bareme state import - < bareme-state.gz"),
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.importState(cmd.Context(), file(args)) },
	})
	return cmd
}

// movable opens the state as something that can be moved.
func (p *program) movable(ctx context.Context) (move.Target, worker.Store, error) {
	store, err := p.openStore(ctx)
	if err != nil {
		return nil, nil, err
	}
	target, ok := store.(move.Target)
	if !ok {
		return nil, nil, errors.Join(errors.New("this state cannot be moved"), store.Close())
	}
	return target, store, nil
}

func (p *program) exportState(ctx context.Context, path string) (err error) {
	if there, err := p.hasState(); err != nil || !there {
		if err == nil {
			err = usagef("there is no state to export: run a sync first, or name the file with --state")
		}
		return err
	}
	from, store, err := p.movable(ctx)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	if path == "-" {
		counts, err := move.Export(ctx, from, p.out, p.now(), buildVersion())
		if err == nil {
			_, _ = fmt.Fprintln(p.err, moved("exported", counts)) // standard output carries the export
		}
		return err
	}
	var counts []move.Count
	if err := whole(path, func(w io.Writer) error {
		counts, err = move.Export(ctx, from, w, p.now(), buildVersion())
		return err
	}); err != nil {
		return err
	}
	return p.tellMoved("exported", counts)
}

// whole writes a file readable by its owner alone, under its name only once all of it is on the disk; a file that is there
// already is kept.
func whole(path string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return usagef("%s is there already: name another file, or remove it", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return fmt.Errorf("cannot write the export: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return os.Rename(f.Name(), path)
}

func (p *program) importState(ctx context.Context, path string) (err error) {
	var in io.Reader = os.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return usagef("cannot read the export: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		in = f
	}
	to, store, err := p.movable(ctx)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	counts, err := move.Import(ctx, in, to)
	if err != nil {
		return err
	}
	return p.tellMoved("imported and checked", counts)
}

func (p *program) tellMoved(what string, counts []move.Count) error {
	if p.json() {
		return p.printJSON(counts)
	}
	p.printf("%s\n", moved(what, counts))
	return nil
}

// moved is what was moved, in a line.
func moved(what string, counts []move.Count) string {
	rows := map[string]int{}
	for _, c := range counts {
		rows[c.Table] = int(c.Rows)
	}
	return fmt.Sprintf("%s: %s, %s, %s, %s of the ledger", what, counted(rows["records"], "record", "records"),
		counted(rows["activities"], "activity", "activities"), counted(rows["pending"], "pending update", "pending updates"), counted(rows["ledger"], "entry", "entries"))
}
