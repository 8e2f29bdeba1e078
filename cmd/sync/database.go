package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/internal/secretfile"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

// secret is a setting that prints as nothing of itself.
type secret string

const redacted = "[redacted]"

// Format hides the setting from every verb.
func (s secret) Format(f fmt.State, _ rune) {
	if s != "" {
		_, _ = f.Write([]byte(redacted)) // a formatter has no way to report a failed write
	}
}

// MarshalText hides the setting from encoders.
func (s secret) MarshalText() ([]byte, error) { return fmt.Append(nil, s), nil } //nolint:unparam // the interface has an error

// databaseURL is where state is kept in PostgreSQL: how the URL is now; nil when it is kept in a file.
func (p *program) databaseURL() (postgres.URL, error) {
	url, file := string(p.settings.DatabaseURL), p.settings.DatabaseURLFile
	if p.flags.state != "" || url == "" && file == "" {
		return nil, nil // a file named on the command line is meant for this one command
	}
	if p.settings.State != "" {
		return nil, usagef("BAREME_STATE and BAREME_DATABASE_URL exclude each other: state is in a file or in a database")
	}
	if url != "" && file != "" {
		return nil, usagef("BAREME_DATABASE_URL and BAREME_DATABASE_URL_FILE exclude each other: set one")
	}
	if file == "" {
		return func() (string, error) { return url, nil }, nil
	}
	return p.databaseURLOf(file)
}

// databaseURLOf reads the URL from a file that may be replaced while we run. What it is replaced with must name the same
// database: else, and when the file has gone, the URL before it stays in use.
func (p *program) databaseURLOf(path string) (postgres.URL, error) {
	file := &secretfile.File{Path: path, Warn: secretfile.Warn(logrus.NewEntry(p.log), "BAREME_DATABASE_URL_FILE")}
	first, err := file.Read()
	if err != nil {
		return nil, usagef("BAREME_DATABASE_URL_FILE: %w", err)
	}
	if postgres.Renewable(first, first) == nil { // else opening it says what is wrong
		file.Check = func(text string) error { return postgres.Renewable(first, text) }
	}
	return file.Read, nil
}

// openStore opens the state. The caller closes it.
func (p *program) openStore(ctx context.Context) (worker.Store, error) {
	url, err := p.databaseURL()
	if err != nil {
		return nil, err
	}
	if url != nil {
		store, err := postgres.OpenRenewed(ctx, url)
		if errors.Is(err, postgres.ErrURL) {
			err = usageError{err}
		}
		if err != nil {
			return nil, err // not the nil pointer, which would be a store
		}
		return store, nil
	}
	path, err := p.statePath()
	if err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, path)
	if p.looks && errors.Is(err, worker.ErrStoreLocked) {
		store, err = sqlite.OpenReadOnly(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	return store, nil
}

// statePlace names where state is kept, for people.
func (p *program) statePlace() (string, error) {
	switch url, err := p.databaseURL(); {
	case err != nil:
		return "", err
	case url != nil:
		return "the database of BAREME_DATABASE_URL", nil
	}
	return p.statePath()
}

// hasState says whether there is anything to open: a database is there or cannot be used, a file may not be there yet.
func (p *program) hasState() (bool, error) {
	if url, err := p.databaseURL(); err != nil || url != nil {
		return err == nil, err
	}
	path, err := p.statePath()
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist), nil
}
