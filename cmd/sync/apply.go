package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/modelfile"
)

func (p *program) applyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "apply PROPOSAL",
		Short: "Put a proposal of bareme fit into the model file",
		Long: `Puts the score that "bareme fit --out" proposed, with your edits, into the model file: in place of what an earlier
proposal put there, else as a new score. The rest of the file stays as it is, comments included, and the file as it was is
kept beside it. Refused when the model file has changed since the proposal was made, or when the result would not be a
valid model. Asks the CRM nothing and writes no score: the next sync does.`,
		Example: example("bareme fit --out proposal.yaml", "bareme apply proposal.yaml", "bareme preview"),
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.apply(cmd.Context(), args[0]) },
	}
}

// applied is what apply did.
type applied struct {
	Model  string `json:"model"`
	Backup string `json:"backup"`
	Score  string `json:"score"`
}

func (p *program) apply(ctx context.Context, path string) error {
	old, err := p.load()
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("there is no proposal %s. Write one with: bareme fit --out %s", path, path)
	}
	if err != nil {
		return fmt.Errorf("read the proposal: %w", err)
	}
	proposal, err := modelfile.ParseProposal(data)
	if err != nil {
		return usageError{err}
	}
	text, err := proposal.Apply(old.Source)
	if err != nil {
		return usageError{err}
	}
	done := applied{Model: p.modelPath(), Score: proposal.Score}
	if done.Backup, err = replaceModel(done.Model, old.Source, text); err != nil {
		return err
	}
	if err := p.noteApplied(ctx, proposal); err != nil {
		return err
	}
	if p.json() {
		return p.printJSON(done)
	}
	p.printf("Applied: %s now has the score %s. As it was: %s\nNext: bareme preview, then bareme sync\n", done.Model, done.Score, done.Backup)
	return nil
}

// replaceModel checks the new text beside the old file, keeps the old one, and puts the new one in its place at once.
func replaceModel(path string, old, text []byte) (backup string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("the model file: %w", err)
	}
	next := path + ".new"
	if err := os.WriteFile(next, text, info.Mode().Perm()); err != nil {
		return "", fmt.Errorf("write beside the model file: %w", err)
	}
	if _, err := modelfile.Load(next); err != nil {
		return "", errors.Join(usagef("with the proposal, the model would not be valid; nothing has changed:\n%w", err), os.Remove(next))
	}
	backup = path + "." + modelfile.Fingerprint(old)[:8] + ".bak"
	if err := os.WriteFile(backup, old, info.Mode().Perm()); err != nil {
		return "", fmt.Errorf("keep the model file as it was: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return "", fmt.Errorf("replace the model file: %w", err)
	}
	return backup, nil
}

// noteApplied has the state remember what is in force now, where there is one.
func (p *program) noteApplied(ctx context.Context, proposal modelfile.Proposal) (err error) {
	there, err := p.hasState()
	if err != nil || !there {
		return err
	}
	file, err := p.load()
	if err != nil {
		return err
	}
	w, err := p.snapshot(ctx, file)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	return w.Applied(ctx, proposal.Made)
}
