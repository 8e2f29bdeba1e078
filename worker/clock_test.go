package worker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/worker"
)

// TestClockChanges: what a schedule is due at around the two nights a year when clocks change, in local time with its offset.
func TestClockChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, spec, from, want string }{
		{"every day, in the hour left out", "30 2 * * *", "2026-03-28T00:00:00+01:00", "28T02:30+01 29T03:30+02 30T02:30+02"},
		{"every day, after the change", "0 6 * * *", "2026-03-28T00:00:00+01:00", "28T06:00+01 29T06:00+02 30T06:00+02"},
		{"every day, in the hour that comes twice", "30 2 * * *", "2026-10-24T00:00:00+02:00", "24T02:30+02 25T02:30+02 26T02:30+01"},
		{"some hours, clocks forward", "0 1-3 * * *", "2026-03-29T00:00:00+01:00", "29T01:00+01 29T03:00+02 30T01:00+02"},
		{"some hours, clocks back", "0 1-3 * * *", "2026-10-25T00:00:00+02:00", "25T01:00+02 25T02:00+02 25T03:00+01"},
		{"every half hour, clocks forward", "*/30 * * * *", "2026-03-29T01:15:00+01:00", "29T01:30+01 29T03:00+02 29T03:30+02"},
		{"every half hour, clocks back", "*/30 * * * *", "2026-10-25T02:15:00+02:00", "25T02:30+02 25T02:00+01 25T02:30+01"},
		{"another zone", "CRON_TZ=UTC 30 1 * * *", "2026-10-25T00:00:00+02:00", "25T02:30+01 26T02:30+01 27T02:30+01"},
		{"all hours and a day", "0 0 1 * *", "2026-10-25T00:00:00+02:00", "01T00:00+01 01T00:00+01 01T00:00+01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation("Europe/Berlin")
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, c.from)
			if err != nil {
				t.Fatal(err)
			}
			s := worker.Schedule{Sync: c.spec, TimeZone: zone}
			var got []string
			for range 3 {
				if at, err = s.Next(worker.Sync, at); err != nil {
					t.Fatal(err)
				}
				got = append(got, at.In(zone).Format("02T15:04-07"))
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("due  %s\nwant %s", text, c.want)
			}
		})
	}
}

// TestNeverDue: a day that does not come is never due, and no error.
func TestNeverDue(t *testing.T) {
	t.Parallel()
	at, err := worker.Schedule{Sync: "0 2 30 2 *"}.Next(worker.Sync, time.Now())
	if err != nil || !at.IsZero() {
		t.Errorf("due %v, %v", at, err)
	}
}
