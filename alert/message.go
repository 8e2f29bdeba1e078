package alert

import (
	"context"
	"errors"
	"time"
)

// Owner is who is told; the zero value when the record has no owner.
type Owner struct{ ID, Email, Name string }

// Message is one thing to deliver: an alert, or a digest of several.
type Message struct {
	Key     string // the same for every attempt
	Channel string
	Rule    string
	Owner   Owner
	Digest  bool
	Test    bool // it says of itself that it is a test, and is about nobody
	Doubt   bool // an attempt before this one may have arrived
	Events  []Event
	Text    Text // the words, for channels people read
	Now     time.Time

	Alerts []Alert // what it is made of
}

// Repeat says whether the message was handed to its channel before, whatever came of it.
func (m *Message) Repeat() bool { return m.Doubt || len(m.Alerts) > 0 && m.Alerts[0].Tries > 0 }

// A Sender delivers messages through one channel. It obeys ctx, and puts neither secrets nor values of people into errors.
//
// An error that wraps ErrRefused says that trying again is of no use. One that wraps ErrUnsure says that the message may
// have arrived, and that the channel has no way to find out: it is not tried again. After any other error the message is
// tried again with the same Key; a sender must see to it that it arrives once even when the attempt before did, as far as
// its receiver allows.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// What can become of a message.
var (
	ErrRefused = errors.New("refused for good")
	ErrUnsure  = errors.New("it may have arrived")
)
