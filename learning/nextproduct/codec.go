package nextproduct

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// stored is the written form of a Model.
type stored struct {
	Version  int       `json:"version"`
	Moment   time.Time `json:"moment"`
	Days     int       `json:"days"`
	Buyers   int       `json:"buyers"`
	Both     int       `json:"both"`
	People   int       `json:"people"`
	Products int       `json:"products"`
	Left     Left      `json:"left"`
	Rules    []Rule    `json:"rules"`
	Anyway   []Rule    `json:"anyway"`
}

// MarshalJSON writes a model: the same model, the same bytes.
func (m *Model) MarshalJSON() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	return json.Marshal(stored{Version, m.Moment.UTC(), m.Days, m.Buyers, m.Both, m.People, m.Products, m.Left, m.Rules, m.Anyway})
}

// UnmarshalJSON reads a stored model strictly: another version, an unknown key or a rule that cannot be are refused
// (ErrModel).
func (m *Model) UnmarshalJSON(data []byte) error {
	var s stored
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return fmt.Errorf("%w: %w; fit the model anew", ErrModel, err)
	}
	if s.Version != Version {
		return fmt.Errorf("%w: it has version %d, and this program reads %d; fit the model anew", ErrModel, s.Version, Version)
	}
	read := Model{s.Moment, s.Days, s.Buyers, s.Both, s.People, s.Products, s.Left, s.Rules, s.Anyway}
	if err := read.check(); err != nil {
		return err
	}
	*m = read
	return nil
}
