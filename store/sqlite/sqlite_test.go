package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a b?#%", "x.db")
	s, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Bind(ctx, "c", crm.Account{ID: "1"}))
	must(s.SaveRecords(ctx, worker.RecordPage{Connection: "c", Object: "people", Changed: []worker.Snapshot{{ID: "1", Hash: 7, Company: "9", Fields: crm.Fields{"a": "b"}}}, Cursor: "x", Shape: "y"}))
	must(s.SaveRecords(ctx, worker.RecordPage{Connection: "c", Object: "companies", Changed: []worker.Snapshot{{ID: "9", Hash: 7, Fields: crm.Fields{"a": "c"}}}, Cursor: "x", Shape: "y"}))
	n, err := s.SaveActivities(ctx, worker.ActivityPage{Connection: "c", Source: "deals", Changed: []crm.Activity{{ID: "5", Time: time.Unix(5, 0).UTC(), Links: map[string][]string{"people": {"1"}}}}})
	must(err)
	if n != 1 {
		t.Fatal(n)
	}
	d, err := s.Dirty(ctx, "c", "", 10)
	must(err)
	t.Logf("%+v %+v", d, d[0].Company)
	must(s.SaveScored(ctx, "c", []worker.Scored{{ID: "1", Hash: 7, Blob: []byte("x"), Planned: worker.Planned{Scored: true, Score: 50, Grade: "A1"}, Pending: &worker.Pending{ID: "1", Fields: crm.Fields{"s": "5"}}}}))
	must(s.MarkSent(ctx, "c", "r", []string{"1"}))
	must(s.Settle(ctx, "c", []worker.Settled{{ID: "1", Status: crm.Rejected, At: time.Unix(1, 0), RetryAt: time.Unix(3, 0)}}))
	p, err := s.Pending(ctx, "c", "", 10, time.Unix(4, 0))
	must(err)
	t.Logf("%+v", p)
	must(s.MarkSent(ctx, "c", "r", []string{"1"}))
	must(s.Settle(ctx, "c", []worker.Settled{{ID: "1", Status: crm.Written, At: time.Unix(1, 0)}}))
	l, err := s.Ledger(ctx, "c", "1", 3)
	must(err)
	ta, err := s.Tally(ctx, "c")
	must(err)
	b, err := s.Best(ctx, "c", 3)
	must(err)
	t.Logf("%+v %+v %+v", l, ta, b)
	must(s.Forget(ctx, "c", "people", []string{"1"}))
	must(s.Close())
	s, err = sqlite.Open(ctx, path)
	must(err)
	must(s.Verify(ctx))
	must(s.Close())
}
