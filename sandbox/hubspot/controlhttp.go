package hubspot

import (
	"time"

	"github.com/bareme/bareme/sandbox/internal/stage"
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
func (s *Sandbox) controls() map[string]stage.Control[controlRequest] {
	return map[string]stage.Control[controlRequest]{
		"change":  func(q controlRequest) (any, error) { return nil, s.Change(q.Object, q.ID, q.Values) },
		"bump":    func(q controlRequest) (any, error) { return nil, s.Bump(q.Object, q.ID, q.Add, q.Values) },
		"create":  func(q controlRequest) (any, error) { return stage.ID(s.Create(q.Object, q.Values, q.Links)) },
		"archive": func(q controlRequest) (any, error) { return nil, s.Archive(q.Object, q.ID) },
		"restore": func(q controlRequest) (any, error) { return nil, s.Restore(q.Object, q.ID) },
		"purge":   func(q controlRequest) (any, error) { return nil, s.Purge(q.Object, q.ID) },
		"merge":   func(q controlRequest) (any, error) { return stage.ID(s.Merge(q.Object, q.Primary, q.Other)) },
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

		"clear-requests":     stage.Do(func(controlRequest) { s.ClearRequests() }),
		"clear-faults":       stage.Do(func(controlRequest) { s.ClearFaults() }),
		"drop-rules":         stage.Do(func(controlRequest) { s.DropRules() }),
		"keep-bodies":        stage.Do(func(q controlRequest) { s.KeepBodies(q.On) }),
		"pass":               stage.Do(func(q controlRequest) { s.Pass(time.Duration(q.Ms) * time.Millisecond) }),
		"latency":            stage.Do(func(q controlRequest) { s.SetLatency(time.Duration(q.Ms) * time.Millisecond) }),
		"index-lag":          stage.Do(func(q controlRequest) { s.SetIndexLag(time.Duration(q.Ms) * time.Millisecond) }),
		"limits":             stage.Do(func(q controlRequest) { s.SetLimits(q.Limits) }),
		"leave-daily":        stage.Do(func(q controlRequest) { s.LeaveDaily(q.Left) }),
		"bump-on-same-value": stage.Do(func(q controlRequest) { s.BumpOnSameValue(q.On) }),
		"keep-primary-id":    stage.Do(func(q controlRequest) { s.KeepPrimaryID(q.On) }),
		"set-token":          stage.Do(func(q controlRequest) { s.SetToken(q.Token) }),
		"revoke-token":       stage.Do(func(controlRequest) { s.RevokeToken() }),
		"expire-tokens":      stage.Do(func(controlRequest) { s.ExpireTokens() }),
		"drop-scopes":        stage.Do(func(q controlRequest) { s.DropScopes(q.Scopes...) }),
		"grant-scopes":       stage.Do(func(q controlRequest) { s.GrantScopes(q.Scopes...) }),
	}
}
