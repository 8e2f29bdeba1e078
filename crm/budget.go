package crm

import (
	"context"
	"time"
)

// Budget is an allowance of calls that several processes spend from together: all that call one account, by whichever
// connection. What was asked for before a connection's account was known counts there, too, once it is. A Budget is safe
// for concurrent use.
type Budget interface {
	// Take asks for places in a window. An error says that the budget cannot be asked now; nothing is granted then.
	Take(ctx context.Context, a Ask) (Grant, error)

	// Day tells what is new of the account's calls of the day, and returns what all know of them. An error says that nobody
	// can be asked now, and that nothing was told.
	Day(ctx context.Context, n DayNews) (Day, error)
}

// Budgeted connectors can spend from a shared budget. Share is called before the first call, once.
type Budgeted interface{ Share(Budget) }

// Ask is what a process wants of a window, and what it has learnt of it since it asked last.
type Ask struct {
	Account string        // the CRM's id of the account that is called; "": not known yet
	Window  string        // which of the CRM's limits: "burst", "search"
	Want    int           // how many calls it is about to make; 0: it only tells
	Limit   int           // calls in any Span, as long as nobody has learnt better
	Span    time.Duration // the length of the window
	Hold    time.Duration // how long a place stays taken: Span, and what lies between asking and the CRM's counting

	Adopt   int             // the limit the CRM told; 0: it told none
	Seen    int             // calls the CRM counted in the present window; 0: it told none
	SeenAgo time.Duration   // when it told that
	Refused time.Duration   // a refusal: nobody calls for so long; 0: none
	Spent   []time.Duration // calls made while the budget could not be asked: how long each still takes a place
}

// Grant is the answer to an Ask.
type Grant struct {
	Calls   int           // how many may be made, at once
	Wait    time.Duration // when none may: how long until one may be free
	Limit   int           // calls in any span, by all together
	Sharers int           // how many processes have asked in the last minute
}
