// Package metrics judges scores and probabilities against what happened. It is pure; every function takes the score or the
// probability of each row and whether the row converted, in any order, and gives the same figure for any order.
package metrics

import (
	"errors"
	"fmt"
	"math"
)

// ErrJudge says that figures cannot be had from these rows: one outcome only, lengths that differ, or a value that is no
// number.
var ErrJudge = errors.New("cannot be judged")

// check reports rows that no ranking can be judged on, and counts those that converted.
func check(score []float64, converted []bool) (yes int, err error) {
	if err := numbers(score, converted); err != nil {
		return 0, err
	}
	for _, c := range converted {
		if c {
			yes++
		}
	}
	if yes == 0 || yes == len(converted) {
		return yes, fmt.Errorf("%w: all %d rows have the same outcome", ErrJudge, len(converted))
	}
	return yes, nil
}

func numbers(score []float64, converted []bool) error {
	if len(score) != len(converted) || len(score) == 0 {
		return fmt.Errorf("%w: %d scores for %d outcomes", ErrJudge, len(score), len(converted))
	}
	for i, s := range score {
		if math.IsNaN(s) || math.IsInf(s, 0) {
			return fmt.Errorf("%w: the score of row %d is no number", ErrJudge, i+1)
		}
	}
	return nil
}
