package tests

import (
	"os"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"sigs.k8s.io/yaml"
)

// TestRefusals: values that cannot work are refused in words, by the templates alone too, because some pipelines render
// without the schema.
func TestRefusals(t *testing.T) {
	raw, err := os.ReadFile("testdata/refusals.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var refusals []struct {
		Case   string
		Values values
		Schema bool
		Says   string
	}
	if err := yaml.UnmarshalStrict(raw, &refusals); err != nil {
		t.Fatal(err)
	}
	for _, r := range refusals {
		t.Run(r.Case, func(t *testing.T) {
			v := loader.MergeMaps(parse(t, chart+"/ci/default-values.yaml"), r.Values)
			if _, err := render(t, v, false); err == nil || !strings.Contains(err.Error(), r.Says) {
				t.Errorf("says %v\nwant %s", err, r.Says)
			}
			_, err := render(t, v, true)
			if bySchema := err != nil && !strings.Contains(err.Error(), r.Says); bySchema != r.Schema {
				t.Errorf("refused by the schema: %t, want %t: %v", bySchema, r.Schema, err)
			}
		})
	}
}

// TestSchemaRefusesUnknownKeys: a misspelt key would otherwise do nothing, silently.
func TestSchemaRefusesUnknownKeys(t *testing.T) {
	for _, v := range []values{
		{"replica": 1}, {"networkPolicy": values{"enable": false}}, {"secrets": values{"files": values{"BAREME_HUBSPOT_TOKEN": "token"}}},
	} {
		if _, err := render(t, loader.MergeMaps(parse(t, chart+"/ci/default-values.yaml"), v), true); err == nil {
			t.Errorf("%v is taken", v)
		}
	}
}
