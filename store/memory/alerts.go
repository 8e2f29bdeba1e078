package memory

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/bareme/bareme/worker"
)

// raise stores what an acknowledged update means for alerts.
func (of *population) raise(o worker.Settled) {
	if o.Raised == nil {
		return
	}
	delete(of.standings, o.ID)
	if len(o.Raised.Standing) > 0 {
		of.standings[o.ID] = bytes.Clone(o.Raised.Standing)
	}
	for _, a := range o.Raised.Alerts {
		if slices.ContainsFunc(of.alerts, func(x worker.StoredAlert) bool { return x.Key == a.Key }) {
			continue
		}
		of.crossings++
		a.Seq, a.Person, a.Body = of.crossings, o.ID, bytes.Clone(a.Body)
		of.alerts = append(of.alerts, a)
	}
}

func (of *population) forgetAlerts(id string) {
	delete(of.standings, id)
	of.alerts = slices.DeleteFunc(of.alerts, func(a worker.StoredAlert) bool { return a.Person == id })
}

// pruneAlerts removes the alerts that were done with before a moment.
func (of *population) pruneAlerts(old time.Time) int {
	before := len(of.alerts)
	of.alerts = slices.DeleteFunc(of.alerts, func(a worker.StoredAlert) bool { return worker.DoneWith(a.State) && a.Due.Before(old) })
	return before - len(of.alerts)
}

// Standings implements worker.Alerting.
func (s *Store) Standings(ctx context.Context, connection string, ids []string) (map[string][]byte, error) {
	found := map[string][]byte{}
	err := s.use(ctx, connection, func(c *state) error {
		for _, id := range ids {
			if standing, there := c.people().standings[id]; there {
				found[id] = bytes.Clone(standing)
			}
		}
		return nil
	})
	return found, err
}

// Alerts implements worker.Alerting.
func (s *Store) Alerts(ctx context.Context, connection, in string, since time.Time, after int64, limit int) (out []worker.StoredAlert, err error) {
	err = s.use(ctx, connection, func(c *state) error {
		for _, a := range c.people().alerts {
			if a.State == in && a.Seq > after && !a.Due.Before(since) && len(out) < limit {
				a.Body = bytes.Clone(a.Body)
				out = append(out, a)
			}
		}
		return nil
	})
	return out, err
}

// SaveAlerts implements worker.Alerting.
func (s *Store) SaveAlerts(ctx context.Context, connection string, alerts []worker.StoredAlert) error {
	return s.use(ctx, connection, func(c *state) error {
		kept := c.people().alerts
		for _, a := range alerts {
			if i := slices.IndexFunc(kept, func(x worker.StoredAlert) bool { return x.Key == a.Key }); i >= 0 {
				kept[i].State, kept[i].Due, kept[i].Body = a.State, a.Due, bytes.Clone(a.Body)
			}
		}
		return nil
	})
}
