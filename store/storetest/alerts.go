package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// crossing is what one acknowledged update raises.
func crossing(person string, n int) *worker.Raised {
	return &worker.Raised{Standing: []byte(fmt.Sprintf(`{"hot":{"in":true,"n":%d}}`, n)), Alerts: []worker.StoredAlert{
		{Key: fmt.Sprint("key ", person, " ", n), State: alert.Waiting, Due: t0.Add(time.Duration(n) * time.Hour), Body: []byte(fmt.Sprintf(`{"of":%q}`, person))},
	}}
}

// outbox is every alert in a state, without the numbers by which a store orders them.
func (p *place) outbox(state string) []worker.StoredAlert {
	p.t.Helper()
	list, err := p.s().Alerts(bg, conn, state, time.Time{}, 0, all)
	p.ok(err)
	for i := range list {
		if i > 0 && list[i].Seq <= list[i-1].Seq {
			p.t.Fatal("alerts do not come in order of crossing")
		}
	}
	return unnumbered(list)
}

func unnumbered(list []worker.StoredAlert) []worker.StoredAlert {
	for i := range list {
		list[i].Seq = 0
	}
	return list
}

func alerts(t *testing.T, p *place) {
	raise := func(person string, n int, status crm.Status) {
		t.Helper()
		p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: person, Status: status, At: t0, RetryAt: t0, Raised: crossing(person, n)}}))
	}
	standing := func(person string) string {
		t.Helper()
		all, err := p.s().Standings(bg, conn, []string{person, "stranger"})
		p.ok(err)
		return string(all[person])
	}
	p.savePeopleMapped("1", "2", "3")
	p.score(planned, true, "1", "2")
	raise("2", 1, crm.Written)
	raise("1", 2, crm.Written)
	raise("1", 3, crm.Written)        // settled before
	raise("stranger", 4, crm.Written) // not stored
	p.score(planned, true, "3")
	raise("3", 5, crm.Rejected)
	expect := func(person string, n int) worker.StoredAlert {
		a := crossing(person, n).Alerts[0]
		a.Person = person
		return a
	}
	equal(t, "what waits, in order of crossing", []worker.StoredAlert{expect("2", 1), expect("1", 2)}, p.outbox(alert.Waiting))
	equal(t, "standing", `{"hot":{"in":true,"n":2}}`, standing("1"))
	equal(t, "standing of those who were refused", "", standing("3"))

	due, err := p.s().Alerts(bg, conn, alert.Waiting, t0.Add(2*time.Hour), 0, all)
	p.ok(err)
	equal(t, "due from a moment on", []string{"1"}, ids(due, func(a worker.StoredAlert) string { return a.Person }))
	rest, err := p.s().Alerts(bg, conn, alert.Waiting, time.Time{}, due[0].Seq-1, 1)
	p.ok(err)
	equal(t, "after a number", due, rest)
	other, err := p.s().Alerts(bg, "sales", alert.Waiting, time.Time{}, 0, all)
	p.ok(err)
	equal(t, "of another connection", 0, len(other))

	sent := expect("2", 1)
	sent.State, sent.Due, sent.Body = alert.Sent, t0.Add(time.Hour), []byte(`{"sent":1}`)
	p.ok(p.s().SaveAlerts(bg, conn, []worker.StoredAlert{sent, {Key: "unknown", State: alert.Sent}}))
	equal(t, "what was sent", []worker.StoredAlert{sent}, p.outbox(alert.Sent))
	equal(t, "what still waits", []worker.StoredAlert{expect("1", 2)}, p.outbox(alert.Waiting))

	p.score(planned, true, "1", "2")
	raise("1", 2, crm.Written) // the same key again
	equal(t, "each key once", 1, len(p.outbox(alert.Waiting)))
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "2", Status: crm.Written, At: t0}}))
	equal(t, "nothing raised leaves the standing", `{"hot":{"in":true,"n":1}}`, standing("2"))
	p.score(planned, true, "2")
	p.ok(p.s().Settle(bg, folk, []worker.Settled{{ID: "2", Status: crm.Written, At: t0, Raised: &worker.Raised{}}}))
	equal(t, "an empty standing is none", "", standing("2"))

	done, err := p.s().Prune(bg, conn, worker.Retention{Runs: time.Hour}, t0.Add(3*time.Hour))
	p.ok(err)
	equal(t, "pruned", worker.Pruned{Alerts: 1}, done)
	equal(t, "what was sent is pruned", 0, len(p.outbox(alert.Sent)))
	equal(t, "what waits is not", 1, len(p.outbox(alert.Waiting)))
	p.ok(p.s().Forget(bg, conn, crm.People, []string{"1"}))
	equal(t, "who is forgotten has no alerts", 0, len(p.outbox(alert.Waiting)))
	equal(t, "and no standing", "", standing("1"))
}
