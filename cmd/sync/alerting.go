package main

import (
	"errors"
	"slices"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/alert/channel"
	"github.com/bareme/bareme/worker"
)

// alerting wires who is told of whom into the workers of a run. Commands that do not run need no channel, and none of its
// settings.
func (p *program) alerting(g worker.Group, sites []site) error {
	var errs []error
	for i, s := range sites {
		alerts, err := p.channels(s)
		g[i].Alerts = alerts
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// channels opens the channels a connection's alerts go through; nil when it has none.
func (p *program) channels(s site) (*worker.Alerts, error) {
	rules := s.file.AlertsOf(s.Name)
	if len(rules) == 0 {
		return nil, nil
	}
	senders, err := channel.Open(p.settings.AlertSettings, rules, s.crm, logrus.NewEntry(p.log))
	if err != nil {
		return nil, usageError{err}
	}
	return &worker.Alerts{Rules: rules, Senders: senders, Zone: s.file.Schedule.TimeZone}, nil
}

// makesTasks says whether an alert is told by a task in the CRM.
func makesTasks(s site) bool {
	return slices.ContainsFunc(s.file.AlertsOf(s.Name), func(r alert.Rule) bool { return slices.Contains(r.To, alert.Task) })
}
