package crmtest

import (
	"github.com/bareme/bareme/crm"
)

// Harness is one connector on a fresh, empty CRM, and what the suite must know about the two.
//
// The connector must not really sleep through rate limits, or sleep milliseconds: the suite causes many.
// What holds resources is released by t.Cleanup in the function that makes the harness.
type Harness struct {
	Connector crm.Connector
	System    System

	// Reopen makes a new connector on the same account, as a process does that starts again: cursors must outlive the
	// connector that gave them.
	Reopen func() crm.Connector

	// Text names a writable free-text field of each object to test: People and Companies always, and every source of
	// activity the suite shall try.
	Text map[string]string

	ReadOnly  string      // a field of People the CRM fills by itself, "" when there is none
	Samples   []Sample    // at least one for every type of field the CRM has on People; Text has no need of one
	Faults    []Fault     // StandardFaults and the CRM's own
	Provision []crm.Field // fields of People that do not exist yet, a Choice with two options or more among them; nil when the connector is no Provisioner

	PageSize  int // records the connector brings on one page; the suite makes two and a half pages. 100 when 0
	BatchSize int // updates the connector sends in one request. 100 when 0

	Secrets []string      // what must never show in errors and logs: the token and all that opens the account
	Logs    func() string // everything the connector logged so far, at the most talkative level; nil when it logs nothing

	NoMerge    bool            // the CRM cannot merge records
	OneCompany bool            // a person belongs to one company at most
	Daily      map[string]bool // sources whose activities happen on a day, without a time
}

// Sample is one value in the CRM's own notation and in canonical text.
type Sample struct {
	Field     string // a writable field of People
	Type      crm.Type
	Stored    string // as a user's browser or another program may have left it: "1.50", "TRUE", "1767225600000"
	Canonical string // as the connector must return it, and as the suite writes it back
}

// canary marks every value the suite plants, as a name or an address would be: it must not show in errors or logs.
const canary = "canary7f3a"

func (h Harness) pageSize() int  { return orDefault(h.PageSize, 100) }
func (h Harness) batchSize() int { return orDefault(h.BatchSize, 100) }
