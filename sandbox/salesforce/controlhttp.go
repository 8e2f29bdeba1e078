package salesforce

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

func textOf(f *field, v any) string { return soql.CSVText(f.Kind, v) }

// controlRequest holds the arguments of every control endpoint; each reads its own.
type controlRequest struct {
	Object      string         `json:"object"`
	ID          string         `json:"id"`
	Master      string         `json:"master"`
	Account     string         `json:"account"`
	Contact     string         `json:"contact"`
	Opportunity string         `json:"opportunity"`
	Values      map[string]any `json:"values"`
	Fields      []string       `json:"fields"`
	Field       string         `json:"field"`
	Type        string         `json:"type"`
	Flags       []string       `json:"flags"`
	Hidden      bool           `json:"hidden"`
	Readable    bool           `json:"readable"`
	Faults      []Fault        `json:"faults"`
	RowFaults   []RowFault     `json:"rowFaults"`
	JobFaults   []JobFault     `json:"jobFaults"`
	Bulk        BulkSettings   `json:"bulk"`
	Rule        Rule           `json:"rule"`
	Right       Right          `json:"right"`
	User        string         `json:"user"`
	Text        string         `json:"text"`
	Limits      Limits         `json:"limits"`
	Share       float64        `json:"share"`
	N           int            `json:"n"`
	Ms          int            `json:"ms"`
	On          bool           `json:"on"`
}

func (q controlRequest) span() time.Duration { return time.Duration(q.Ms) * time.Millisecond }

// controls are the endpoints below /_sandbox/, by name.
func (s *Sandbox) controls() map[string]func(controlRequest) (any, error) {
	return map[string]func(controlRequest) (any, error){
		"create":   func(q controlRequest) (any, error) { return idAnswer(s.Create(q.Object, q.Values)) },
		"change":   func(q controlRequest) (any, error) { return nil, s.Change(q.ID, q.Values, q.span()) },
		"delete":   func(q controlRequest) (any, error) { return nil, s.Delete(q.ID) },
		"undelete": func(q controlRequest) (any, error) { return nil, s.Undelete(q.ID) },
		"purge":    func(q controlRequest) (any, error) { return nil, s.Purge(q.ID) },
		"touch":    func(q controlRequest) (any, error) { return nil, s.Touch(q.ID) },
		"merge":    func(q controlRequest) (any, error) { return nil, s.Merge(q.Master, q.ID) },
		"convert": func(q controlRequest) (any, error) {
			return idAnswer(s.Convert(q.ID, q.Account, q.Contact, q.Opportunity))
		},
		"drift": func(q controlRequest) (any, error) { return map[string]any{"did": s.Drift(q.N)}, nil },
		"touch-all": func(q controlRequest) (any, error) {
			n, err := s.TouchAll(q.Object)
			return map[string]int{"touched": n}, err
		},
		"archive": func(q controlRequest) (any, error) {
			return map[string]int{"archived": s.Archive(s.clock.now().Add(-q.span()))}, nil
		},
		"values":   func(q controlRequest) (any, error) { return s.Values(q.Object, q.Fields...) },
		"requests": func(controlRequest) (any, error) { return s.Requests(), nil },
		"counts":   func(controlRequest) (any, error) { return s.Counts(), nil },
		"rule":     func(q controlRequest) (any, error) { return nil, s.AddRule(q.Rule) },
		"add-field": func(q controlRequest) (any, error) {
			return nil, s.AddField(q.Object, q.Field, q.Type, q.Hidden, q.Flags...)
		},
		"faults":     func(q controlRequest) (any, error) { return nil, s.Inject(q.Faults...) },
		"job-faults": func(q controlRequest) (any, error) { return nil, s.SpoilJobs(q.JobFaults...) },
		"row-faults": func(q controlRequest) (any, error) {
			return nil, s.SpoilRows(q.RowFaults...)
		},
		"session": func(q controlRequest) (any, error) {
			if token := s.Session(q.User); token != "" {
				return map[string]string{"token": token}, nil
			}
			return nil, errors.New("no such user")
		},
		"signing-key": func(controlRequest) (any, error) {
			key, err := s.SigningKey()
			return map[string]string{"key": string(key)}, err
		},
		"certificate": func(q controlRequest) (any, error) {
			if !s.SetPublicKey([]byte(q.Text)) {
				return nil, errors.New("neither a certificate nor a public key for RSA")
			}
			return nil, nil
		},

		"clear-requests":   done(func(controlRequest) { s.ClearRequests() }),
		"clear-faults":     done(func(controlRequest) { s.ClearFaults() }),
		"clear-row-faults": done(func(controlRequest) { s.ClearRowFaults() }),
		"drop-rules":       done(func(controlRequest) { s.DropRules() }),
		"empty-bin":        done(func(controlRequest) { s.EmptyBin() }),
		"lock":             done(func(q controlRequest) { s.Lock(q.ID, q.N) }),
		"lock-share":       done(func(q controlRequest) { s.SetLockShare(q.Share) }),
		"unlock":           done(func(controlRequest) { s.Unlock() }),
		"hide":             done(func(q controlRequest) { s.HideField(q.Field, q.Readable) }),
		"show":             done(func(q controlRequest) { s.ShowField(q.Field) }),
		"right":            done(func(q controlRequest) { s.SetRight(q.Right, q.On) }),
		"private":          done(func(q controlRequest) { s.Private(q.On) }),
		"duplicate-rules":  done(func(q controlRequest) { s.DuplicateRules(q.On) }),
		"assign-to":        done(func(q controlRequest) { s.AssignTo(q.ID) }),
		"keep-bodies":      done(func(q controlRequest) { s.KeepBodies(q.On) }),
		"pass":             done(func(q controlRequest) { s.Pass(q.span()) }),
		"bulk":             done(func(q controlRequest) { s.SetBulk(q.Bulk) }),
		"latency":          done(func(q controlRequest) { s.SetLatency(q.span()) }),
		"limits":           done(func(q controlRequest) { s.SetLimits(q.Limits) }),
		"leave-daily":      done(func(q controlRequest) { s.LeaveDaily(q.N) }),
		"expire-sessions":  done(func(controlRequest) { s.ExpireSessions() }),
		"drop-cursors":     done(func(controlRequest) { s.DropCursors() }),
		"approve":          done(func(q controlRequest) { s.Approve(q.On) }),
		"refuse-rest":      done(func(q controlRequest) { s.RefuseREST(q.On) }),
		"rotate-refresh":   done(func(q controlRequest) { s.RotateRefreshTokens(q.On) }),
		"set-secret":       done(func(q controlRequest) { s.SetSecret(q.Text) }),
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
