package salesforce

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
	Operation string        `json:"operation"` // query, collections_update, bulk_query_create …
	Object    string        `json:"object,omitempty"`
	Status    int           `json:"status"`
	Inputs    int           `json:"inputs"`  // records the request named
	Records   int           `json:"records"` // records the answer holds
	Took      time.Duration `json:"took"`
	Client    string        `json:"client,omitempty"` // of Sforce-Call-Options
	Fault     string        `json:"fault,omitempty"`
	Body      string        `json:"body,omitempty"` // only after KeepBodies(true)
}

// longestLog is how many requests are remembered; older ones are only counted.
const longestLog = 100_000

func (s *Sandbox) remember(c *call, a *answer) {
	q := Request{Number: c.number, At: c.at, Method: c.r.Method, Path: c.r.URL.RequestURI(), Operation: c.op, Status: a.status,
		Inputs: c.inputs, Records: c.records, Took: s.clock.now().Sub(c.at), Fault: c.fault, Object: c.object, Client: c.option("Sforce-Call-Options", "client")}
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.bodies {
		q.Body = string(c.body)
	}
	s.counts[c.op]++
	if len(s.log) == longestLog {
		s.log = slices.Delete(s.log, 0, longestLog/10)
		s.dropped += longestLog / 10
	}
	s.log = append(s.log, q)
}

// Requests returns the request log, oldest first. Control requests are not in it.
func (s *Sandbox) Requests() []Request {
	s.gate.Lock()
	defer s.gate.Unlock()
	return slices.Clone(s.log)
}

// Counts returns how many requests each operation had since the log was cleared.
func (s *Sandbox) Counts() map[string]int {
	s.gate.Lock()
	defer s.gate.Unlock()
	return maps.Clone(s.counts)
}

// ClearRequests empties the log and the counts; request numbers go on.
func (s *Sandbox) ClearRequests() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.log, s.dropped = nil, 0
	clear(s.counts)
}

// KeepBodies says whether the log keeps request bodies. They may hold what a real account would call personal data.
func (s *Sandbox) KeepBodies(keep bool) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.bodies = keep
}
