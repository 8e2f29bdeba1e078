package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/report"
	"github.com/bareme/bareme/worker"
)

// previewAgainst compares the model in force with another file on the snapshot. It makes no connector, so that it cannot
// call the CRM, and needs no token.
func (p *program) previewAgainst(ctx context.Context, against, html string, examples int) (err error) {
	file, err := p.load()
	if err != nil {
		return err
	}
	old, err := modelfile.Load(against)
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("there is no model file %s to compare with", against)
	}
	if err != nil {
		return usageError{err}
	}
	w, err := p.snapshot(ctx, file)
	if err != nil {
		return err
	}
	defer closing(w.Store, &err)
	bar := p.progress()
	w.Progress = bar
	c, err := w.Compare(ctx, contender(old.For(w.Connection)), contender(file.For(w.Connection)), examples)
	if err == nil {
		c.Companies, err = compareCompanies(ctx, w, old.For(w.Connection), file.For(w.Connection), examples)
	}
	bar.end()
	switch {
	case err != nil:
		return err
	case c.People == 0:
		return usagef("the snapshot holds nobody yet. Run bareme sync or bareme preview first")
	case html != "":
		if err := writeHTML(html, c); err != nil {
			return err
		}
	}
	if p.json() {
		return p.printJSON(c)
	}
	p.printComparison(c)
	if html != "" {
		p.printf("\nWritten: %s\n", html)
	}
	return nil
}

func contender(f *modelfile.File) worker.Contender {
	return worker.Contender{Name: filepath.Base(f.Name), Hash: f.Hash(), Mapper: f.Mapper, Model: f.Model, Decimals: f.Mapping.Write.Decimals}
}

// compareCompanies compares the models of companies, nil when not both files score companies.
func compareCompanies(ctx context.Context, w *worker.Worker, old, file *modelfile.File, examples int) (*worker.Comparison, error) {
	if old.Companies == nil || file.Companies == nil {
		return nil, nil
	}
	c, err := w.CompareCompanies(ctx, contenderOfCompanies(old), contenderOfCompanies(file), examples)
	return &c, err
}

func contenderOfCompanies(f *modelfile.File) worker.Contender {
	people, c := contender(f), f.Companies
	return worker.Contender{Name: people.Name, Hash: people.Hash, Mapper: c.Mapper, Model: c.Model, Decimals: c.Mapping.Write.Decimals, People: &people}
}

// snapshot opens the state alone: a worker without a CRM.
func (p *program) snapshot(ctx context.Context, file *modelfile.File) (*worker.Worker, error) {
	conn := file.Connections[0] // with several, everybody known to the first, with what all know of them
	for _, c := range file.Connections {
		if c.Name == p.flags.connection {
			conn = c
		}
	}
	if p.flags.connection != "" && conn.Name != p.flags.connection {
		return nil, usagef("%s has no connection named %q", file.Name, p.flags.connection)
	}
	now, err := p.clock()
	if err != nil {
		return nil, err
	}
	switch there, err := p.hasState(); {
	case err != nil:
		return nil, err
	case !there:
		place, err := p.statePath()
		if err != nil {
			return nil, err
		}
		return nil, usagef("there is no state file %s. Run bareme sync or bareme preview first", place)
	}
	store, err := p.openStore(ctx)
	if err != nil {
		return nil, err
	}
	return &worker.Worker{Connection: conn.Name, Store: store, Mapper: file.For(conn.Name).Mapper, Model: file.Model, ModelHash: file.Hash(), Companies: companies(file.For(conn.Name)), Now: now, Log: p.log}, nil
}

// writeHTML writes the report, readable by its owner alone: it names records.
func writeHTML(path string, c worker.Comparison) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.Comparison(f, c)
}
