package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/worker"
)

func (p *program) alertsCommand() *cobra.Command {
	var retry string
	var limit int
	cmd := &cobra.Command{
		Use:   "alerts",
		Short: "List the alerts that wait, are in doubt, were given up, or were sent",
		Long: `Lists the alerts of the connection: those that wait and until when, those that may have been sent while the program
ended or an answer was lost, those given up and why, and the last that were sent. It names records by their ids.

With --retry an alert given up or in doubt is sent by the next run. One in doubt may then come twice: look first.`,
		Example: example("bareme alerts", "bareme alerts --retry 3f1c9b0a5d7e4c2f8a6b1d0e9c7f5a3b"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.alerts(cmd.Context(), retry, limit) },
	}
	cmd.Flags().StringVar(&retry, "retry", "", "send the alert of this key again")
	cmd.Flags().IntVar(&limit, "limit", 20, "how many alerts of each state to list")
	return cmd
}

// alertLine is one alert in the JSON output.
type alertLine struct {
	Key     string    `json:"key"`
	State   string    `json:"state"`
	Due     time.Time `json:"due"` // waiting: not before; otherwise: since when
	Channel string    `json:"channel"`
	Rule    string    `json:"rule"`
	Person  string    `json:"person"`
	Owner   string    `json:"owner,omitempty"`
	Digest  bool      `json:"digest,omitempty"`
	Tries   int       `json:"tries,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

func (p *program) alerts(ctx context.Context, retry string, limit int) (err error) {
	if limit < 1 {
		return usagef("--limit %d: it is 1 or more", limit)
	}
	p.looks = retry == ""
	g, _, err := p.group(ctx)
	if err != nil {
		return err
	}
	defer closing(g[0].Store, &err)
	if retry != "" {
		return p.retryAlert(ctx, g, retry)
	}
	lines := []alertLine{}
	for _, w := range g {
		more, err := outboxOf(ctx, w, limit)
		if err != nil {
			return err
		}
		lines = append(lines, more...)
	}
	if p.json() {
		return p.printJSON(lines)
	}
	p.printAlerts(lines)
	return nil
}

// everyAlert is more than an outbox holds.
const everyAlert = 1 << 30

// outboxOf lists up to limit alerts of each state: the first that wait, the last of all others.
func outboxOf(ctx context.Context, w *worker.Worker, limit int) (lines []alertLine, err error) {
	for _, state := range alert.States() {
		list, err := w.Outbox(ctx, state, everyAlert)
		if err != nil {
			return nil, err
		}
		if state == alert.Waiting {
			list = list[:min(limit, len(list))]
		}
		list = list[max(0, len(list)-limit):]
		for _, a := range list {
			lines = append(lines, alertLine{Key: a.Key, State: a.State, Due: a.Due, Channel: a.Channel, Rule: a.Event.Rule,
				Person: a.Event.Person, Owner: a.Owner, Digest: a.Digest, Tries: a.Tries, Reason: a.Reason})
		}
	}
	return lines, nil
}

// retryAlert finds the connection that has the alert.
func (p *program) retryAlert(ctx context.Context, g worker.Group, key string) (err error) {
	for _, w := range g {
		if err = w.RetryAlert(ctx, key); err == nil {
			p.printf("Alert %s is sent by the next run.\n", key)
			return nil
		}
	}
	return err
}

func (p *program) printAlerts(lines []alertLine) {
	if len(lines) == 0 {
		p.printf("No alerts.\n")
		return
	}
	state := ""
	for _, l := range lines {
		if l.State != state {
			state = l.State
			p.printf("%s\n", alertStates[state])
		}
		note := l.Due.Format("2 Jan 15:04 MST")
		if l.Digest {
			note += ", in the digest"
		}
		if l.Reason != "" {
			note += ": " + l.Reason
		}
		p.printf("  %s  %s by %s about %s, %s\n", l.Key, l.Rule, l.Channel, l.Person, note)
	}
}

// alertStates are the states in words.
var alertStates = map[string]string{ //nolint:gochecknoglobals // a table
	alert.Waiting: "Waiting, not before", alert.Sending: "In doubt: looked up by the next run, since", alert.Sent: "Sent",
	alert.Unsure: "In doubt: may have arrived, not sent again by themselves, since", alert.Dead: "Given up",
}

// printAlertCount tells what a run did about alerts.
func (p *program) printAlertCount(c *worker.AlertCount) {
	if c == nil {
		return
	}
	line := func(n int, note string) {
		if n > 0 {
			p.printf("  %-14s %9s  %s\n", "alerts", number(n), note)
		}
	}
	line(c.Sent, "sent"+pick(c.Digests > 0, ", some of them in "+counted(c.Digests, "digest", "digests"), ""))
	held := ""
	if !c.Until.IsZero() {
		held = "held, the first until " + c.Until.Format("2 Jan 15:04 MST")
	}
	line(c.Held, pick(held == "", "held", held))
	line(c.Failed, "not delivered, tried again later")
	line(c.Unsure, "in doubt: may have arrived. See: bareme alerts")
	line(c.Dead, "given up. See: bareme alerts")
	line(c.Known+c.Cooling, "not raised: in the band before, or within the cool-down")
}
