package main

import (
	"errors"

	"github.com/bareme/bareme/alert/channel"
	"github.com/bareme/bareme/worker"
)

// alerting wires who is told of whom into the workers of a run. Commands that do not run need no channel, and none of its
// settings.
func (p *program) alerting(g worker.Group, sites []site) error {
	var errs []error
	for i, s := range sites {
		rules := s.file.AlertsOf(s.Name)
		if len(rules) == 0 {
			continue
		}
		senders, err := channel.Open(p.settings.AlertSettings, rules, s.crm)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		g[i].Alerts = &worker.Alerts{Rules: rules, Senders: senders, Zone: s.file.Schedule.TimeZone}
	}
	if err := errors.Join(errs...); err != nil {
		return usageError{err}
	}
	return nil
}
