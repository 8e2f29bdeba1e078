package salesforce

import (
	"maps"
	"slices"
)

// sortedKeys are the keys of a map in order, so that the same request always does the same.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
