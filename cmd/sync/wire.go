package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/connectors"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

func (p *program) modelPath() string {
	if p.flags.model != "" {
		return p.flags.model
	}
	return p.settings.Model
}

func (p *program) statePath() (string, error) {
	switch {
	case p.flags.state != "":
		return p.flags.state, nil
	case p.settings.State != "":
		return p.settings.State, nil
	default:
		return sqlite.DefaultPath(os.Getenv, runtime.GOOS)
	}
}

// load reads the model file, and tells its warnings.
func (p *program) load() (*modelfile.File, error) {
	path := p.modelPath()
	file, err := modelfile.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no model file %s. Write one with: bareme init", path)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return file, nil
}

// connection picks the connection a command works on.
func (p *program) connection(file *modelfile.File) (modelfile.Connection, error) {
	for _, c := range file.Connections {
		if c.Name == p.flags.connection || (p.flags.connection == "" && len(file.Connections) == 1) {
			return c, nil
		}
	}
	if p.flags.connection == "" {
		return modelfile.Connection{}, usagef("%s has %d connections: name one with --connection", file.Name, len(file.Connections))
	}
	return modelfile.Connection{}, usagef("%s has no connection named %q", file.Name, p.flags.connection)
}

// open loads the model file and makes the connector it names, without calling it.
func (p *program) open() (*modelfile.File, modelfile.Connection, crm.Connector, error) {
	file, err := p.load()
	if err != nil {
		return nil, modelfile.Connection{}, nil, err
	}
	conn, err := p.connection(file)
	if err != nil {
		return nil, conn, nil, err
	}
	connector, err := connectors.Open(conn.CRM, p.settings.Settings, p.now, logrus.NewEntry(p.log))
	if err != nil {
		return nil, conn, nil, usageError{err}
	}
	return file, conn, connector, nil
}

// worker wires everything a run needs. The caller closes the store.
func (p *program) worker(ctx context.Context) (*worker.Worker, *modelfile.File, error) {
	file, conn, connector, err := p.open()
	if err != nil {
		return nil, nil, err
	}
	now, err := p.clock()
	if err != nil {
		return nil, nil, err
	}
	store, err := p.openStore(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &worker.Worker{
		Connection: conn.Name, CRM: connector, Store: store,
		Mapper: file.Mapper, Model: file.Model, ModelHash: modelHash(file), Decimals: file.Mapping.Write.Decimals,
		Rules:     plan.Rules{Scores: file.Mapper.ScoreFields(), MinChange: file.Limits.MinChange, Quiet: file.Mapper.Quiet()},
		Companies: companies(file), Limits: plan.Limits{MaxChanged: file.Limits.MaxChanged}, Retention: p.settings.retention(),
		Now: now, Log: p.log,
	}, file, nil
}

// companies is how companies are scored, nil when the file does not say.
func companies(file *modelfile.File) *worker.Companies {
	c := file.Companies
	if c == nil {
		return nil
	}
	return &worker.Companies{
		Mapper: c.Mapper, Model: c.Model, Decimals: c.Mapping.Write.Decimals,
		Rules: plan.Rules{Scores: c.Mapper.ScoreFields(), MinChange: file.Limits.MinCompanyChange, Quiet: c.Mapper.Quiet()},
	}
}

// modelHash names everything that decides what records show.
func modelHash(file *modelfile.File) string {
	hash := file.Hash() + "." + file.Model.Hash()
	if file.Companies != nil {
		hash += "." + file.Companies.Model.Hash()
	}
	return hash
}

// closing joins the error of a command with that of closing its store.
func closing(store worker.Store, err *error) {
	if cerr := store.Close(); cerr != nil && *err == nil {
		*err = fmt.Errorf("close the state: %w", cerr)
	}
}

// checkFields compares the model with the CRM's own field definitions, so that a mistake is named with its line in the
// model file before anything runs.
func checkFields(ctx context.Context, file *modelfile.File, connector crm.Connector) error {
	schemas, err := describeNeeded(ctx, file, connector)
	if err != nil {
		return err
	}
	return validate(file, schemas)
}

// describeNeeded asks the CRM for the fields of every object the model names.
func describeNeeded(ctx context.Context, file *modelfile.File, connector crm.Connector) (map[string]crm.Schema, error) {
	need := file.Need()
	schemas := map[string]crm.Schema{}
	for _, names := range []map[string][]string{need.Read, need.Write} {
		for object := range names {
			if object == crm.Owners {
				continue // not an object with fields of its own
			}
			if _, done := schemas[object]; done {
				continue
			}
			schema, err := connector.Describe(ctx, object)
			if err != nil {
				return nil, err
			}
			schemas[object] = schema
		}
	}
	return schemas, nil
}

// validate names every mistake of the model against these fields with its line.
func validate(file *modelfile.File, schemas map[string]crm.Schema) error {
	if err := file.Locate(file.Validate(schemas)); err != nil {
		return usageError{err}
	}
	return nil
}
