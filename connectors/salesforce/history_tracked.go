package salesforce

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/bareme/bareme/connectors/internal/lazy"
	"github.com/bareme/bareme/crm"
)

// historyMonths is how long Salesforce promises to keep what fields were. The queryAll call shows changes up to six months
// older, which Field Audit Trail may have moved elsewhere: nothing is concluded from their absence.
//
// Salesforce: Field History Tracking, considerations.
const historyMonths = 18

// historyObjects are the objects that keep what fields of another were; each names its record in the other's name with Id.
var historyObjects = map[string]string{lead: "LeadHistory", contact: "ContactHistory", account: "AccountHistory",
	opportunity: "OpportunityFieldHistory"}

// longestTracked is the longest text whose values the history keeps: of longer ones it notes that they changed.
const longestTracked = 255

// tracking is what the connector has learnt of an org's field history tracking.
type tracking struct {
	mu     sync.Mutex
	fields map[string]*lazy.Value[map[string]bool] // tracked ones by object
	first  map[string]*lazy.Value[time.Time]       // the oldest change by object and field; the zero time: none yet
}

func valueOf[T any](mu *sync.Mutex, all *map[string]*lazy.Value[T], key string) *lazy.Value[T] {
	mu.Lock()
	defer mu.Unlock()
	if *all == nil {
		*all = make(map[string]*lazy.Value[T])
	}
	if (*all)[key] == nil {
		(*all)[key] = new(lazy.Value[T])
	}
	return (*all)[key]
}

// trackedFields are the fields of an object whose history is tracked; again asks whatever is known.
//
// Salesforce: FieldDefinition, IsFieldHistoryTracked.
func (c *Connector) trackedFields(ctx context.Context, op, entity string, again bool) (map[string]bool, error) {
	v := valueOf(&c.tracking.mu, &c.tracking.fields, entity)
	load := func(ctx context.Context) (map[string]bool, error) {
		rows, err := c.whole(ctx, op, entity, query{columns: []string{"QualifiedApiName"}, from: "FieldDefinition",
			where: []string{"EntityDefinition.QualifiedApiName = " + quote(entity), "IsFieldHistoryTracked = true"}})
		if coded(err, "INVALID_TYPE", "INSUFFICIENT_ACCESS", "INVALID_FIELD") { // not for this user: then nothing is known to be tracked
			return map[string]bool{}, nil
		}
		out := make(map[string]bool, len(rows))
		for _, r := range rows {
			out[r["QualifiedApiName"]] = true
		}
		return out, err
	}
	if again {
		return v.Renew(ctx, load)
	}
	return v.Get(ctx, load)
}

// firstChange is when any record's field of that name was first noted to change. Salesforce does not say since when a field
// is tracked; it is certain that it was by then. Before, no row may mean no change or no tracking.
func (c *Connector) firstChange(ctx context.Context, op, entity string, f wireField, again bool) (time.Time, error) {
	v := valueOf(&c.tracking.mu, &c.tracking.first, entity+"."+f.Name)
	load := func(ctx context.Context) (time.Time, error) {
		rows, err := c.whole(ctx, op, entity, query{columns: []string{"CreatedDate"}, from: historyObjects[entity],
			where: []string{"Field IN " + quoteAll(historyNames(f))}, order: []string{"CreatedDate ASC LIMIT 1"}, all: true})
		if err != nil || len(rows) == 0 {
			return time.Time{}, err
		}
		at, _ := parseTime(rows[0]["CreatedDate"])
		return at, nil
	}
	if again {
		return v.Renew(ctx, load)
	}
	return v.Get(ctx, load)
}

// historyNames are what a field is called in the history: a lookup of Salesforce's own goes by its relationship.
func historyNames(f wireField) []string {
	if f.Type == "reference" && f.Relationship != "" && !strings.HasSuffix(f.Name, "__c") {
		return []string{f.Name, f.Relationship}
	}
	return []string{f.Name}
}

// fieldTracking says whether the history of a field of one object of Salesforce is kept, and since when.
func (c *Connector) fieldTracking(ctx context.Context, op, entity string, f wireField, again bool) (crm.Tracking, error) {
	switch {
	case f.Name == "CreatedDate" || f.Name == colID:
		return crm.Tracking{Kept: true}, nil // they never change
	case f.Calculated:
		return crm.Tracking{Why: "is a formula or roll-up, of which Salesforce keeps no history"}, nil
	case f.Type == "multipicklist", f.Type == "textarea" && f.Length > longestTracked:
		return crm.Tracking{Why: "is of a type whose changes Salesforce notes without their values"}, nil
	}
	tracked, err := c.trackedFields(ctx, op, entity, again)
	if err != nil {
		return crm.Tracking{}, err
	}
	if !tracked[f.Name] {
		return crm.Tracking{Why: "is not tracked on " + entity + ": switch on Field History Tracking for it, and its past is known from then on"}, nil
	}
	first, err := c.firstChange(ctx, op, entity, f, again)
	if coded(err, codeNoObject, "INVALID_TYPE") {
		return crm.Tracking{Why: "is tracked, and Salesforce shows this user no " + historyObjects[entity]}, nil
	}
	if err != nil {
		return crm.Tracking{}, err
	}
	if first.IsZero() {
		return crm.Tracking{Why: "is tracked on " + entity + ", and no change is noted: since when it is, Salesforce does not say"}, nil
	}
	since := c.theirNow().AddDate(0, -historyMonths, 0)
	if first.After(since) {
		since = first
	}
	return crm.Tracking{Kept: true, Since: since}, nil
}

// Tracked implements crm.Historian. A field of leads and contacts is kept when it is wherever it exists.
func (c *Connector) Tracked(ctx context.Context, q crm.HistoryQuery) (crm.Tracked, error) {
	h, err := c.newHistories(ctx, q, true)
	if err != nil {
		return crm.Tracked{}, kinded(ctx, "read what "+q.Object+" were", q.Object, err)
	}
	out := crm.Tracked{Fields: map[string]crm.Tracking{}, Links: map[string]crm.Tracking{}}
	for _, name := range q.Fields {
		out.Fields[name] = h.together(name)
	}
	for _, link := range q.Links {
		out.Links[link] = crm.Tracking{Why: "is linked without a history in Salesforce"}
		if h.linked(link) {
			out.Links[link] = h.together(colAccount)
		}
	}
	return out, nil
}

// together is the tracking of a field on all objects that have it.
func (h *histories) together(name string) crm.Tracking {
	out := crm.Tracking{Why: "is read through another record, whose history is not followed"}
	found := false
	for _, entity := range h.o.entities() {
		t, there := h.tracked[entity][name]
		switch {
		case !there:
		case !t.Kept:
			return t
		case !found || t.Since.After(out.Since):
			out, found = t, true
		}
	}
	return out
}
