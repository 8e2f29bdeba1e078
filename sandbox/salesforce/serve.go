package salesforce

import (
	"net/http"
	"strings"

	"github.com/bareme/bareme/sandbox/internal/scene"
)

// ServeHTTP answers an API request, or a control request below /_sandbox/.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, scene.Controls) {
		scene.ServeControl(w, r, s.controls())
		return
	}
	c := &call{sandbox: s, r: r, at: s.Now(), header: http.Header{}}
	s.enter(c)
	defer s.leave(c)
	s.Play(w, r, c.at, func() (*scene.Answer, scene.Request) {
		a := s.respond(c)
		return a, c.line()
	})
}

// enter counts a request among those under way.
func (s *Sandbox) enter(c *call) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.inFlight[c] = struct{}{}
}

func (s *Sandbox) leave(c *call) {
	s.gate.Lock()
	defer s.gate.Unlock()
	delete(s.inFlight, c)
}

// respond produces the answer to a call: a planned fault, a refusal at the door, or the operation's result.
func (s *Sandbox) respond(c *call) *scene.Answer {
	if err := c.read(); err != nil {
		return c.problem(err)
	}
	h := s.route(c)
	c.op = h.name
	a, fault := s.Spoil(c.r, c.op, func() *scene.Answer { return s.perform(c, h) }, c.refused)
	c.fault = fault
	return a
}

// perform passes a call through the door (session, version, quota) and runs it.
func (s *Sandbox) perform(c *call, h handler) *scene.Answer {
	if h.oauth != nil {
		status, body := h.oauth(c)
		return c.success(status, body)
	}
	if err := s.admit(c, h); err != nil {
		a := c.problem(err)
		s.usage(c, a, h)
		return a
	}
	status, body, err := h.run(c)
	var a *scene.Answer
	if err != nil {
		a = c.problem(err)
	} else {
		a = c.success(status, body)
	}
	s.usage(c, a, h)
	return a
}

// admit checks session, version and quota, in Salesforce's order.
func (s *Sandbox) admit(c *call, h handler) *apiError {
	if h.run == nil {
		return notFound()
	}
	if h.open {
		return nil
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	user, err := s.auth.check(c)
	if err != nil {
		return err
	}
	c.user = user
	if err := s.checkVersion(c); err != nil {
		return err
	}
	return s.quota.take(c.at, s.inFlight, c)
}

// usage adds the header that tells how much of the day's quota is gone.
func (s *Sandbox) usage(c *call, a *scene.Answer, h handler) {
	if h.open || c.user == "" {
		return
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	a.Header.Set("Sforce-Limit-Info", s.quota.header(c.at))
}
