// Package tests checks the chart without a cluster: with Helm's own engine and linter, the types of Kubernetes' API, its
// evaluator of pod security, and promtool where it is installed. It is a module of its own, so that what it requires
// stays out of the program.
package tests
