// Package worker is the walk: pull, map, score, plan, write. RunOnce does it once; a schedule repeats it.
package worker

import (
	"context"
	"errors"
	"time"

	"github.com/bareme/bareme/crm"
)

// What can be wrong with a store; every store returns errors that wrap these and say what to do.
var (
	ErrStoreLocked  = errors.New("state is in use by another process")
	ErrStoreDamaged = errors.New("state is damaged")
	ErrStoreFull    = errors.New("no room to write state")
	ErrOtherAccount = errors.New("state belongs to another CRM account")
	ErrStoreNewer   = errors.New("state was written by a newer version")
	ErrStoreAway    = errors.New("state cannot be reached now") // it may be back in a moment
)

// Population names the records that are scored together: the people, or the companies, of a connection. Each has its own
// marks, mapped inputs, updates, ledger and overrides; a record of one is nothing to the other.
type Population struct {
	Connection string
	Object     string // People or Companies of package crm; any other object is an ErrInvalid error
}

// PeopleOf names the people of a connection.
func PeopleOf(connection string) Population { return Population{connection, crm.People} }

// CompaniesOf names the companies of a connection.
func CompaniesOf(connection string) Population { return Population{connection, crm.Companies} }

// Store keeps the snapshot of mapped inputs, the cursors, what was written, and the ledger. Each method is one
// transaction: after a crash it has happened whole or not at all. One process at a time uses a store for writing, but for
// a store that is a Leaser: many may use it at once, and what must not be done twice at a time takes a lease.
// All times are UTC.
type Store interface {
	// Bind ties a connection to an account for good; another account's id is ErrOtherAccount.
	Bind(ctx context.Context, connection string, account crm.Account) error

	// Cursor returns the cursor of a pull and the shape it was made for; empty when there is none yet.
	Cursor(ctx context.Context, connection, object string) (cursor crm.Cursor, shape string, err error)

	// Known returns what is stored of these ids; ids not stored are absent.
	Known(ctx context.Context, connection, object string, ids []string) (map[string]Known, error)

	// SaveRecords stores a page of people or companies with its cursor. Changed records become dirty, and so do the people
	// of a changed company (by Snapshot.Company), whether they were stored before it or come after. A person with a share
	// (Scored.Share) who changes company makes both companies dirty, as far as they are stored.
	SaveRecords(ctx context.Context, page RecordPage) error

	// SaveActivities stores a page of activity with its cursor and makes dirty the stored people and companies it concerns,
	// those it concerned before included. Activity equal to what is stored changes nothing; the count of those that did is returned.
	SaveActivities(ctx context.Context, page ActivityPage) (changed int, err error)

	// Forget removes everything kept of these people or companies, the ledger included, or these activities of a source,
	// and makes dirty who loses something by it: the people of a company, and the company of a person with a share. An
	// activity that concerned nobody else goes too.
	Forget(ctx context.Context, connection, object string, ids []string) error

	// Missing returns up to limit ids of people or companies that no page of this full reading (RecordPage.Reload) has
	// brought, changed or touched: they may have left the CRM without a trace.
	Missing(ctx context.Context, connection, object, reload string, limit int) ([]string, error)

	// ActivityIDs returns up to limit ids of the stored activity of a source in order after the given id.
	ActivityIDs(ctx context.Context, connection, source, after string, limit int) ([]string, error)

	// MarkAllDirty makes the whole population dirty: the mapping has changed.
	MarkAllDirty(ctx context.Context, of Population) error

	// MarkPendingDirty makes dirty everybody whose update is pending, unsent and not set aside: it was computed for an
	// earlier moment.
	MarkPendingDirty(ctx context.Context, of Population) error

	// Dirty returns up to limit dirty records in id order after the given id, with everything mapping needs.
	Dirty(ctx context.Context, of Population, after string, limit int) ([]Inputs, error)

	// Inputs returns up to limit records in id order after the given id, dirty or not, with everything mapping needs.
	Inputs(ctx context.Context, of Population, after string, limit int) ([]Inputs, error)

	// Subjects returns up to limit mapped records in id order after the given id.
	Subjects(ctx context.Context, of Population, after string, limit int) ([]Subject, error)

	// Subject returns one mapped record, and ErrNotFound of package crm when there is none.
	Subject(ctx context.Context, of Population, id string) (Subject, Inputs, error)

	// Find returns the ids of the people whose Snapshot.Identity is this.
	Find(ctx context.Context, connection, identity string) ([]string, error)

	// SaveScored stores mapped inputs (which are no longer dirty then, unless they changed since: see Scored.Hash),
	// replaces the pending update of each record (a nil Pending removes it) and its share: a person whose share differs
	// from the stored one makes the company dirty, as far as it is stored.
	SaveScored(ctx context.Context, of Population, scored []Scored) error

	// Pending returns up to limit pending updates in id order after the given id, those set aside and not yet due left out.
	Pending(ctx context.Context, of Population, after string, limit int, now time.Time) ([]Pending, error)

	// InDoubt returns the pending updates that were marked sent and never settled: the process died in between.
	InDoubt(ctx context.Context, of Population, limit int) ([]Pending, error)

	// MarkSent records the intention to send these updates, before they are sent.
	MarkSent(ctx context.Context, of Population, run string, ids []string) error

	// MarkUnsent takes the intention back: they are known not to have arrived.
	MarkUnsent(ctx context.Context, of Population, ids []string) error

	// Settle records what became of updates: acknowledged ones become what the record shows and enter the ledger;
	// rejected ones are set aside until RetryAt, with their reason. What an acknowledged one raises is stored with it.
	Settle(ctx context.Context, of Population, settled []Settled) error

	// SetAside returns up to limit records whose updates are set aside, latest first.
	SetAside(ctx context.Context, of Population, limit int) ([]Rejection, error)

	// Ledger returns what was written to one record, latest first.
	Ledger(ctx context.Context, of Population, id string, limit int) ([]Entry, error)

	// Tally counts the population as planned: it reads no inputs.
	Tally(ctx context.Context, of Population) (Tally, error)

	// Best returns the records with the highest planned scores, best first, ties by id.
	Best(ctx context.Context, of Population, limit int) ([]Subject, error)

	// Note and SetNote keep small named facts of a connection, such as the hash of the model everyone was scored with.
	Note(ctx context.Context, connection, name string) (string, error)
	SetNote(ctx context.Context, connection, name, value string) error

	// SaveRun inserts or replaces a run; Runs returns the latest first.
	SaveRun(ctx context.Context, run Run) error
	Runs(ctx context.Context, connection string, limit int) ([]Run, error)

	// Prune removes the runs of a connection, and the ledger entries of its records, that are older at now than they are
	// kept. It works in steps, each a transaction.
	Prune(ctx context.Context, connection string, keep Retention, now time.Time) (Pruned, error)

	// Apart is about people who are treated apart.
	Apart

	// Kindred is about people whom several connections know.
	Kindred

	// Alerting is about who is told of whom.
	Alerting

	Close() error
}

