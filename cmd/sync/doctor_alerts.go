package main

import (
	"context"
	"errors"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/alert/channel"
)

// alerts looks at each channel that alerts of this connection go through, without a message unless a test was asked for.
func (v *visit) alerts(ctx context.Context) []finding {
	alerts, err := v.p.channels(site{Connection: v.conn, file: v.file, crm: v.connector})
	if err != nil {
		return mistakes(err)
	}
	if alerts == nil {
		return fine("the model file has none")
	}
	var found []finding
	if err := v.connector.Check(ctx, alerts.Need()); err != nil {
		found = mistakes(err)
	}
	for _, name := range alert.Channels() {
		sender, there := alerts.Senders[name]
		if !there {
			continue
		}
		for _, f := range v.channel(ctx, name, sender) {
			f.Says = name + ": " + f.Says
			found = append(found, f)
		}
	}
	return found
}

// channel looks at one channel, and sends the test that was asked for.
func (v *visit) channel(ctx context.Context, name string, sender alert.Sender) []finding {
	looker, able := sender.(channel.Looker)
	if !able {
		return []finding{{Status: skipped, Says: "there is no way to look at it"}}
	}
	says, err := looker.Look(ctx)
	if err != nil {
		return mistakes(err)
	}
	if !v.sendTest {
		return fine("%s", says)
	}
	if name == alert.Task {
		return fine("%s; none was made, because a test would stay on a record", says)
	}
	switch err := sender.Send(ctx, channel.Test(name, v.p.now().UTC())); {
	case errors.Is(err, alert.ErrUnsure):
		return []finding{{Status: look, Says: says + ", but whether a test arrived is not known: " + err.Error(), Do: "Look there"}}
	case err != nil:
		return []finding{{Status: wrong, Says: says + ", but takes no message: " + err.Error(), Do: "Mend it there, or name another"}}
	}
	return fine("%s; a test was sent: look whether it arrived", says)
}
