package salesforce

import (
	"net/http"
	"strings"
	"time"
)

// ServeHTTP answers an API request, or a control request below /_sandbox/.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
		s.serveControl(w, r)
		return
	}
	c := s.arrive(r)
	defer s.leave(c)
	if c.hook != nil {
		c.hook(c.number, r, Before)
	}
	if !wait(r, c.latency) {
		return
	}
	a := s.respond(c)
	s.remember(c, a)
	if c.hook != nil {
		c.hook(c.number, r, After)
	}
	w.Header().Set("Date", c.at.Format(http.TimeFormat)) // the org's clock, which clients go by
	a.send(w, r)
}

// arrive takes note of a request.
func (s *Sandbox) arrive(r *http.Request) *call {
	c := &call{sandbox: s, r: r, at: s.clock.now(), header: http.Header{}}
	s.gate.Lock()
	defer s.gate.Unlock()
	s.arrived++
	c.number, c.hook, c.latency = s.arrived, s.hook, s.latency
	s.inFlight[c] = struct{}{}
	return c
}

func (s *Sandbox) leave(c *call) {
	s.gate.Lock()
	defer s.gate.Unlock()
	delete(s.inFlight, c)
}

func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// respond produces the answer to a call: a planned fault, a refusal at the door, or the operation's result.
func (s *Sandbox) respond(c *call) *answer {
	if err := c.read(); err != nil {
		return c.problem(err)
	}
	h := s.route(c)
	c.op = h.name
	f := s.nextFault(c)
	if f != nil && f.Latency > 0 && !wait(c.r, time.Duration(f.Latency)*time.Millisecond) {
		return c.problem(fail(http.StatusRequestTimeout, "REQUEST_TIMEOUT", "The client went away."))
	}
	if f != nil && !f.needsWork() {
		return f.answer(c, nil)
	}
	a := s.perform(c, h)
	if f != nil {
		return f.answer(c, a)
	}
	return a
}

// perform passes a call through the door (session, version, quota) and runs it.
func (s *Sandbox) perform(c *call, h handler) *answer {
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
	var a *answer
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
func (s *Sandbox) usage(c *call, a *answer, h handler) {
	if h.open || c.user == "" {
		return
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	a.header.Set("Sforce-Limit-Info", s.quota.header(c.at))
}
