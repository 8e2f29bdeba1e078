package salesforce

import (
	"slices"
	"strings"
)

// Rule is an administrator's rule: a record of Object must have Field, when its field When has the value Equals (When "":
// always). A user's validation rule refuses with FIELD_CUSTOM_VALIDATION_EXCEPTION, a trigger with
// CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY.
type Rule struct {
	Object  string `json:"object"`
	Field   string `json:"field"`
	When    string `json:"when,omitempty"`
	Equals  string `json:"equals,omitempty"`
	Message string `json:"message,omitempty"`
	Trigger bool   `json:"trigger,omitempty"`
}

// AddRule sets up a rule. Records that break it already stay as they are until somebody edits them.
func (s *Sandbox) AddRule(r Rule) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[strings.ToLower(r.Object)]
	if o == nil {
		return noSuchObject(r.Object)
	}
	for _, name := range []string{r.Field, r.When} {
		if name != "" && o.find(name) == nil {
			return noSuchColumn(name, o.name)
		}
	}
	s.rules = append(s.rules, r)
	return nil
}

// DropRules removes every rule.
func (s *Sandbox) DropRules() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
}

// broken is the refusal of the first rule that a record breaks.
func (s *Sandbox) broken(o *object, after func(*field) any, trigger bool) *rowError {
	for _, r := range s.rules {
		if r.Trigger != trigger || !strings.EqualFold(r.Object, o.name) || after(o.must(r.Field)) != nil {
			continue
		}
		if r.When != "" && plainText(after(o.must(r.When))) != r.Equals {
			continue
		}
		message := r.Message
		if message == "" {
			message = o.must(r.Field).label + " must be filled in."
		}
		if trigger {
			return refuse("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", nil, "%sGuard: execution of BeforeUpdate\n\ncaused by: System.DmlException: %s\n\nTrigger.%sGuard: line 7, column 1",
				o.name, message, o.name)
		}
		return refuse("FIELD_CUSTOM_VALIDATION_EXCEPTION", []string{r.Field}, "%s", message)
	}
	return nil
}

// RowFault is a planned refusal of records. The first that matches a record and is due decides.
type RowFault struct {
	Object  string   `json:"object,omitempty"` // "": any
	ID      string   `json:"id,omitempty"`     // "": any
	After   int      `json:"after,omitempty"`  // let this many matching records pass first
	Count   int      `json:"count,omitempty"`  // how many to refuse; 0: one, negative: all
	Every   int      `json:"every,omitempty"`  // refuse only each n-th of them
	Code    string   `json:"code"`
	Message string   `json:"message,omitempty"`
	Fields  []string `json:"fields,omitempty"`
}

type rowFault struct {
	RowFault
	seen, used int
}

// SpoilRows plans refusals of records.
func (s *Sandbox) SpoilRows(faults ...RowFault) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Code == "" {
			return refuse("INVALID_FIELD", nil, "a row fault needs a code")
		}
		s.rowFaults = append(s.rowFaults, &rowFault{RowFault: f})
	}
	return nil
}

// ClearRowFaults drops every planned refusal of records.
func (s *Sandbox) ClearRowFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rowFaults = nil
}

// spoiledRow is the planned refusal of a record, if one is due.
func (s *Sandbox) spoiledRow(r *row, creating bool) *rowError {
	for _, f := range s.rowFaults {
		if f.Object != "" && !strings.EqualFold(f.Object, r.o.name) || f.ID != "" && (creating || !sameID(f.ID, r.id)) {
			continue
		}
		f.seen++
		if f.seen <= f.After || f.Count >= 0 && f.used >= max(1, f.Count) || f.Every > 1 && f.seen%f.Every != 0 {
			continue
		}
		f.used++
		message := f.Message
		if message == "" {
			message = rowMessages()[f.Code]
		}
		return refuse(f.Code, slices.Clone(f.Fields), "%s", message)
	}
	return nil
}

func rowMessages() map[string]string {
	return map[string]string{
		"UNABLE_TO_LOCK_ROW":                   lockMessage,
		"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "ScoreGuard: execution of BeforeUpdate\n\ncaused by: System.LimitException: Apex CPU time limit exceeded",
		"INSUFFICIENT_ACCESS_OR_READONLY":      "insufficient access rights on object id",
		"FIELD_CUSTOM_VALIDATION_EXCEPTION":    "This record may not be changed.",
	}
}

func sameID(a, b string) bool {
	x, _ := fullID(a)
	y, _ := fullID(b)
	return x != "" && x == y
}

// lockMessage is what a row says that somebody else holds.
const lockMessage = "unable to obtain exclusive access to this record"

// Lock has somebody else hold a record: the next times writes to it, or to records below it (contacts and opportunities
// of an account, activities of a person) fail; negative: until Unlock.
func (s *Sandbox) Lock(id string, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if full, ok := fullID(id); ok {
		s.locks[full] = times
	}
}

// Unlock lets go of every record, and ends the share of SetLockShare.
func (s *Sandbox) Unlock() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.locks)
	s.lockShare = 0
}

// SetLockShare has a share of all writes of records find their row held by somebody: drawn from the org's seed, and never
// twice in a row for one record.
func (s *Sandbox) SetLockShare(share float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lockShare = share
}

// locked says whether somebody holds a record or what it hangs on.
func (t *tx) locked(r *row, c changes) *rowError {
	s := t.s
	held := refuse("UNABLE_TO_LOCK_ROW", nil, lockMessage)
	if s.lockShare > 0 && s.lockedBefore[r.id] == 0 && s.chance.Float64() < s.lockShare {
		s.lockedBefore[r.id] = 1
		return held
	}
	delete(s.lockedBefore, r.id)
	if len(s.locks) == 0 {
		return nil
	}
	for _, id := range append([]string{r.id}, t.above(r, c)...) {
		left, there := s.locks[id]
		if !there || left == 0 {
			continue
		}
		if left > 0 {
			s.locks[id] = left - 1
		}
		return held
	}
	return nil
}

// above are the records that a write to this one locks as well.
func (t *tx) above(r *row, c changes) []string {
	var out []string
	for _, name := range []string{"AccountId", "WhoId", "WhatId", "CampaignId", "OpportunityId"} {
		f := r.o.find(name)
		if f == nil {
			continue
		}
		for _, v := range []any{r.get(f), c[f]} {
			if id, _ := v.(string); id != "" {
				out = append(out, id)
			}
		}
	}
	return out
}
