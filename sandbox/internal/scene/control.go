package scene

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Controls is where the endpoints that steer a sandbox begin. They are not the CRM's: no credential, no limit, no log.
const Controls = "/_sandbox/"

// Control is one such endpoint: it takes its arguments out of a Q and answers with JSON, nil for a plain "done".
type Control[Q any] func(Q) (any, error)

// Do makes a control of what needs no answer.
func Do[Q any](f func(Q)) Control[Q] {
	return func(q Q) (any, error) {
		f(q)
		return nil, nil
	}
}

// ID answers with the id of a record.
func ID(id string, err error) (any, error) { return map[string]string{"id": id}, err }

// largestControl is more than any control needs.
const largestControl = 16 << 20

// ServeControl answers POST /_sandbox/{name}; GET works where no arguments are needed.
func ServeControl[Q any](w http.ResponseWriter, r *http.Request, controls map[string]Control[Q]) {
	control := controls[strings.TrimPrefix(r.URL.Path, Controls)]
	if control == nil {
		writeControl(w, http.StatusNotFound, map[string]any{"message": "no such control", "controls": slices.Sorted(maps.Keys(controls))})
		return
	}
	var q Q
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestControl))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil && !errors.Is(err, io.EOF) {
		writeControl(w, http.StatusBadRequest, map[string]string{"message": "the body must be a JSON object: " + err.Error()})
		return
	}
	out, err := control(q)
	if err != nil {
		writeControl(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
		return
	}
	if out == nil {
		out = map[string]bool{"done": true}
	}
	writeControl(w, http.StatusOK, out)
}

func writeControl(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		status, raw = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(raw, '\n')) // a client that left is no concern of the server
}
