package clv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// stored is the written form of a Model: named parameters in their order, so that the bytes depend on nothing else.
type stored struct {
	Version     int         `json:"version"`
	Buying      storedPart  `json:"buying"`
	Spending    *storedPart `json:"spending,omitempty"`
	Correlation float64     `json:"correlation"`
	Findings    []Finding   `json:"findings,omitempty"`
}

type storedPart struct {
	Model      string            `json:"model"`
	Parameters []storedParameter `json:"parameters"`
	Figures
}

type storedParameter struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

const gammaGamma = "gamma-gamma"

func spendingNames() []string { return []string{"p", "q", "v"} }

// MarshalJSON writes a model that Check accepts: the same model, the same bytes.
func (m *Model) MarshalJSON() ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	names, values := m.Buying.names(), m.Buying.parameters()
	s := stored{
		Version: Version, Correlation: m.Correlation, Findings: m.Findings,
		Buying: part(string(m.Buying.Kind()), names[:], values[:], m.BuyingFit),
	}
	if g := m.Spending; g != nil {
		var figures Figures
		if m.SpendingFit != nil {
			figures = *m.SpendingFit
		}
		p := part(gammaGamma, spendingNames(), []float64{g.P, g.Q, g.V}, figures)
		s.Spending = &p
	}
	return json.Marshal(s)
}

func part(model string, names []string, values []float64, f Figures) storedPart {
	p := storedPart{Model: model, Figures: f, Parameters: make([]storedParameter, len(names))}
	for i := range names {
		p.Parameters[i] = storedParameter{names[i], values[i]}
	}
	return p
}

// UnmarshalJSON reads a stored model strictly: another version, an unknown key or parameters that cannot be are refused.
func (m *Model) UnmarshalJSON(data []byte) error {
	var s stored
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return refuse(BadModel, "stored model", err.Error(), "fit the model anew")
	}
	if s.Version != Version {
		return refuse(BadModel, "version", fmt.Sprintf("the stored model has version %d, and this program reads %d", s.Version, Version), "fit the model anew")
	}
	read, err := s.model()
	if err != nil {
		return err
	}
	if err := read.Check(); err != nil {
		return err
	}
	*m = *read
	return nil
}

func (s stored) model() (*Model, error) {
	some, err := process(Kind(s.Buying.Model), [4]float64{1, 1, 1, 1})
	if err != nil {
		return nil, err
	}
	names := some.names()
	values, err := s.Buying.values(names[:])
	if err != nil {
		return nil, err
	}
	buying, err := process(some.Kind(), [4]float64(values))
	if err != nil {
		return nil, err
	}
	m := &Model{Buying: buying, BuyingFit: s.Buying.Figures, Correlation: s.Correlation, Findings: s.Findings}
	if s.Spending == nil {
		return m, nil
	}
	if values, err = s.Spending.values(spendingNames()); err != nil {
		return nil, err
	}
	figures := s.Spending.Figures
	m.Spending, m.SpendingFit = &GammaGamma{values[0], values[1], values[2]}, &figures
	return m, nil
}

func (p storedPart) values(names []string) ([]float64, error) {
	var have []string
	var values []float64
	for _, q := range p.Parameters {
		have, values = append(have, q.Name), append(values, q.Value)
	}
	if !slices.Equal(have, names) {
		return nil, refuse(BadModel, p.Model, fmt.Sprintf("the stored parameters are %v, not %v", have, names), "fit the model anew")
	}
	return values, nil
}
