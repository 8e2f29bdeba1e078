package tests

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common/util"
	"sigs.k8s.io/yaml"
)

// kedaSchemas are the shapes of KEDA's objects, by kind.
func kedaSchemas(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile("testdata/keda.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]json.RawMessage
	if err := yaml.UnmarshalStrict(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestKEDA: the objects have KEDA's shape, point at each other and at the Deployment, and leave its replicas alone.
func TestKEDA(t *testing.T) {
	all := objects(t, cases(t)["keda"])
	schemas, found := kedaSchemas(t), map[string]object{}
	for _, o := range all {
		found[o.kind] = o
		schema, ours := schemas[o.kind]
		if !ours {
			continue
		}
		if err := util.ValidateAgainstSingleSchema(o.fields, schema); err != nil {
			t.Errorf("%s: %v", o.kind, err)
		}
	}
	at := func(kind string, path ...string) any {
		t.Helper()
		var v any = found[kind].fields
		for _, key := range path {
			if list, ok := v.([]any); ok {
				v = list[0]
			}
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("%s has no %s", kind, strings.Join(path, "."))
			}
			v = m[key]
		}
		return v
	}
	name := found["Deployment"].name
	for what, got := range map[string]any{
		"the Deployment": at("ScaledObject", "spec", "scaleTargetRef", "name"), "the authentication": at("ScaledObject", "spec", "triggers", "authenticationRef", "name"),
	} {
		if got != name {
			t.Errorf("%s is %v, want %s", what, got, name)
		}
	}
	if got := at("TriggerAuthentication", "spec", "secretTargetRef", "key"); got != "url-without-pool" {
		t.Errorf("the URL is in key %v", got)
	}
	if at("Deployment", "spec", "replicas") != nil {
		t.Error("the Deployment has replicas, too: each upgrade would set them back")
	}
}

// TestKEDASchemaRefuses: the schemas find the mistakes they are there for.
func TestKEDASchemaRefuses(t *testing.T) {
	for _, o := range objects(t, cases(t)["keda"]) {
		schema, ours := kedaSchemas(t)[o.kind]
		if !ours {
			continue
		}
		for _, change := range [][2]string{
			{"triggers:", "trigger:"}, {"minReplicaCount:", "minReplicas:"}, {"maxReplicaCount: 4", `maxReplicaCount: "4"`}, {"type: postgresql", "type: postgres"},
			{`targetQueryValue: "50"`, "targetQueryValue: 50"}, {"targetQueryValue:", "targetValue:"}, {"parameter: connection", "parameter: url"}, {"secretTargetRef", "secretRef"},
			{"scaleTargetRef", "scaletargetref"},
		} {
			wrong := strings.Replace(string(o.raw), change[0], change[1], 1)
			var fields map[string]any
			if err := yaml.Unmarshal([]byte(wrong), &fields); err != nil {
				t.Fatal(err)
			}
			if err := util.ValidateAgainstSingleSchema(fields, schema); (err == nil) != (wrong == string(o.raw)) {
				t.Errorf("%s with %s: %v", o.kind, change[1], err)
			}
		}
	}
}
