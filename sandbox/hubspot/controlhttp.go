package hubspot

import (
	"time"

	"github.com/bareme/bareme/sandbox/internal/scene"
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
func (s *Sandbox) controls() map[string]scene.Control[controlRequest] {
	return map[string]scene.Control[controlRequest]{
		"change":  func(q controlRequest) (any, error) { return nil, s.Change(q.Object, q.ID, q.Values) },
		"bump":    func(q controlRequest) (any, error) { return nil, s.Bump(q.Object, q.ID, q.Add, q.Values) },
		"create":  func(q controlRequest) (any, error) { return scene.ID(s.Create(q.Object, q.Values, q.Links)) },
		"archive": func(q controlRequest) (any, error) { return nil, s.Archive(q.Object, q.ID) },
		"restore": func(q controlRequest) (any, error) { return nil, s.Restore(q.Object, q.ID) },
		"purge":   func(q controlRequest) (any, error) { return nil, s.Purge(q.Object, q.ID) },
		"merge":   func(q controlRequest) (any, error) { return scene.ID(s.Merge(q.Object, q.Primary, q.Other)) },
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

		"clear-requests":     scene.Do(func(controlRequest) { s.ClearRequests() }),
		"clear-faults":       scene.Do(func(controlRequest) { s.ClearFaults() }),
		"drop-rules":         scene.Do(func(controlRequest) { s.DropRules() }),
		"keep-bodies":        scene.Do(func(q controlRequest) { s.KeepBodies(q.On) }),
		"pass":               scene.Do(func(q controlRequest) { s.Pass(time.Duration(q.Ms) * time.Millisecond) }),
		"latency":            scene.Do(func(q controlRequest) { s.SetLatency(time.Duration(q.Ms) * time.Millisecond) }),
		"index-lag":          scene.Do(func(q controlRequest) { s.SetIndexLag(time.Duration(q.Ms) * time.Millisecond) }),
		"limits":             scene.Do(func(q controlRequest) { s.SetLimits(q.Limits) }),
		"leave-daily":        scene.Do(func(q controlRequest) { s.LeaveDaily(q.Left) }),
		"bump-on-same-value": scene.Do(func(q controlRequest) { s.BumpOnSameValue(q.On) }),
		"keep-primary-id":    scene.Do(func(q controlRequest) { s.KeepPrimaryID(q.On) }),
		"set-token":          scene.Do(func(q controlRequest) { s.SetToken(q.Token) }),
		"revoke-token":       scene.Do(func(controlRequest) { s.RevokeToken() }),
		"expire-tokens":      scene.Do(func(controlRequest) { s.ExpireTokens() }),
		"drop-scopes":        scene.Do(func(q controlRequest) { s.DropScopes(q.Scopes...) }),
		"grant-scopes":       scene.Do(func(q controlRequest) { s.GrantScopes(q.Scopes...) }),
	}
}
