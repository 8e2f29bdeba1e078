package hubspot

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// controlRequest holds the arguments of every control endpoint; each reads its own.
type controlRequest struct {
	Object     string              `json:"object"`
	ID         string              `json:"id"`
	Primary    string              `json:"primary"`
	Other      string              `json:"other"`
	Values     map[string]string   `json:"values"`
	Add        map[string]float64  `json:"add"`
	Links      map[string][]string `json:"links"`
	Properties []string            `json:"properties"`
	Property   string              `json:"property"`
	When       string              `json:"when"`
	Equals     string              `json:"equals"`
	Faults     []Fault             `json:"faults"`
	Scopes     []string            `json:"scopes"`
	Token      string              `json:"token"`
	Limits     Limits              `json:"limits"`
	Left       int                 `json:"left"`
	N          int                 `json:"n"`
	Ms         int                 `json:"ms"`
	On         bool                `json:"on"`
}

// controls are the endpoints below /_sandbox/, by name.
func (s *Sandbox) controls() map[string]func(controlRequest) (any, error) {
	return map[string]func(controlRequest) (any, error){
		"change":  func(q controlRequest) (any, error) { return nil, s.Change(q.Object, q.ID, q.Values) },
		"bump":    func(q controlRequest) (any, error) { return nil, s.Bump(q.Object, q.ID, q.Add, q.Values) },
		"create":  func(q controlRequest) (any, error) { return idAnswer(s.Create(q.Object, q.Values, q.Links)) },
		"archive": func(q controlRequest) (any, error) { return nil, s.Archive(q.Object, q.ID) },
		"restore": func(q controlRequest) (any, error) { return nil, s.Restore(q.Object, q.ID) },
		"purge":   func(q controlRequest) (any, error) { return nil, s.Purge(q.Object, q.ID) },
		"merge":   func(q controlRequest) (any, error) { return idAnswer(s.Merge(q.Object, q.Primary, q.Other)) },
		"drift":   func(q controlRequest) (any, error) { return map[string]any{"did": s.Drift(q.N)}, nil },
		"touch-all": func(q controlRequest) (any, error) {
			n, err := s.TouchAll(q.Object)
			return map[string]int{"touched": n}, err
		},
		"record":   func(q controlRequest) (any, error) { return s.Record(q.Object, q.ID) },
		"values":   func(q controlRequest) (any, error) { return s.Values(q.Object, q.Properties...) },
		"ids":      func(q controlRequest) (any, error) { return s.IDs(q.Object), nil },
		"requests": func(controlRequest) (any, error) { return s.Requests(), nil },
		"counts":   func(controlRequest) (any, error) { return s.Counts(), nil },
		"require":  func(q controlRequest) (any, error) { return nil, s.Require(q.Object, q.Property, q.When, q.Equals) },
		"faults":   func(q controlRequest) (any, error) { return nil, s.Inject(q.Faults...) },

		"clear-requests":     done(func(controlRequest) { s.ClearRequests() }),
		"clear-faults":       done(func(controlRequest) { s.ClearFaults() }),
		"drop-rules":         done(func(controlRequest) { s.DropRules() }),
		"keep-bodies":        done(func(q controlRequest) { s.KeepBodies(q.On) }),
		"pass":               done(func(q controlRequest) { s.Pass(time.Duration(q.Ms) * time.Millisecond) }),
		"latency":            done(func(q controlRequest) { s.SetLatency(time.Duration(q.Ms) * time.Millisecond) }),
		"index-lag":          done(func(q controlRequest) { s.SetIndexLag(time.Duration(q.Ms) * time.Millisecond) }),
		"limits":             done(func(q controlRequest) { s.SetLimits(q.Limits) }),
		"leave-daily":        done(func(q controlRequest) { s.LeaveDaily(q.Left) }),
		"bump-on-same-value": done(func(q controlRequest) { s.BumpOnSameValue(q.On) }),
		"keep-primary-id":    done(func(q controlRequest) { s.KeepPrimaryID(q.On) }),
		"set-token":          done(func(q controlRequest) { s.SetToken(q.Token) }),
		"revoke-token":       done(func(controlRequest) { s.RevokeToken() }),
		"expire-tokens":      done(func(controlRequest) { s.ExpireTokens() }),
		"drop-scopes":        done(func(q controlRequest) { s.DropScopes(q.Scopes...) }),
		"grant-scopes":       done(func(q controlRequest) { s.GrantScopes(q.Scopes...) }),
	}
}

func done(f func(controlRequest)) func(controlRequest) (any, error) {
	return func(q controlRequest) (any, error) {
		f(q)
		return nil, nil
	}
}

func idAnswer(id string, err error) (any, error) { return map[string]string{"id": id}, err }

// serveControl answers POST /_sandbox/{name}; GET works where no arguments are needed.
func (s *Sandbox) serveControl(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/_sandbox/")
	controls := s.controls()
	control := controls[name]
	if control == nil {
		writeControl(w, http.StatusNotFound, map[string]any{"message": "no such control", "controls": sortedKeys(controls)})
		return
	}
	var q controlRequest
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestBody))
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
