package mapping

import (
	"testing"
	"time"
)

func TestHistory(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 23, 59, 0, 0, time.UTC) }
	for _, c := range []struct {
		text, score string
		now         time.Time
		want        string
	}{
		{"", "41", day(2), "2026-11-02 41"},
		{"2026-11-02 41", "58", day(9), "2026-11-02 41; 2026-11-09 58"},
		{"2026-11-02 41", "41", day(9), "2026-11-02 41"},
		{"2026-11-02 41; 2026-11-09 58", "60", day(9), "2026-11-02 41; 2026-11-09 60"},
		{"what somebody wrote there", "60", day(9), "what somebody wrote there; 2026-11-09 60"},
	} {
		if got := appendHistory(c.text, c.score, c.now); got != c.want {
			t.Errorf("%q and %s: %q, want %q", c.text, c.score, got, c.want)
		}
	}
	text := ""
	for d := range 300 {
		text = appendHistory(text, decimal(points(float64(d%101)), 6), day(1).AddDate(0, 0, d))
		if len(text) > historyLength {
			t.Fatalf("%d characters: %s", len(text), text)
		}
	}
}