// Known is what a store knows of a record without reading its inputs.
type Known struct {
	Hash     uint64 // of fields, company, owner
	Modified time.Time
	Memory   []byte // see Snapshot
}

// Snapshot is what is kept of one person or company: the mapped fields and nothing else.
type Snapshot struct {
	ID       string
	Hash     uint64
	Modified time.Time
	Identity string // a hash that finds a person without keeping the address; "" for none
	Company  string // id of a person's primary company
	Owner    string
	Fields   crm.Fields
	Memory   []byte // what mapping must remember between pulls (counters turned into events); opaque to the store

	// Links name records of other connections that are the same person or company. They are asked for by Kin; Inputs leaves
	// them out.
	Links []Link
}

// RecordPage is one page of a pull of people or companies.
type RecordPage struct {
	Connection, Object string
	Changed            []Snapshot
	Touched            []crm.Version     // seen again, unchanged: only the version moves
	Gone               []string          // absorbed by a merge: forgotten
	Heirs              map[string]string // of records gone: which one takes over their activity, and becomes dirty
	Cursor             crm.Cursor
	Shape              string // the fields and links the cursor stands for
	Reload             string // names the full reading this page belongs to, "" when none: see Missing
}

// ActivityPage is one page of a pull of activity.
type ActivityPage struct {
	Connection, Source string
	Changed            []crm.Activity
	Cursor             crm.Cursor
	Shape              string
}

