package scorecard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrCard says that a text is no card of this version.
var ErrCard = errors.New("not a valid scorecard")

// Encode is the card as JSON: the same card gives the same bytes.
func (c *Card) Encode() ([]byte, error) {
	if err := c.Valid(); err != nil {
		return nil, err
	}
	return json.MarshalIndent(c, "", " ")
}

// Decode reads a card. It is strict: keys it does not know, another version, or figures that do not belong together are
// errors that wrap ErrCard.
func Decode(text []byte) (*Card, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var c Card
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCard, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows it", ErrCard)
	}
	if err := c.Valid(); err != nil {
		return nil, err
	}
	return &c, nil
}

// mostPoints keeps sums far from overflow.
const mostPoints = 1_000_000

// Valid reports what does not belong together in the card, as an error that wraps ErrCard.
func (c *Card) Valid() error {
	if c.Version != Version {
		return fmt.Errorf("%w: it is of version %d, and this program reads version %d: fit again", ErrCard, c.Version, Version)
	}
	if !finiteAll(c.Intercept, c.Slope, c.Ridge.Line, c.Ridge.Bends) || c.Rows < 0 || c.Events < 0 || c.Events > c.Rows || abs(c.Base) > mostPoints {
		return fmt.Errorf("%w: its figures are out of range", ErrCard)
	}
	if c.Scaling != nil {
		if err := c.Scaling.valid(); err != nil {
			return fmt.Errorf("%w: %w", ErrCard, err)
		}
	}
	if len(c.Attributes) > 10_000 {
		return fmt.Errorf("%w: %d attributes", ErrCard, len(c.Attributes))
	}
	seen := map[string]bool{}
	for i := range c.Attributes {
		a := &c.Attributes[i]
		if err := a.valid(); err != nil {
			return fmt.Errorf("%w: attribute %q: %w", ErrCard, a.Name, err)
		}
		if title := a.Title(); seen[title] {
			return fmt.Errorf("%w: attribute %q is there twice", ErrCard, title)
		}
		seen[a.Title()] = true
	}
	return nil
}

// ordered reports whether the bins are ranges of numbers.
func (a *Attribute) ordered() bool { return a.Kind == Number || a.Kind == Date }

func (a *Attribute) valid() error {
	n := len(a.Bins)
	switch {
	case a.Name == "":
		return errors.New("it has no name")
	case a.Kind > List || (a.Member != nil) != (a.Kind == List):
		return errors.New("a list asks for one text, nothing else does")
	case a.Missing < -1 || a.Missing >= n || a.Other < -1 || a.Other >= n || a.Missing >= 0 && a.Missing == a.Other:
		return errors.New("it points to a bin that is not there")
	case !finiteAll(a.IV) || abs(a.Neutral) > mostPoints:
		return errors.New("its figures are out of range")
	}
	if err := a.validBins(); err != nil {
		return err
	}
	for i, cut := range a.Cuts {
		if !finiteAll(cut) || i > 0 && cut <= a.Cuts[i-1] {
			return errors.New("its cuts do not rise")
		}
	}
	if !a.ordered() {
		if len(a.Cuts) > 0 {
			return errors.New("texts have no cuts")
		}
		return nil
	}
	ranges := len(a.Cuts) + 1
	if n != ranges && (n != ranges+1 || a.Missing != ranges) || a.Missing >= 0 && a.Missing != ranges || a.Other >= 0 {
		return fmt.Errorf("%d cuts make %d bins, and the missing one more; there are %d", len(a.Cuts), ranges, n)
	}
	return nil
}

func (a *Attribute) validBins() error {
	seen := map[string]bool{}
	for i := range a.Bins {
		b := &a.Bins[i]
		if !finiteAll(b.WoE, b.Logit) || b.Rows < 0 || b.Events < 0 || b.Events > b.Rows || abs(b.Points) > mostPoints {
			return fmt.Errorf("bin %d: its figures are out of range", i+1)
		}
		if len(b.Levels) > 0 && (a.ordered() || i == a.Missing) {
			return fmt.Errorf("bin %d has levels, and is none of texts", i+1)
		}
		for _, level := range b.Levels {
			if seen[level] {
				return fmt.Errorf("level %q is in two bins", level)
			}
			seen[level] = true
		}
	}
	return nil
}

func abs(n int) int {
	if n == math.MinInt {
		return math.MaxInt
	}
	return max(n, -n)
}

func finiteAll(list ...float64) bool {
	for _, v := range list {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
