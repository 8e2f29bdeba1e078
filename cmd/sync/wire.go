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

// site is one connection of the model file: the file as it concerns it, and its connector, which has not been called.
type site struct {
	modelfile.Connection
	file *modelfile.File
	crm  crm.Connector

	siblings worker.Siblings // the connections whose owners people are scored by
}

// sites loads the model file and makes the connectors of all its connections, or of the one --connection names.
func (p *program) sites() ([]site, error) {
	file, err := p.load()
	if err != nil {
		return nil, err
	}
	var all []site
	siblings := worker.Siblings{}
	for _, c := range file.Connections {
		own := file.For(c.Name)
		wanted := p.flags.connection == "" || c.Name == p.flags.connection
		_, owners := own.Mapper.Need().Read[crm.Owners]
		if !wanted && !owners {
			continue
		}
		connector, err := connectors.Open(c.CRM, p.settings.Settings, p.now, logrus.NewEntry(p.log))
		if err != nil {
			return nil, usageError{err}
		}
		siblings[c.Name] = connector
		if wanted {
			all = append(all, site{c, own, connector, siblings})
		}
	}
	if len(all) == 0 {
		return nil, usagef("%s has no connection named %q", file.Name, p.flags.connection)
	}
	return all, nil
}

// alone is the one site of a command that works on one connection.
func (p *program) alone(sites []site) (site, error) {
	if len(sites) > 1 {
		return site{}, usagef("%s has %d connections: name one with --connection", sites[0].file.Name, len(sites))
	}
	return sites[0], nil
}

// open is the site of a command that works on one connection.
func (p *program) open() (site, error) {
	all, err := p.sites()
	if err != nil {
		return site{}, err
	}
	return p.alone(all)
}

// group wires everything a run of all connections needs. The caller closes the store.
func (p *program) group(ctx context.Context) (worker.Group, []site, error) {
	sites, err := p.sites()
	if err != nil {
		return nil, nil, err
	}
	g, err := p.wire(ctx, sites)
	return g, sites, err
}

// wire makes the workers of sites on one store.
func (p *program) wire(ctx context.Context, sites []site) (worker.Group, error) {
	now, err := p.clock()
	if err != nil {
		return nil, err
	}
	store, err := p.openStore(ctx)
	if err != nil {
		return nil, err
	}
	g := make(worker.Group, len(sites))
	for i, s := range sites {
		share(s, store)
		file := s.file
		g[i] = &worker.Worker{
			Connection: s.Name, CRM: s.crm, Store: store,
			Mapper: file.Mapper, Model: file.Model, ModelHash: modelHash(file), Decimals: file.Mapping.Write.Decimals,
			Rules:     plan.Rules{Scores: file.Mapper.ScoreFields(), MinChange: file.Limits.MinChange, Quiet: file.Mapper.Quiet()},
			Companies: companies(file), Siblings: s.siblings, Limits: plan.Limits{MaxChanged: file.Limits.MaxChanged}, Retention: p.settings.retention(),
			Now: now, Log: p.log,
		}
	}
	g[0].Learn = learnOf(sites[0].file, sites[0].file.Learn)
	return g, nil
}

// share has a site's calls come out of the budget of its account that all processes with this store spend from, where it
// keeps one.
func share(s site, store worker.Store) {
	keeper, keeps := store.(interface {
		Budget(system, connection string) crm.Budget
	})
	spender, spends := s.crm.(crm.Budgeted)
	if keeps && spends {
		spender.Share(keeper.Budget(s.CRM, s.Name))
	}
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

// checkSites is checkFields of every site.
func checkSites(ctx context.Context, sites []site) error {
	for _, s := range sites {
		if err := checkFields(ctx, s.file, s.crm); err != nil {
			return err
		}
	}
	return nil
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