// Inputs is everything mapping needs of one person or company.
type Inputs struct {
	Record     Snapshot
	Company    *Snapshot        // of a person; nil when there is none, or it is not stored
	Activities []SourceActivity // that concern the record, by source, then id
	Members    []Member         // of a company: its people who have a share, by id
	Peers      []Peer           // of a person whom several connections know; filled in by the worker, not by stores
	Disputed   bool             // too many records could be the same person, and none was joined; by the worker, too
	Shown      crm.Fields       // as in Subject
	Planned    Planned          // as in Subject
	Mark       int64            // tells this time of being dirty from others; 0 when the store counts none, or the record was clean
}

// SourceActivity is a stored activity and the source it came from.
type SourceActivity struct {
	Source string
	crm.Activity
}

// Member is what one of its people adds to a company.
type Member struct {
	ID    string
	Share []byte
}

// Subject is one mapped person or company as stored.
type Subject struct {
	ID       string
	Blob     []byte     // the mapped inputs, encoded by package scoring
	Share    []byte     // see Scored
	Shown    crm.Fields // what the CRM last acknowledged, nil when nothing was ever written
	Planned  Planned
	SetAside bool
}

// Planned is the headline of what a record shows or is about to show.
type Planned struct {
	Scored bool
	Score  float64
	Rows   float64 // the score that gives the grade its letter, for example fit
	Cols   float64 // the score that gives the grade its number, for example engagement
	Grade  string
	Label  string
	Trend  string
}

// Scored is what scoring one person or company left to store.
type Scored struct {
	ID      string
	Blob    []byte // nil: the mapped inputs stay as they are
	Hash    uint64 // Snapshot hash the blob was made from; when the stored one differs, the record stays dirty
	Mark    int64  // Inputs.Mark the blob was made from; when the record was marked again since, it stays dirty. 0: any mark
	Share   []byte // what a person adds to their company, opaque to the store; nil or empty: nothing
	Planned Planned
	Pending *Pending // nil: nothing to write
}

// Pending is an update that waits to be written.
type Pending struct {
	ID     string
	Fields crm.Fields // what to send; "" clears
	Entry  Entry      // enters the ledger when acknowledged
	Sent   string     // the run that sent it, "" when none has
	Tries  int        // rejections so far
}

// Settled is what became of one sent update.
type Settled struct {
	ID      string
	Status  crm.Status // Written, Rejected; Gone and Merged forget the record
	At      time.Time
	Reason  string    // when Rejected: without values
	RetryAt time.Time // when Rejected
	Raised  *Raised   // when Written; nil: no alert is raised, and the standing stays
}

// Rejection is an update set aside.
type Rejection struct {
	ID, Reason string
	At         time.Time
	RetryAt    time.Time
	Tries      int
}

// Entry is one line of the ledger: what a record showed before and after, why, and who computed it.
type Entry struct {
	At       time.Time // when the CRM acknowledged it; set by Settle
	Run      string
	Model    string // hash of the model file
	Old, New Planned
	First    bool      // nothing was written before
	Reasons  []string  // in words, as written to the record
	Since    time.Time // when the newest of what was scored changed in the CRM; zero when time alone moved the score
}

// Tally counts a population.
type Tally struct {
	People, Mapped, Dirty, Pending, SetAside, Unscored int // People: records, of whichever kind the population is
	Grades                                             map[string]int
	Labels                                             map[string]int
	Trends                                             map[string]int
	Histogram                                          [10]int // people by score, ten equal parts of 0 to 100; 100 falls in the last
}

// Count adds one mapped person to the unscored, or to the grades, labels, trends and the histogram.
func (t *Tally) Count(p Planned) {
	t.Mapped++
	if !p.Scored {
		t.Unscored++
		return
	}
	t.Grades[p.Grade]++
	t.Labels[p.Label]++
	t.Trends[p.Trend]++
	t.Histogram[min(max(int(p.Score/10), 0), len(t.Histogram)-1)]++
}

// Run is one run of the worker.
type Run struct {
	ID, Connection, Kind string // Kind: "sync", "rescore", "reload", "preview"
	Started, Finished    time.Time
	Status               string // "running", "done", "failed", "refused", "stopped"
	Report               []byte // JSON
}
