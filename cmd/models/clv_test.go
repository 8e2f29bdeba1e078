package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bareme/bareme/internal/outside"
)

// TestCLVTable prints the table on the CDNOW sample.
func TestCLVTable(t *testing.T) {
	t.Parallel()
	outside.Path(t, "data/cdnow")
	var out bytes.Buffer
	if err := clvTable(&out, "../../../shared/data"); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
	for _, want := range []string{"2357 customers", "bought on 1882 days", "bg/nbd", "pareto/nbd", "everybody the mean"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}
