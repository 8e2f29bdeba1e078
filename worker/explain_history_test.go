package worker

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMovesTellWhatChanged(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 8, 0, 0, 0, time.UTC) }
	full := []string{"8 a", "7 b", "6 c", "5 d", "4 e", "3 f", "2 g", "1 h"}
	got := moves([]Entry{
		{At: day(5), Model: "n", Reasons: []string{"9 a", "7 b", "2 z"}},
		{At: day(4), Model: "m", Reasons: full},
		{At: day(3), Model: "m", Reasons: []string{"Not scored: too little is known"}},
		{At: day(2), Model: "m", Reasons: []string{"10 Clicked an e-mail: 3 times, last on 1 Nov 2026", "-10 Free mail", "30.5 Title: director"}},
		{At: day(1), Model: "m", First: true, Reasons: []string{"5 Clicked an e-mail: once, on 1 Nov 2026", "30.5 Title: director"}},
	})
	want := []HistoryMove{
		// z may have been weaker than the eighth; c to h are gone for sure.
		{At: day(5), Model: "n", New: true, Reasons: []ReasonMove{{-6, "c"}, {-5, "d"}, {-4, "e"}, {-3, "f"}}},
		{At: day(4), Model: "m", Reasons: []ReasonMove{{8, "a"}, {7, "b"}, {6, "c"}, {5, "d"}}},
		{At: day(3), Model: "m", Reasons: []ReasonMove{{-30.5, "Title: director"}, {-10, "Clicked an e-mail: 3 times, last on 1 Nov 2026"}, {10, "Free mail"}}},
		{At: day(2), Model: "m", Reasons: []ReasonMove{{-10, "Free mail"}, {5, "Clicked an e-mail: 3 times, last on 1 Nov 2026"}}},
		{At: day(1), Model: "m", First: true, Reasons: []ReasonMove{{30.5, "Title: director"}, {5, "Clicked an e-mail: once, on 1 Nov 2026"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if cut := moves([]Entry{{At: day(9), Reasons: full}}); len(cut[0].Reasons) != 0 {
		t.Errorf("without the entry before, nothing is known: %v", cut)
	}
}
