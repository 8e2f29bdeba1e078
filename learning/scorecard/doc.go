// Package scorecard fits, reads and applies scorecards: tables of points, one for each bin of each attribute, whose sum
// becomes a probability. It is pure and deterministic.
package scorecard
