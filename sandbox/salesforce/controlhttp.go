package salesforce

import (
	"errors"
	"time"

	"github.com/bareme/bareme/sandbox/internal/scene"
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
func (s *Sandbox) controls() map[string]scene.Control[controlRequest] {
	return map[string]scene.Control[controlRequest]{
		"create":   func(q controlRequest) (any, error) { return scene.ID(s.Create(q.Object, q.Values)) },
		"change":   func(q controlRequest) (any, error) { return nil, s.Change(q.ID, q.Values, q.span()) },
		"delete":   func(q controlRequest) (any, error) { return nil, s.Delete(q.ID) },
		"undelete": func(q controlRequest) (any, error) { return nil, s.Undelete(q.ID) },
		"purge":    func(q controlRequest) (any, error) { return nil, s.Purge(q.ID) },
		"touch":    func(q controlRequest) (any, error) { return nil, s.Touch(q.ID) },
		"merge":    func(q controlRequest) (any, error) { return nil, s.Merge(q.Master, q.ID) },
		"convert": func(q controlRequest) (any, error) {
			return scene.ID(s.Convert(q.ID, q.Account, q.Contact, q.Opportunity))
		},
		"track": func(q controlRequest) (any, error) { return nil, s.Track(q.Object, q.On, q.Fields...) },
		"drift": func(q controlRequest) (any, error) { return map[string]any{"did": s.Drift(q.N)}, nil },
		"touch-all": func(q controlRequest) (any, error) {
			n, err := s.TouchAll(q.Object)
			return map[string]int{"touched": n}, err
		},
		"archive": func(q controlRequest) (any, error) {
			return map[string]int{"archived": s.Archive(s.Now().Add(-q.span()))}, nil
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

		"clear-requests":   scene.Do(func(controlRequest) { s.ClearRequests() }),
		"clear-faults":     scene.Do(func(controlRequest) { s.ClearFaults() }),
		"clear-row-faults": scene.Do(func(controlRequest) { s.ClearRowFaults() }),
		"drop-rules":       scene.Do(func(controlRequest) { s.DropRules() }),
		"empty-bin":        scene.Do(func(controlRequest) { s.EmptyBin() }),
		"lock":             scene.Do(func(q controlRequest) { s.Lock(q.ID, q.N) }),
		"lock-share":       scene.Do(func(q controlRequest) { s.SetLockShare(q.Share) }),
		"unlock":           scene.Do(func(controlRequest) { s.Unlock() }),
		"hide":             scene.Do(func(q controlRequest) { s.HideField(q.Field, q.Readable) }),
		"show":             scene.Do(func(q controlRequest) { s.ShowField(q.Field) }),
		"right":            scene.Do(func(q controlRequest) { s.SetRight(q.Right, q.On) }),
		"private":          scene.Do(func(q controlRequest) { s.Private(q.On) }),
		"duplicate-rules":  scene.Do(func(q controlRequest) { s.DuplicateRules(q.On) }),
		"assign-to":        scene.Do(func(q controlRequest) { s.AssignTo(q.ID) }),
		"keep-bodies":      scene.Do(func(q controlRequest) { s.KeepBodies(q.On) }),
		"pass":             scene.Do(func(q controlRequest) { s.Pass(q.span()) }),
		"bulk":             scene.Do(func(q controlRequest) { s.SetBulk(q.Bulk) }),
		"latency":          scene.Do(func(q controlRequest) { s.SetLatency(q.span()) }),
		"limits":           scene.Do(func(q controlRequest) { s.SetLimits(q.Limits) }),
		"leave-daily":      scene.Do(func(q controlRequest) { s.LeaveDaily(q.N) }),
		"expire-sessions":  scene.Do(func(controlRequest) { s.ExpireSessions() }),
		"drop-cursors":     scene.Do(func(controlRequest) { s.DropCursors() }),
		"approve":          scene.Do(func(q controlRequest) { s.Approve(q.On) }),
		"refuse-rest":      scene.Do(func(q controlRequest) { s.RefuseREST(q.On) }),
		"rotate-refresh":   scene.Do(func(q controlRequest) { s.RotateRefreshTokens(q.On) }),
		"set-secret":       scene.Do(func(q controlRequest) { s.SetSecret(q.Text) }),
	}
}
