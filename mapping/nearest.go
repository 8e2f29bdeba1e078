package mapping

import "github.com/bareme/bareme/nearest"

// didYouMean begins a hint with the closest of the names, or is "" when none is close.
func didYouMean(name string, names []string) string {
	if near := nearest.Name(name, names); near != "" {
		return "did you mean " + near + "? "
	}
	return ""
}
