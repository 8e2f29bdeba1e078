package scene

import (
	"maps"
	"slices"
	"time"
)

// Request is one line of the request log.
type Request struct {
	Number    int           `json:"number"`
	At        time.Time     `json:"at"`
	Method    string        `json:"method"`
	Path      string        `json:"path"`
	Operation string        `json:"operation"` // list, search, query …: the same in every version of an API
	Object    string        `json:"object,omitempty"`
	Status    int           `json:"status"`
	Inputs    int           `json:"inputs"`  // records the request named
	Records   int           `json:"records"` // records (or links) the answer holds
	Took      time.Duration `json:"took"`
	Fault     string        `json:"fault,omitempty"`
	Client    string        `json:"client,omitempty"` // who asks, where the CRM's clients say so
	Body      string        `json:"body,omitempty"`   // only after KeepBodies(true)
}

// longestLog is how many requests are remembered; older ones are only counted.
const longestLog = 100_000

func (s *Scene) remember(q Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.bodies {
		q.Body = ""
	}
	s.counts[q.Operation]++
	if len(s.log) == longestLog {
		s.log = slices.Delete(s.log, 0, longestLog/10)
	}
	s.log = append(s.log, q)
}

// Requests returns the request log, oldest first. Control requests are not in it.
func (s *Scene) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Counts returns how many requests each operation had since the log was cleared.
func (s *Scene) Counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counts)
}

// ClearRequests empties the log and the counts; request numbers go on.
func (s *Scene) ClearRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
	clear(s.counts)
}

// KeepBodies says whether the log keeps request bodies. They may hold what a real account would call personal data.
func (s *Scene) KeepBodies(keep bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies = keep
}
