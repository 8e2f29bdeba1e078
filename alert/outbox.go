package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// The states an alert in the outbox can be in.
const (
	Waiting = "waiting" // to be sent, now or when it is due
	Sending = "sending" // handed to its channel; found so afterwards, it is in doubt
	Sent    = "sent"
	Unsure  = "unsure" // it may have been sent, and its channel cannot tell: it is not sent again by itself
	Dead    = "dead"   // given up
)

// States lists them in order.
func States() []string { return []string{Waiting, Sending, Unsure, Dead, Sent} }

// Event is what happened, as every channel tells it. It holds no name and no address of the person but what Show says.
type Event struct {
	Person     string            `json:"person"`
	Connection string            `json:"connection"`
	Link       string            `json:"link,omitempty"` // where the record is opened
	Rule       string            `json:"rule"`
	At         time.Time         `json:"at"`
	Old        Level             `json:"old"`
	New        Level             `json:"new"`
	Reasons    []string          `json:"reasons"`
	Run        string            `json:"run"`
	Show       map[string]string `json:"show,omitempty"`
}

// Alert is one crossing on its way through one channel.
type Alert struct {
	Seq     int64  // order of crossing
	Key     string // names it for good: the idempotency key
	State   string
	Due     time.Time // Waiting: not before this; Sent: when it was
	Channel string
	Owner   string // id of the record's owner; "" when there is none
	Owned   bool   // the owner was looked up
	Digest  bool   // it goes out in a digest
	Message string // key of the message it is part of, once it was handed to the channel
	Tries   int    // how often its channel failed
	Reason  string // of the last failure, without values
	Event   Event
}

// stored is an alert without what a store keeps beside it.
type stored struct {
	Channel string `json:"channel"`
	Owner   string `json:"owner,omitempty"`
	Owned   bool   `json:"owned,omitempty"`
	Digest  bool   `json:"digest,omitempty"`
	Message string `json:"message,omitempty"`
	Tries   int    `json:"tries,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Event   Event  `json:"event"`
}

// Encode is the alert without Seq, Key, State and Due.
func (a *Alert) Encode() ([]byte, error) {
	return json.Marshal(stored{a.Channel, a.Owner, a.Owned, a.Digest, a.Message, a.Tries, a.Reason, a.Event})
}

// ParseAlert reads what Encode wrote.
func ParseAlert(b []byte) (Alert, error) {
	var s stored
	if err := json.Unmarshal(b, &s); err != nil || s.Channel == "" {
		return Alert{}, ErrEncoding
	}
	return Alert{Channel: s.Channel, Owner: s.Owner, Owned: s.Owned, Digest: s.Digest, Message: s.Message, Tries: s.Tries, Reason: s.Reason, Event: s.Event}, nil
}

// Key names something for good by what it is: the same parts give the same key, and nothing can be read from it.
func Key(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// again is how long an alert that failed so many times before is left alone: a minute, doubling up to six hours.
func again(tries int) time.Duration {
	const most = 6 * time.Hour
	if tries > 8 {
		return most
	}
	return min(time.Minute<<tries, most)
}

// MaxTries is how often a channel may fail before an alert is dead: about two days.
const MaxTries = 16

// Failed is an alert after its channel failed once more.
func (a *Alert) Failed(now time.Time, reason string) {
	a.Due, a.Reason = now.Add(again(a.Tries)), reason
	a.Tries++
	a.State = Waiting
	if a.Tries >= MaxTries {
		a.State, a.Due = Dead, now
	}
}
