package learning

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// Encode is what was learnt as JSON: the same Fitted gives the same bytes.
func (f *Fitted) Encode() ([]byte, error) {
	if err := f.valid(); err != nil {
		return nil, err
	}
	return json.MarshalIndent(f, "", " ")
}

// Decode reads what was learnt. It is strict: unknown keys, a card of another version, or figures that do not belong
// together are errors that wrap ErrTable.
func Decode(text []byte) (*Fitted, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var f Fitted
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("%w: not what fit stores: %w", ErrTable, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: not what fit stores: something follows it", ErrTable)
	}
	if err := f.valid(); err != nil {
		return nil, err
	}
	return &f, nil
}

func (f *Fitted) valid() error {
	if f.Card == nil {
		return fmt.Errorf("%w: there is no card", ErrTable)
	}
	if err := f.Card.Valid(); err != nil {
		return fmt.Errorf("%w: %w", ErrTable, err)
	}
	r := &f.Reference
	if len(r.Attributes) != len(f.Card.Attributes) || len(r.Scores) != len(r.Cuts)+2 {
		return fmt.Errorf("%w: the reference is of another card", ErrTable)
	}
	for i, list := range r.Attributes {
		if len(list) != len(f.Card.Attributes[i].Bins)+1 || !counts(list) {
			return fmt.Errorf("%w: the reference of %q is of another card", ErrTable, f.Card.Attributes[i].Title())
		}
	}
	if !counts(r.Scores) || !(r.Rate >= 0 && r.Rate <= 1) || !rising(r.Cuts) {
		return fmt.Errorf("%w: the figures of the reference are out of range", ErrTable)
	}
	return nil
}

func rising(list []float64) bool {
	for i := 1; i < len(list); i++ {
		if !(list[i] > list[i-1]) {
			return false
		}
	}
	return true
}

func counts(list []float64) bool {
	for _, v := range list {
		if !(v >= 0) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
