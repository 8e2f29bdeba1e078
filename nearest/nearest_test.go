package nearest_test

import (
	"strings"
	"testing"

	"github.com/bareme/bareme/nearest"
)

func TestName(t *testing.T) {
	t.Parallel()
	names := []string{"jobtitle", "hs_email_click", "hs_email_open", "country", "city", "customer"}
	for typed, want := range map[string]string{
		"jobtitel": "jobtitle", "Job Title": "jobtitle", "custmer": "customer", "hsEmailClick": "hs_email_click", "contry": "country",
		"clicks": "", "salary": "", "": "", "x": "", strings.Repeat("c", 1000): "",
	} {
		if got := nearest.Name(typed, names); got != want {
			t.Errorf("Name(%.20q) = %q, want %q", typed, got, want)
		}
	}
}
