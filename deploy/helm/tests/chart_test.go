package tests

import (
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestChartIsDescribed: what Artifact Hub shows of the chart can be read, and its links lead to pages of this repository.
func TestChartIsDescribed(t *testing.T) {
	about := parse(t, chart+"/Chart.yaml")
	notes, _ := about["annotations"].(map[string]any)
	lists := map[string][]map[string]string{}
	for _, name := range []string{"links", "changes"} {
		text, _ := notes["artifacthub.io/"+name].(string)
		var list []map[string]string
		if err := yaml.UnmarshalStrict([]byte(text), &list); err != nil || len(list) == 0 {
			t.Errorf("%s: %d, %v", name, len(list), err)
		}
		lists[name] = list
	}
	for _, link := range lists["links"] {
		page, ours := strings.CutPrefix(link["url"], about["home"].(string)+"/blob/main/")
		if !ours || !exists("../../../"+page) || link["name"] == "" {
			t.Errorf("the link %v leads nowhere", link)
		}
	}
	for _, change := range lists["changes"] {
		if !strings.Contains("added changed deprecated removed fixed security", change["kind"]) || change["description"] == "" {
			t.Errorf("the change %v", change)
		}
	}
}

// TestNamespaceOverride: everything goes where it says, and what watches looks there.
func TestNamespaceOverride(t *testing.T) {
	v := cases(t)["alerts"]
	if v["namespaceOverride"] != "scoring" {
		t.Fatal("ci/alerts-values.yaml has no namespaceOverride: scoring")
	}
	for _, o := range objects(t, v) {
		meta, _ := o.fields["metadata"].(map[string]any)
		if meta["namespace"] != "scoring" || strings.Contains(string(o.raw), `namespace="crm"`) {
			t.Errorf("%s %s is in, or looks at, namespace %v", o.kind, o.name, meta["namespace"])
		}
	}
}
