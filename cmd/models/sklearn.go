package main

import (
	"bytes"
	"context"
	_ "embed" // for baseline.py
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"time"

	"github.com/bareme/bareme/learning/scorecard"
)

//go:embed baseline.py
var baseline string

// findPython finds a Python that has scikit-learn; "" where there is none. Debian's own may hide behind another.
func findPython() string {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		err := exec.CommandContext(ctx, name, "-c", "import sklearn").Run()
		stop()
		if err == nil {
			return name
		}
	}
	return ""
}

// plainColumn is a column as baseline.py reads it: numbers or texts, null where missing.
type plainColumn struct {
	Name    string     `json:"name"`
	Numbers []*float64 `json:"numbers,omitempty"`
	Texts   []*string  `json:"texts,omitempty"`
}

// baselines lets scikit-learn fit the same rows, in this run.
func baselines(python string, h *history, choose bool) ([]figure, error) {
	input := struct {
		Columns   []plainColumn `json:"columns"`
		Converted []bool        `json:"converted"`
		Test      []bool        `json:"test"`
		Choose    bool          `json:"choose"` // fit regression with its C chosen, too
	}{nil, h.converted, h.test, choose}
	for i := range h.columns {
		input.Columns = append(input.Columns, plain(&h.columns[i]))
	}
	text, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	run := exec.CommandContext(ctx, python, "-c", baseline)
	run.Stdin = bytes.NewReader(text)
	run.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1") // as the figures on record
	var problems bytes.Buffer
	run.Stderr = &problems
	said, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("scikit-learn: %w: %s", err, problems.String())
	}
	var answer []struct {
		Name    string    `json:"name"`
		Seconds float64   `json:"seconds"`
		CPU     float64   `json:"cpu"`
		P       []float64 `json:"p"`
	}
	if err := json.Unmarshal(said, &answer); err != nil {
		return nil, fmt.Errorf("scikit-learn: %w", err)
	}
	_, came := h.part(true)
	var out []figure
	for _, a := range answer {
		rank, loss, err := quality(a.P, a.P, came)
		if err != nil {
			return nil, err
		}
		out = append(out, figure{a.Name, rank.AUC, loss.LogLoss, a.Seconds, a.CPU, rank.SE, true, a.P})
	}
	return out, nil
}

func plain(c *scorecard.Column) plainColumn {
	out := plainColumn{Name: c.Name}
	for _, v := range c.Numbers {
		if math.IsNaN(v) {
			out.Numbers = append(out.Numbers, nil)
		} else {
			out.Numbers = append(out.Numbers, &v)
		}
	}
	for _, code := range c.Codes {
		if code < 0 {
			out.Texts = append(out.Texts, nil)
		} else {
			out.Texts = append(out.Texts, &c.Levels[code])
		}
	}
	return out
}
