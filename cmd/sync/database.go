package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

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

// databaseURL is where state is kept in PostgreSQL; "" when it is kept in a file.
func (p *program) databaseURL() (string, error) {
	url, file := string(p.settings.DatabaseURL), p.settings.DatabaseURLFile
	if p.flags.state != "" || url == "" && file == "" {
		return "", nil // a file named on the command line is meant for this one command
	}
	if p.settings.State != "" {
		return "", usagef("BAREME_STATE and BAREME_DATABASE_URL exclude each other: state is in a file or in a database")
	}
	if url != "" && file != "" {
		return "", usagef("BAREME_DATABASE_URL and BAREME_DATABASE_URL_FILE exclude each other: set one")
	}
	if file == "" {
		return url, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usagef("BAREME_DATABASE_URL_FILE: cannot read the file: %w", err)
	}
	if url = strings.TrimSpace(string(text)); url == "" {
		return "", usagef("BAREME_DATABASE_URL_FILE: %s is empty", file)
	}
	return url, nil
}

// openStore opens the state. The caller closes it.
func (p *program) openStore(ctx context.Context) (worker.Store, error) {
	url, err := p.databaseURL()
	if err != nil {
		return nil, err
	}
	if url != "" {
		store, err := postgres.Open(ctx, url)
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
	case url != "":
		return "the database of BAREME_DATABASE_URL", nil
	}
	return p.statePath()
}

// hasState says whether there is anything to open: a database is there or cannot be used, a file may not be there yet.
func (p *program) hasState() (bool, error) {
	if url, err := p.databaseURL(); err != nil || url != "" {
		return err == nil, err
	}
	path, err := p.statePath()
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist), nil
}
