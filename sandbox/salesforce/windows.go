package salesforce

import (
	"net/http"
	"sort"
	"strings"
	"time"
)

// The windows of /updated and /deleted.
const (
	updatedWindow = 30 * 24 * time.Hour
	deletedWindow = 15 * 24 * time.Hour
)

// window reads start and end.
func (c *call) window(longest time.Duration) (from, to time.Time, err *apiError) {
	q := c.r.URL.Query()
	read := func(name string) (time.Time, bool) {
		text := strings.ReplaceAll(q.Get(name), " ", "+") // a plus sign nobody escaped
		t, ok := readDateTime(text).(time.Time)
		return t, ok
	}
	from, ok := read("start")
	if !ok {
		return from, to, fail(http.StatusBadRequest, "INVALID_REPLICATION_DATE", "invalid start date")
	}
	if to, ok = read("end"); !ok {
		return from, to, fail(http.StatusBadRequest, "INVALID_REPLICATION_DATE", "invalid end date")
	}
	switch {
	case !from.Before(to) || to.Sub(from) < time.Minute:
		return from, to, fail(http.StatusBadRequest, "INVALID_REPLICATION_DATE", "startDate before endDate by at least a minute")
	case from.Before(c.at.Add(-longest)):
		return from, to, fail(http.StatusBadRequest, "INVALID_REPLICATION_DATE", "startDate cannot be more than %d days ago", int(longest.Hours()/24))
	}
	return from, to, nil
}

const isoStamp = "2006-01-02T15:04:05.000+0000"

func (s *Sandbox) updated(c *call) (int, any, *apiError) {
	from, to, err := c.window(updatedWindow)
	if err != nil {
		return 0, nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := c.viewer().object(c.object)
	if o == nil {
		return 0, nil, notFound()
	}
	ids := []string{}
	for _, r := range o.between(from, to, "") {
		if !r.deleted && r.stamp < to.UnixMilli() {
			ids = append(ids, r.id)
		}
	}
	sort.Strings(ids)
	c.records = len(ids)
	return http.StatusOK, map[string]any{"ids": ids, "latestDateCovered": earlier(to, c.at).Format(isoStamp)}, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b.Truncate(time.Second)
}

func (s *Sandbox) deleted(c *call) (int, any, *apiError) {
	from, to, err := c.window(deletedWindow)
	if err != nil {
		return 0, nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := c.viewer().object(c.object)
	if o == nil {
		return 0, nil, notFound()
	}
	type entry struct {
		ID string `json:"id"`
		At string `json:"deletedDate"`
	}
	out := []entry{}
	for _, d := range o.deletes {
		if d.at >= from.UnixMilli() && d.at < to.UnixMilli() {
			out = append(out, entry{d.id, moment(d.at).Format(isoStamp)})
		}
	}
	c.records = len(out)
	return http.StatusOK, map[string]any{"deletedRecords": out, "earliestDateAvailable": c.at.Add(-deletedWindow).Format(isoStamp),
		"latestDateCovered": earlier(to, c.at).Format(isoStamp)}, nil
}
