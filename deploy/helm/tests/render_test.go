package tests

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write the golden files and the chart's README anew")

// chart is the chart under test.
const chart = "../bareme"

// values is one set of values, as a user would give it.
type values = map[string]any

// cases are the files of ci/, each a way to install the chart.
func cases(t *testing.T) map[string]values {
	t.Helper()
	paths, err := filepath.Glob(chart + "/ci/*-values.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no values in ci/: %v", err)
	}
	out := map[string]values{}
	for _, path := range paths {
		out[strings.TrimSuffix(filepath.Base(path), "-values.yaml")] = parse(t, path)
	}
	return out
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func parse(t *testing.T, path string) values {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v values
	if err := yaml.UnmarshalStrict(raw, &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

// render is `helm template`: schema, templates, and every document by the template it came from, the notes included.
func render(t *testing.T, v values, checkSchema bool) (map[string]string, error) {
	t.Helper()
	c, err := loader.Load(chart)
	if err != nil {
		t.Fatal(err)
	}
	release := common.ReleaseOptions{Name: "bareme", Namespace: "crm", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValuesWithSchemaValidation(c, v, release, nil, !checkSchema)
	if err != nil {
		return nil, err
	}
	return engine.Engine{Strict: true}.RenderWithContext(t.Context(), c, all)
}

// object is one rendered document.
type object struct {
	template string
	kind     string
	name     string
	raw      []byte
	fields   map[string]any
}

// objects renders and splits, in the order of templates.
func objects(t *testing.T, v values) []object {
	t.Helper()
	files, err := render(t, v, true)
	if err != nil {
		t.Fatal(err)
	}
	var out []object
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(path, ".yaml") {
			continue
		}
		for doc := range strings.SplitSeq("\n"+files[path], "\n---") {
			o := object{template: strings.TrimPrefix(path, "bareme/templates/"), raw: []byte(doc)}
			if err := yaml.UnmarshalStrict(o.raw, &o.fields); err != nil {
				t.Fatalf("%s: %v\n%s", path, err, doc)
			}
			if len(o.fields) == 0 {
				continue // a template that this case leaves out
			}
			o.kind, _ = o.fields["kind"].(string)
			meta, _ := o.fields["metadata"].(map[string]any)
			o.name, _ = meta["name"].(string)
			out = append(out, o)
		}
	}
	return out
}

// TestLint is `helm lint --strict` for every case.
func TestLint(t *testing.T) {
	for name, v := range cases(t) {
		for _, m := range lint.RunAll(chart, v, "crm").Messages {
			if m.Severity > support.InfoSev {
				t.Errorf("%s: %s", name, m)
			}
		}
	}
}
