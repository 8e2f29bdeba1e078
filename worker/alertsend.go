package worker

import (
	"context"
	"errors"
	"time"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
)

const (
	outboxAtOnce = 20_000 // the most alerts that are held in memory; of more that wait, those that crossed first
	leaseAlerts  = "alerts"
	channelDown  = 3 // a channel that failed so often in a row is left alone until the next run
)

// deliver sends the alerts that are due. As with writes, the intention is stored before the message goes out and the
// outcome after it: an alert found between the two is in doubt, and its channel is told so.
func (w *Worker) deliver(ctx context.Context, o Options, r *Report) error {
	if !w.alerting() || o.DryRun {
		return nil
	}
	leaser, shared := w.Store.(Leaser)
	if !shared {
		return w.deliverDue(ctx, r)
	}
	held, release, err := leaser.Lease(ctx, w.Connection, leaseAlerts)
	switch {
	case err == nil:
		defer release()
		return w.deliverDue(held, r)
	case errors.Is(err, ErrStoreLocked):
		return nil // another process delivers: what it is sending is not in doubt
	}
	return err
}

// deliverDue is deliver by the only one who does.
func (w *Worker) deliverDue(ctx context.Context, r *Report) error {
	d := &delivery{w: w, count: r.alerts(), now: w.Now().In(w.alertZone()), down: map[string]int{}, stuck: map[string]bool{}}
	if err := d.doubtful(ctx); err != nil {
		return err
	}
	waiting, err := w.outbox(ctx, alert.Waiting, time.Time{}, 0, outboxAtOnce)
	if err != nil || len(waiting) == 0 {
		return err
	}
	if err := d.findOwners(ctx, waiting); err != nil {
		return err
	}
	told, err := d.told(ctx)
	if err != nil {
		return err
	}
	plan := alert.Deliver(w.Alerts.Rules, waiting, told, d.now)
	if err := w.saveAlerts(ctx, plan.Hold); err != nil {
		return err
	}
	for _, a := range plan.Hold {
		if a.State == alert.Dead {
			d.count.Dead++
		}
	}
	d.count.Held, d.count.Until = plan.Held, plan.Next.UTC()
	if plan.Held == 0 {
		d.count.Until = time.Time{}
	}
	for _, m := range plan.Send {
		if err := d.send(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// deliverAnyhow sends the alerts that are due although a step failed: those of earlier runs do not wait for a plan to be
// accepted, or for a CRM that cannot be read today.
func (w *Worker) deliverAnyhow(ctx context.Context, o Options, r *Report, failed string) error {
	switch failed {
	case "", "connect", StagePrepare, StageAlert, StageRecall, StageLookBack, "learn":
		return nil
	}
	if ctx.Err() == nil {
		return w.deliver(ctx, o, r)
	}
	return nil
}

// delivery is one round.
type delivery struct {
	w      *Worker
	count  *AlertCount
	now    time.Time
	owners map[string]crm.Owner
	down   map[string]int  // failures in a row, by channel
	stuck  map[string]bool // ways of a person through a channel on which something failed: what follows waits
}

// doubtful sends again what an earlier round handed to its channel and did not live to see answered.
func (d *delivery) doubtful(ctx context.Context) error {
	sending, err := d.w.outbox(ctx, alert.Sending, time.Time{}, 0, outboxAtOnce)
	if err != nil {
		return err
	}
	var order []string
	groups := map[string][]alert.Alert{}
	for _, a := range sending {
		if groups[a.Message] == nil {
			order = append(order, a.Message)
		}
		groups[a.Message] = append(groups[a.Message], a)
	}
	for _, key := range order {
		if err := d.send(ctx, alert.Again(groups[key], true, d.now)); err != nil {
			return err
		}
	}
	return nil
}

// findOwners looks up, once for each alert, whom the records belong to now.
func (d *delivery) findOwners(ctx context.Context, waiting []alert.Alert) error {
	var ids []string
	asked := map[string]bool{}
	for _, a := range waiting {
		if !a.Owned && !asked[a.Event.Person] {
			asked[a.Event.Person] = true
			ids = append(ids, a.Event.Person)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	owners, err := d.ownersOf(ctx, ids)
	if err != nil {
		return err
	}
	var found []alert.Alert
	for i := range waiting {
		if a := &waiting[i]; !a.Owned {
			a.Owned, a.Owner = true, owners[a.Event.Person]
			found = append(found, *a)
		}
	}
	return d.w.saveAlerts(ctx, found)
}

func (d *delivery) ownersOf(ctx context.Context, ids []string) (map[string]string, error) {
	owned, knows := d.w.CRM.(crm.Owned)
	reader, reads := d.w.CRM.(crm.Reader)
	if !knows || !reads {
		return nil, nil
	}
	field := owned.OwnerField()
	records, err := reader.Read(ctx, crm.People, ids, []string{field})
	if err != nil {
		return nil, err
	}
	owners := make(map[string]string, len(records))
	for _, rec := range records {
		owners[rec.ID] = rec.Fields[field]
	}
	return owners, nil
}

// told counts what people were told one by one today.
func (d *delivery) told(ctx context.Context) (alert.Told, error) {
	midnight := time.Date(d.now.Year(), d.now.Month(), d.now.Day(), 0, 0, 0, 0, d.now.Location())
	told := alert.Told{}
	for after := int64(0); ; {
		sent, err := d.w.outbox(ctx, alert.Sent, midnight, after, outboxAtOnce)
		if err != nil || len(sent) == 0 {
			return told, err
		}
		for _, a := range sent {
			if !a.Digest {
				told[a.Address()]++
			}
		}
		after = sent[len(sent)-1].Seq
	}
}

// send hands one message to its channel and stores what became of it. That a channel failed is no error; that the store or
// the list of owners did, or that ctx ended, is one.
func (d *delivery) send(ctx context.Context, m alert.Message) error {
	sender := d.w.Alerts.Senders[m.Channel]
	if d.blocked(m) || sender == nil {
		d.block(m)
		d.count.Held += len(m.Alerts)
		return nil
	}
	owner := alert.Owner{ID: m.Alerts[0].Owner}
	if byName(m.Channel) {
		var err error
		if owner, err = d.owner(ctx, owner.ID); err != nil {
			return err
		}
	}
	m.Owner, m.Text = owner, alert.Words(m, d.w.Mapper.Language(), d.w.Decimals)
	d.set(&m, alert.Sending, "")
	if err := d.w.saveAlerts(ctx, m.Alerts); err != nil {
		return err
	}
	cause := sender.Send(ctx, m)
	if cause != nil && ctx.Err() != nil {
		return ctx.Err() // in doubt until the next round
	}
	d.outcome(&m, cause)
	// What is known to have arrived is stored even when the run is being stopped.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return d.w.saveAlerts(keep, m.Alerts)
}

// set moves all alerts of a message to a state, as of now.
func (d *delivery) set(m *alert.Message, state, reason string) {
	for i := range m.Alerts {
		a := &m.Alerts[i]
		a.State, a.Due, a.Reason, a.Message = state, d.now.UTC(), reason, m.Key
	}
}

// outcome is what an answer means.
func (d *delivery) outcome(m *alert.Message, cause error) {
	switch n := len(m.Alerts); {
	case cause == nil:
		d.down[m.Channel] = 0
		d.count.Sent += n
		if m.Digest {
			d.count.Digests++
		}
		d.set(m, alert.Sent, "")
	case errors.Is(cause, alert.ErrUnsure):
		d.count.Unsure += n
		d.set(m, alert.Unsure, cause.Error())
	case errors.Is(cause, alert.ErrRefused):
		d.count.Dead += n
		d.set(m, alert.Dead, cause.Error())
	default:
		d.down[m.Channel]++
		d.block(*m)
		for i := range m.Alerts {
			m.Alerts[i].Failed(d.now.UTC(), cause.Error())
		}
		if m.Alerts[0].State == alert.Dead {
			d.count.Dead += n
		} else {
			d.count.Failed += n
		}
	}
}

func (d *delivery) blocked(m alert.Message) bool {
	for _, a := range m.Alerts {
		if d.stuck[a.Event.Person+"\x00"+m.Channel] {
			return true
		}
	}
	return d.down[m.Channel] >= channelDown
}

func (d *delivery) block(m alert.Message) {
	for _, a := range m.Alerts {
		d.stuck[a.Event.Person+"\x00"+m.Channel] = true
	}
}

// owner is who owns a record; the list is read once in a round.
func (d *delivery) owner(ctx context.Context, id string) (alert.Owner, error) {
	lister, ok := d.w.CRM.(crm.OwnerLister)
	if !ok || id == "" {
		return alert.Owner{ID: id}, nil
	}
	if d.owners == nil {
		list, err := lister.Owners(ctx)
		if err != nil {
			return alert.Owner{}, err
		}
		d.owners = make(map[string]crm.Owner, len(list))
		for _, o := range list {
			d.owners[o.ID] = o
		}
	}
	o := d.owners[id]
	return alert.Owner{ID: id, Email: o.Email, Name: o.Name}, nil
}

// RetryAlert has an alert that was given up, or that may have arrived, sent at the next opportunity. The key is that of
// the alert; one that is not there, or in another state, is ErrNotFound of package crm.
func (w *Worker) RetryAlert(ctx context.Context, key string) error {
	for _, state := range []string{alert.Dead, alert.Unsure} {
		found, err := w.outbox(ctx, state, time.Time{}, 0, outboxAtOnce)
		if err != nil {
			return err
		}
		for _, a := range found {
			if a.Key == key {
				a.State, a.Due, a.Tries, a.Owned, a.Digest, a.Message = alert.Waiting, w.Now().UTC(), 0, false, false, ""
				return w.saveAlerts(ctx, []alert.Alert{a})
			}
		}
	}
	return &crm.Error{Kind: crm.ErrNotFound, Op: "retry alert", ID: key, Message: "is not among the alerts given up or in doubt", Hint: "List them with: bareme alerts"}
}
