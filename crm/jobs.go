package crm

import "context"

// JobBook remembers the write jobs that a CRM carries out by itself, after the request that started them: a job is in the
// book from before its first record is handed over until its results are known. Entries are opaque short texts without
// personal data.
type JobBook interface {
	// Jobs returns the entries there are.
	Jobs(ctx context.Context) ([]string, error)
	// Add stores an entry. When it returns, the entry outlives the process.
	Add(ctx context.Context, job string) error
	// Remove drops an entry; dropping what is not there is no error.
	Remove(ctx context.Context, job string) error
}

// Resumer is a connector whose write jobs may outlive the process that started them.
type Resumer interface {
	// Keep gives the connector its book, before the first Write or Resume.
	Keep(book JobBook)

	// Resume collects what became of the jobs in the book: it waits for those under way, gives up those that were never
	// handed over whole, and removes each from the book once its outcomes are among those returned. It is called before
	// updates in doubt are looked up: a job still under way would show them as not written, and write later. With an
	// error come the outcomes of the jobs collected so far.
	Resume(ctx context.Context) ([]Outcome, error)
}

// Batcher is a connector that writes best in large batches.
type Batcher interface {
	// WriteBatch is how many updates one Write takes best.
	WriteBatch() int
}

// Reconciler tells which of the ids a store holds are gone from the CRM, for objects whose deletions leave no trace.
type Reconciler interface {
	// Missing returns those of the ids of an object, records or activity, that no longer exist.
	Missing(ctx context.Context, object string, ids []string) ([]string, error)
}
