// Package firstname estimates how old the bearers of a French first name are: not one number, but the ages half of them
// lie between, and silence where a name says little. It knows ages and nothing else, and keeps no name it is asked for.
//
// Births are INSEE's, deaths INSEE's and INED's; NOTICE says where the table comes from and what is not in it.
package firstname

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the table
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

//go:embed fr_firstname_age_2023.csv.gz
var packed []byte

// Table holds the names. It does not change and is safe for concurrent use.
type Table struct {
	rows  map[string][]row // by folded name: one row for each spelling and sex
	heads map[string]bool  // words that compound names begin with: jean, marie …
}

// row is one spelling of a name for one sex: how many bear it, and how old they are.
type row struct {
	sex   Sex
	alive float64
	ages  [5]float64 // that shares[i] of the bearers have not passed
}

// shares are the parts of the bearers a row has an age for.
var shares = [5]float64{0.10, 0.25, 0.50, 0.75, 0.90}

// Load reads the table this package carries.
func Load() (*Table, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("firstname: %w", err)
	}
	return read(unpacked)
}

// read reads a table: a header, then name, sex, number alive, share of the sex, and the five ages.
func read(from io.Reader) (*Table, error) {
	lines := csv.NewReader(from)
	lines.FieldsPerRecord = 9
	lines.ReuseRecord = true
	if _, err := lines.Read(); err != nil {
		return nil, fmt.Errorf("firstname: %w", err)
	}
	t := &Table{rows: map[string][]row{}, heads: map[string]bool{}}
	for {
		fields, err := lines.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("firstname: %w", err)
		}
		if err := t.add(fields); err != nil {
			line, _ := lines.FieldPos(0)
			return nil, fmt.Errorf("firstname: line %d: %w", line, err)
		}
	}
}

func (t *Table) add(fields []string) error {
	r := row{sex: ReadSex(fields[1])}
	if r.sex == Either {
		return fmt.Errorf("a sex is F or M")
	}
	var err error
	if r.alive, err = strconv.ParseFloat(fields[2], 64); err != nil || !(r.alive > 0) || r.alive > 1e9 {
		return fmt.Errorf("the number of people alive must lie above 0")
	}
	for i := range r.ages {
		if r.ages[i], err = strconv.ParseFloat(fields[4+i], 64); err != nil || !(r.ages[i] >= 0 && r.ages[i] <= oldest) || i > 0 && r.ages[i] < r.ages[i-1] {
			return fmt.Errorf("ages must rise from 0 to %d", oldest)
		}
	}
	name := strings.Join(split(fields[0]), "-")
	if name == "" {
		return fmt.Errorf("there is no name")
	}
	if head, _, compound := strings.Cut(name, "-"); compound {
		t.heads[head] = true
	}
	t.rows[name] = append(t.rows[name], r)
	return nil
}
