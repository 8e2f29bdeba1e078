// Package plan decides what to write: a pure difference between what each record should show and what was last written
// and acknowledged, and the limit beyond which a plan is too large to be right.
package plan
