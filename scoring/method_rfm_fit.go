package scoring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/learning/clv"
	"github.com/bareme/bareme/learning/nextproduct"
	"github.com/bareme/bareme/scoring/rfm"
)

// Fit is what one score has learnt from a population. It is plain data, to be stored as JSON.
type Fit struct {
	Score     string         `json:"score"`
	At        time.Time      `json:"at"`
	Rules     string         `json:"rules"` // names the spec it was made for: a score whose spec changed is not fitted
	Cuts      rfm.Cuts       `json:"cuts"`
	Customers int            `json:"customers"`
	Sample    int            `json:"sample,omitempty"`    // how many of them were learnt from, where they were too many; 0: all
	Priceless int            `json:"priceless,omitempty"` // purchases without an amount: counted, and no money
	Segments  []SegmentCount `json:"segments"`            // in the order of the table; estimates where a sample was learnt from

	Value    *clv.Model         `json:"value,omitempty"`    // of ValueFit, instead of cut points
	Products *nextproduct.Model `json:"products,omitempty"` // of ProductsFit, instead of cut points
	Judged   string             `json:"judged,omitempty"`   // how Products did on what came after a cut, in words
	Refused  string             `json:"refused,omitempty"`  // why nothing was learnt, in words
}

// SegmentCount is how many customers a segment had at the fit.
type SegmentCount struct {
	Name      string `json:"name"`
	Customers int    `json:"customers"`
}

// Fits reports whether the model has scores that learn from the population.
func (m *Model) Fits() bool { return m.makes() }

// Learners name what learns from the population: scores, and ValueFit.
func (m *Model) Learners() []string {
	names := m.Scores()
	if m.value != nil {
		names = append(names, ValueFit)
	}
	if m.products != nil {
		names = append(names, ProductsFit)
	}
	return names
}

// LearnsFrom names the kinds of activity that scores learn from the population's purchases.
func (m *Model) LearnsFrom() []string {
	names := make([]string, len(m.purchases))
	for i := range m.purchases {
		names[i] = m.purchases[i].spec.Activity
	}
	return names
}

// Unfitted names the scores that have to learn from a population before they are known.
func (m *Model) Unfitted() []string {
	var names []string
	for i := range m.purchases {
		if p := &m.purchases[i]; p.cuts == nil {
			names = append(names, m.scores[p.score].name)
		}
	}
	if m.value != nil && !m.value.fitted {
		names = append(names, ValueFit)
	}
	if m.products != nil && !m.products.fitted {
		names = append(names, ProductsFit)
	}
	return names
}

func (p *compiledRFM) count(cuts *rfm.Cuts, customers *lot[rfm.Customer]) []SegmentCount {
	n := map[string]int{}
	for _, c := range customers.Items {
		n[p.segmenter.Segment(cuts.Score(c))]++
	}
	var list []SegmentCount
	for _, name := range p.segmenter.Names() {
		list = append(list, SegmentCount{name, customers.all(n[name])})
	}
	return list
}

// rules names what decides the places.
func (s *RFMSpec) rules() string {
	text, err := json.Marshal(struct {
		Engine, Activity string
		Places           rfm.Spec
		Days             bool
	}{"rfm 1", s.Activity, s.places(), s.Days})
	if err != nil {
		return "" // cannot happen: every number of a compiled spec is finite
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// WithFits is the same model with what its scores have learnt. Fits of other scores, or of a score as it was before its
// rules changed, are passed over: that score is not fitted. Its Hash covers what it learnt.
func (m *Model) WithFits(fits []Fit) (*Model, error) {
	out, problems := Compile(m.spec, m.schema)
	if out == nil {
		return nil, errors.New(problems[0].Error()) // cannot happen: it was compiled before
	}
	used := sha256.New()
	for _, fit := range fits {
		if fit.Score == ValueFit || fit.Score == ProductsFit {
			if err := out.useMade(fit, used); err != nil {
				return nil, err
			}
			continue
		}
		i := slices.IndexFunc(out.purchases, func(p compiledRFM) bool { return out.scores[p.score].name == fit.Score })
		if i < 0 || out.purchases[i].spec.Binning == rfm.Fixed || out.purchases[i].spec.rules() != fit.Rules {
			continue
		}
		if err := fit.Cuts.Check(out.purchases[i].spec.places()); err != nil {
			return nil, fmt.Errorf("score %s: %w: fit it again", fit.Score, err)
		}
		out.purchases[i].cuts = &fit.Cuts
		text, err := json.Marshal([]any{fit.Score, fit.Cuts})
		if err != nil {
			return nil, fmt.Errorf("score %s: %w", fit.Score, err)
		}
		_, _ = used.Write(text) // a hash never fails
		out.learnt = hex.EncodeToString(used.Sum(nil)[:6])
	}
	if out.learnt != "" {
		out.hash += "-" + out.learnt
	}
	return out, nil
}

// useMade takes in what was learnt for churn risk and value, or for the next product.
func (m *Model) useMade(fit Fit, used hash.Hash) error {
	use := m.value.use
	if fit.Score == ProductsFit {
		use = m.products.use
	}
	ok, err := use(fit)
	if err != nil {
		return fmt.Errorf("%s: %w: fit it again", fit.Score, err)
	}
	if !ok {
		return nil
	}
	text, err := json.Marshal([]any{fit.Score, fit.Value, fit.Products})
	if err != nil {
		return fmt.Errorf("%s: %w", fit.Score, err)
	}
	_, _ = used.Write(text) // a hash never fails
	m.learnt = hex.EncodeToString(used.Sum(nil)[:6])
	return nil
}

// Learnt names what the scores of the model have learnt; "" before the first fit, and for models that learn nothing.
func (m *Model) Learnt() string { return m.learnt }

// unlearnt is the hash of the model apart from what it learnt.
func (m *Model) unlearnt() string { return strings.TrimSuffix(m.hash, "-"+m.learnt) }
