package alert

import "time"

// Raise makes the alerts of one crossing, one for each channel of the rule, to be delivered from at on. With gather they
// go into the digest where people read them: so many people moved at once, for a reason of ours, that one by one they
// would be noise.
func (r *Rule) Raise(e Event, gather bool, at time.Time) []Alert {
	alerts := make([]Alert, len(r.To))
	for i, channel := range r.To {
		alerts[i] = Alert{
			Key: Key(e.Connection, e.Person, r.Name, channel, e.Run), State: Waiting, Due: at.UTC(), Channel: channel, Event: e,
		}
		if gather && forPeople(channel) {
			alerts[i].Digest, alerts[i].Due = true, r.Quiet.Over(r.Digest.next(at)).UTC()
		}
	}
	return alerts
}
