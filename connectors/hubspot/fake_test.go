package hubspot_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/bareme/bareme/connectors/hubspot"
)

// fake answers as a test tells it, for what the sandbox does not do.
type fake func(r *http.Request, body []byte) (status int, header http.Header, answer string)

func (f fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	status, header, answer := f(r, raw)
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	for k, v := range header {
		w.Header()[k] = v
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(answer))
}

// connectTo makes a connector that speaks to a fake, without a network.
func connectTo(t *testing.T, f fake, change ...func(*hubspot.Options)) *hubspot.Connector {
	t.Helper()
	o := hubspot.Options{Token: token, Transport: direct{f}}
	for _, c := range change {
		c(&o)
	}
	c, err := hubspot.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// inputs are the records a batch names.
func inputs(t *testing.T, raw []byte) (ids, traces []string, props []map[string]string) {
	t.Helper()
	var in struct {
		Inputs []struct {
			ID         string            `json:"id"`
			Trace      string            `json:"objectWriteTraceId"`
			Properties map[string]string `json:"properties"`
		} `json:"inputs"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		t.Error(err)
	}
	for _, i := range in.Inputs {
		ids = append(ids, i.ID)
		traces = append(traces, i.Trace)
		props = append(props, i.Properties)
	}
	return ids, traces, props
}

func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
