package modelfile

import "github.com/bareme/bareme/mapping"

// skipRules reads both forms of privacy.skip_if: a set any of whose fields may match, and a list of sets all of whose
// fields must.
func skipRules(n *node) (any []mapping.Condition, all [][]mapping.Condition) {
	if n == nil || n.kind != listNode {
		return conditions(n), nil
	}
	for _, item := range n.items {
		all = append(all, conditions(item))
	}
	return nil, all
}
