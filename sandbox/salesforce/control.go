package salesforce

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The methods of this file do what the org's users and the platform itself do: they take no part in quota and log, and
// no rule stops them.

// platform writes past every rule, in the name of the administrator.
func (s *Sandbox) platform(op operation) saving {
	return saving{viewer: viewer{s: s, user: s.adminID, all: true}, operation: op, allowDuplicates: true}
}

// Create makes a record as a user would and returns its id.
func (s *Sandbox) Create(object string, values map[string]any) (string, error) {
	out := s.save(s.platform(insertRows), []input{{object: object, values: plain(values)}})[0]
	return out.id, problem(out)
}

// Change sets fields of a record as a user would, read-only ones included (nil or "" clears a value). With ago, the
// record is stamped as much earlier: as when a long transaction comes to its end only now.
func (s *Sandbox) Change(id string, values map[string]any, ago time.Duration) error {
	var out result
	s.write(func(t *tx) {
		t.now -= ago.Milliseconds() / 1000 * 1000
		full, _ := fullID(id)
		o := s.objectByPrefix(full)
		if o == nil {
			out = result{err: malformedID("Id", id)}
			return
		}
		out = t.saveOne(s.platform(updateRows), input{object: o.name, id: full, values: plain(values)})
	})
	return problem(out)
}

func plain(values map[string]any) map[string]any {
	out := maps.Clone(values)
	for k, v := range out {
		switch x := v.(type) {
		case float64, int:
			out[k] = fmt.Sprint(x)
		case time.Time: // as clients write it
			out[k] = x.UTC().Format(time.RFC3339)
		}
	}
	return out
}

func problem(r result) error {
	if r.err != nil {
		return r.err
	}
	return nil
}

// Delete puts a record into the recycle bin, where its object has one. Purge removes it for good.
func (s *Sandbox) Delete(id string) error { return s.remove(id, deleteRows) }

// Purge removes a record past the recycle bin, also one that lies in it.
func (s *Sandbox) Purge(id string) error {
	full, _ := fullID(id)
	s.mu.Lock()
	o, r := s.objectOf(full)
	binned := r != nil && r.deleted
	if binned {
		o.drop(r)
	}
	s.mu.Unlock()
	if binned {
		return nil
	}
	return s.remove(id, hardDeleteRows)
}

func (s *Sandbox) remove(id string, op operation) error {
	full, _ := fullID(id)
	o := s.objectByPrefix(full)
	if o == nil {
		return malformedID("Id", id)
	}
	return problem(s.save(s.platform(op), []input{{object: o.name, id: full}})[0])
}

// Undelete brings a record back from the recycle bin.
func (s *Sandbox) Undelete(id string) error {
	return s.edit(id, func(t *tx, r *row) error {
		if !r.deleted {
			return refuse("UNDELETE_FAILED", nil, "entity is not in the recycle bin")
		}
		r.deleted = false
		t.touch(r, s.adminID)
		return nil
	})
}

// EmptyBin removes everything that was deleted for good.
func (s *Sandbox) EmptyBin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.order {
		for _, r := range slices.Clone(o.rows) {
			if r.deleted {
				o.drop(r)
			}
		}
	}
}

// Touch moves SystemModstamp alone, as a roll-up or a renamed picklist value does.
func (s *Sandbox) Touch(id string) error {
	return s.edit(id, func(t *tx, r *row) error {
		t.stir(r)
		return nil
	})
}

// TouchAll gives every live record of an object the same SystemModstamp, as mass jobs do. It returns how many there were.
func (s *Sandbox) TouchAll(object string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[strings.ToLower(object)]
	if o == nil {
		return 0, noSuchObject(object)
	}
	now, n := s.second(), 0
	for _, r := range o.rows {
		if !r.deleted {
			r.stamp = now
			n++
		}
	}
	o.stamps = nil
	return n, nil
}

// edit runs a change on one record, deleted or not.
func (s *Sandbox) edit(id string, change func(*tx, *row) error) error {
	err := error(refuse("INVALID_CROSS_REFERENCE_KEY", nil, "invalid cross reference id"))
	s.write(func(t *tx) {
		full, _ := fullID(id)
		if _, r := s.objectOf(full); r != nil {
			err = change(t, r)
		}
	})
	return err
}

// Archive marks activities as archived that took place before a moment: queryAll alone still shows them.
func (s *Sandbox) Archive(before time.Time) int {
	n := 0
	s.write(func(t *tx) {
		for _, name := range []string{"task", "event"} {
			o := s.objects[name]
			for _, r := range o.rows {
				if day, ok := r.get(o.must("ActivityDate")).(time.Time); ok && day.Before(before) && !r.truth("IsArchived") {
					r.put(o.must("IsArchived"), true)
					n++
				}
			}
		}
	})
	return n
}

// HideField takes a standard or open field from everybody who has no permission set for it: at read, it can be seen but
// not changed. Hiding "Lead" hides the whole object.
func (s *Sandbox) HideField(name string, readable bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := none
	if readable {
		left = read
	}
	s.access.hidden[strings.ToLower(name)] = left
	s.schemaChanged = s.Now()
}

// ShowField gives back what HideField took.
func (s *Sandbox) ShowField(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.access.hidden, strings.ToLower(name))
	s.schemaChanged = s.Now()
}

// SetRight gives the API users a system permission, or takes it.
func (s *Sandbox) SetRight(r Right, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access.rights[r] = on
}

// Private says whether users see only the records they own: organisation-wide defaults of Private, without View All.
func (s *Sandbox) Private(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.private = on
}

// DuplicateRules switches the duplicate rules on or off.
func (s *Sandbox) DuplicateRules(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.duplicateRules = on
}

// Values returns fields of all live records of an object, by id: to compare end states. Values are as REST shows them,
// as text.
func (s *Sandbox) Values(object string, fields ...string) (map[string]map[string]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := s.objects[strings.ToLower(object)]
	if o == nil {
		return nil, noSuchObject(object)
	}
	out := map[string]map[string]string{}
	for _, r := range o.rows {
		if r.deleted {
			continue
		}
		v := map[string]string{}
		for _, name := range fields {
			f := o.find(name)
			if f == nil {
				return nil, noSuchColumn(name, o.name)
			}
			v[f.Name] = textOf(f, r.get(f))
		}
		out[r.id] = v
	}
	return out, nil
}

// Value returns fields of one live record, as Values does, and whether there is such a record.
func (s *Sandbox) Value(id string, fields ...string) (map[string]string, bool) {
	full, _ := fullID(id)
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, r := s.objectOf(full)
	if r == nil || r.deleted {
		return nil, false
	}
	v := map[string]string{}
	for _, name := range fields {
		if f := o.find(name); f != nil {
			v[f.Name] = textOf(f, r.get(f))
		}
	}
	return v, true
}
