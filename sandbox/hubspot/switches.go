package hubspot

import (
	"slices"
	"time"
)

// SetIndexLag sets how long search keeps showing the old state after a change.
func (s *Sandbox) SetIndexLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.indexLag = d
}

// SetLimits replaces the request limits; counts start anew, save for the day's.
func (s *Sandbox) SetLimits(l Limits) {
	s.gate.Lock()
	defer s.gate.Unlock()
	used, day := s.limit.used, s.limit.day
	s.limit = newThrottle(l, s.zone)
	s.limit.used, s.limit.day = used, day
}

// LeaveDaily spends the day's requests save for so many.
func (s *Sandbox) LeaveDaily(left int) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.limit.turn(s.Now())
	s.limit.used = max(0, s.limit.limits.Daily-left)
}

// BumpOnSameValue says whether a write that changes no value still moves the modified time. At first it does: HubSpot
// does not say, and this is the harder case for a client.
func (s *Sandbox) BumpOnSameValue(bump bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bumpSame = bump
}

// KeepPrimaryID says whether a merge keeps the id of the primary record (a beta of HubSpot) or makes a new one.
func (s *Sandbox) KeepPrimaryID(keep bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepPrimaryID = keep
}

// SetToken replaces the private-app token, as a rotation does, and undoes RevokeToken.
func (s *Sandbox) SetToken(token string) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.token, s.auth.revoked = token, false
}

// RevokeToken makes the private-app token and the refresh token worthless.
func (s *Sandbox) RevokeToken() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.revoked = true
	s.auth.expireAll(s.Now())
}

// ExpireTokens ends the life of every OAuth access token; the refresh token stays good.
func (s *Sandbox) ExpireTokens() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.expireAll(s.Now())
}

func (a *auth) expireAll(now time.Time) {
	for token := range a.issued {
		a.issued[token] = now
	}
}

// DropScopes takes scopes away; GrantScopes gives them back.
func (s *Sandbox) DropScopes(scopes ...string) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.scopes = slices.DeleteFunc(slices.Clone(s.auth.scopes), func(x string) bool { return slices.Contains(scopes, x) })
}

// GrantScopes adds scopes to those granted.
func (s *Sandbox) GrantScopes(scopes ...string) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.auth.scopes = append(slices.Clone(s.auth.scopes), scopes...)
}
