// Package modelfile reads the model file: one YAML file that holds the mapping, the scoring model, the limits and the
// schedule. It is strict, and every problem is shown with its line, a caret under the part concerned, and what to do.
//
// What the file may hold is written once, as shapes in keys.go. The check, the JSON Schema for editors
// (bareme.schema.json) and docs/configuration.md all follow from them.
package modelfile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

//go:generate go run ./internal/gendoc -schema bareme.schema.json -reference ../docs/configuration.md

// File is a model file that was read, checked and compiled.
type File struct {
	Name        string // as it appears in errors
	Connections []Connection
	Part              // how people are mapped and scored
	Companies   *Part // how companies are; nil: they are not scored
	Limits      Limits
	Schedule    Schedule
	Alerts      []Alert
	Learn       *Learn            // what is learnt from history; nil: the file does not say
	Warnings    []scoring.Problem // worth a look, without stopping anything; Show renders one
	Source      []byte            // the file as it was read

	root   *node
	source lines
}

// Connection names a CRM account.
type Connection struct {
	Name string
	CRM  string // one of CRMs
}

// Limits keep a run from writing too little or too much at a time.
type Limits struct {
	MinChange        float64 // a score that moved less is not written, unless the grade or label moved
	MinCompanyChange float64 // the same for companies, whose scores may have another scale
	MaxChanged       float64 // the share of records, 0 to 1, above which a run is refused
}

// Schedule says when the scheduled worker does what, as cron lines of five fields; "" is never.
type Schedule struct {
	Sync, Rescore, Reload, Fit string
	TimeZone                   *time.Location
}

// Load reads the model file at path. What is wrong in it is an *Error.
func Load(path string) (*File, error) {
	data, err := readLimited(path, maxBytes)
	if err != nil {
		return nil, fmt.Errorf("read the model file: %w", err)
	}
	dir := filepath.Dir(path)
	return Parse(path, data, func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		return readLimited(name, maxLookup)
	})
}

// readLimited reads at most one byte more than limit, so that a file too large is seen and never held.
func readLimited(path string, limit int64) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// Parse reads a model file from memory. The name appears in errors; read gives the content of the lookup tables the file
// names, by the path written there, and may be nil when it names none. What is wrong is an *Error.
func Parse(name string, data []byte, read func(path string) ([]byte, error)) (*File, error) {
	src := split(string(data))
	root, problems := readTree(data)
	if root == nil || len(problems) > 0 {
		return nil, fail(name, src, problems)
	}
	if problems = checkTree(root, src); len(problems) > 0 {
		return nil, fail(name, src, problems)
	}
	f := &File{Name: name, Source: data, root: root, source: src}
	b := &builder{checker: checker{src: src}, read: read}
	b.file(f, root)
	if len(b.problems) > 0 {
		return nil, fail(name, src, b.problems)
	}
	if err := f.compile(); err != nil {
		return nil, err
	}
	return f, nil
}

// checkTree compares the file with its shape. The version comes first: a file of another version has other keys, and
// errors about those would only confuse.
func checkTree(root *node, src lines) []located {
	c := &checker{src: src}
	if v := root.get("version"); v != nil && v.kind == scalarNode && v.text != itoa(Version) {
		c.add(v.span(src), "version "+quote(v.text)+" of the model file is not supported", "This program reads version 1: write version: 1, or use the program the file was written for.")
		return c.problems
	}
	c.check(root, fileShape, "the model file")
	return c.problems
}

// compile compiles mapping and scoring, and reports the problems of both together.
func (f *File) compile() error {
	mapper, problems := mapping.Compile(f.Mapping)
	if err := f.Locate(problems); err != nil {
		return err
	}
	model, more := scoring.Compile(f.Scoring, mapper.Schema())
	problems = append(problems, more...)
	problems = append(problems, f.forgottenStages()...)
	if err := f.Locate(problems); err != nil {
		return err
	}
	f.Mapper, f.Model = mapper, model
	if err := f.Locate(f.checkAlerts()); err != nil {
		return err
	}
	if err := f.checkLearn(); err != nil {
		return err
	}
	if err := f.compileCompanies(); err != nil {
		return err
	}
	if err := f.Locate(f.reviewed(textOf(f.root.get("privacy").get("human_review")) == "true")); err != nil {
		return err
	}
	f.Warnings = append(f.Warnings, problems...)
	return nil
}

// Hash stands for everything in the file that decides what records show: two files with the same hash give the same
// scores and write the same fields. Comments, quotes and layout do not change it, nor do the schedule, the connection and
// the limits; the content of lookup tables does.
func (f *File) Hash() string {
	// Marshal sorts the keys of maps and cannot fail on these types: every number was read from digits.
	parts := []any{Version, f.Mapping, f.Scoring}
	if c := f.Companies; c != nil {
		parts = append(parts, c.Mapping, c.Scoring)
	}
	data, err := json.Marshal(parts)
	if err != nil {
		data = f.Source
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}
