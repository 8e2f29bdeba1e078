package worker

import (
	"context"
	"time"

	"github.com/bareme/bareme/alert"
)

// Alerting is the part of a Store that keeps alerts from the crossing to their delivery. What an alert and a standing say
// is opaque to it. Both hang on a person, and go when the person is forgotten.
type Alerting interface {
	// Standings returns the standing of these people of a connection; those without one are absent.
	Standings(ctx context.Context, connection string, ids []string) (map[string][]byte, error)

	// Alerts returns up to limit alerts of a connection in a state that are due at since or later, in order of crossing
	// after the given Seq. The zero time is any.
	Alerts(ctx context.Context, connection, state string, since time.Time, after int64, limit int) ([]StoredAlert, error)

	// SaveAlerts replaces state, moment and body of stored alerts, by key; those not stored are left out.
	SaveAlerts(ctx context.Context, connection string, alerts []StoredAlert) error
}

// StoredAlert is one alert in the outbox.
type StoredAlert struct {
	Seq    int64 // order of crossing, given by the store; it grows, and need not be without gaps
	Key    string
	Person string
	State  string
	Due    time.Time
	Body   []byte
}

// Raised is what the acknowledgement of an update means for alerts. It is stored in the transaction that settles the
// update, so that a crossing is never lost and never told twice. People only: companies raise nothing.
type Raised struct {
	Standing []byte        // the person's new standing; empty: none
	Alerts   []StoredAlert // to be delivered; a key that is stored already is left out
}

// DoneWith says whether an alert in this state is done with: Prune removes it once it is older than runs are kept.
func DoneWith(state string) bool {
	return state == alert.Sent || state == alert.Unsure || state == alert.Dead
}
