package worker_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/worker"
)

// TestReportAddsEveryField fills every field of a report and adds it to an empty one: a field that is added one day and not
// taken over shows here.
func TestReportAddsEveryField(t *testing.T) {
	t.Parallel()
	var piece worker.Report
	fill(reflect.ValueOf(&piece).Elem())
	want := encoded(t, piece)
	for _, own := range []string{ // of the whole run, not of pieces
		"run", "connection", "kind", "started", "finished", "status", "error", "model", "calls", "retried", "waited_ns", "daily_limit", "daily_left", "stages", "population",
	} {
		delete(want, own)
	}
	delete(want["companies"].(map[string]any), "population")
	var sum worker.Report
	sum.Add(&piece)
	got := encoded(t, sum)
	for name := range got {
		if _, ok := want[name]; !ok {
			delete(got, name)
		}
	}
	delete(got["companies"].(map[string]any), "population")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a piece's report, and what was taken over of it (-piece +taken):\n%s", diff)
	}
}

func encoded(t *testing.T, r worker.Report) (out map[string]any) {
	t.Helper()
	text, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fill gives every exported field a value of its own.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if _, ok := v.Interface().(interface{ IsZero() bool }); ok {
			return // a time
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.SetMapIndex(key, value)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Float64:
		v.SetFloat(0.5)
	}
}
