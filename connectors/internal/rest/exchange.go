package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/bareme/bareme/crm"
)

// Judge says what an answer means to the API at hand.
type Judge func(Request, Answer) Verdict

// Verdict is what is to be made of an answer.
type Verdict struct {
	Err   error         // nil: the answer is good
	Retry bool          // the same request may succeed later
	Sure  bool          // the server has certainly done nothing, so even a Once request may be sent again
	Wait  time.Duration // how long to pause first; 0: the client's own backoff
	Limit bool          // the pause is for a rate limit
	Firm  bool          // a refused token that no other would replace: it is not renewed
}

// longestBackoff bounds the pause after a fault the server gave no time for.
const longestBackoff = 20 * time.Second

// worthSaying is the shortest pause somebody who watches may wonder about.
const worthSaying = 5 * time.Second

// exchange is one request and its retries. It is the transport under go-retryablehttp, so that each try passes the
// limiter, has its own timeout, and is read whole before anybody judges it.
type exchange struct {
	client *Client
	req    Request

	answer  Answer
	verdict Verdict
	pause   time.Duration
	paused  time.Duration // in all
	waiting func()
}

// RoundTrip sends one try.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	x.stopWaiting()
	c := x.client
	if c.cfg.Allow != nil && !x.req.Free {
		if err := c.cfg.Allow(r.Context(), x.req); err != nil {
			return nil, &stopError{err}
		}
	}
	slot, err := x.pass(r.Context())
	if err != nil {
		return nil, err
	}
	x.answer.File.drop()
	x.answer = Answer{Try: x.answer.Try + 1}
	x.verdict = Verdict{}
	c.cfg.Meter.call(x.req.Kind, x.answer.Try > 1)
	started := time.Now()
	resp, err := x.send(r)
	if slot != nil {
		slot.Answered()
	}
	log := c.cfg.Logger.WithField("call", x.req.Kind).WithField("method", x.req.Method).WithField("path", x.req.Path).
		WithField("try", x.answer.Try).WithField("took", time.Since(started).Round(time.Millisecond).String())
	if err != nil {
		log.WithField("fault", describe(err)).Debug("no answer")
		return nil, err
	}
	log.WithField("status", x.answer.Status).WithField("bytes", len(x.answer.Body)).Debug("answered")
	if c.cfg.Observe != nil {
		c.cfg.Observe(x.req, x.answer)
	}
	return resp, nil
}

func (x *exchange) pass(ctx context.Context) (*Slot, error) {
	if x.req.Window == nil {
		return nil, nil
	}
	defer x.client.cfg.Meter.wait()()
	return x.req.Window.Wait(ctx)
}

// paying has the tries pay, too, that the transport makes by itself: a request that reads is sent again when a kept
// connection broke without an answer, although the server may have counted it.
func (x *exchange) paying(ctx context.Context) context.Context {
	tries := 0
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		if tries++; tries == 1 {
			return
		}
		x.client.cfg.Meter.call(x.req.Kind, true)
		_, _ = x.pass(ctx) // fails when ctx ends, and the try with it
	}})
}

// send makes one try under its own timeout and reads the whole answer.
func (x *exchange) send(r *http.Request) (*http.Response, error) {
	cfg := x.client.cfg
	ctx, cancel := context.WithTimeoutCause(r.Context(), cfg.Timeout, errTimeout)
	defer cancel()
	resp, err := x.client.base.RoundTrip(r.WithContext(x.paying(ctx)))
	if err != nil {
		return nil, timedOut(ctx, err)
	}
	if x.req.Spool && resp.StatusCode == http.StatusOK {
		return x.spool(ctx, resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, cfg.MaxBody+1))
	if closeErr := resp.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, timedOut(ctx, &cutError{err})
	}
	if int64(len(body)) > cfg.MaxBody {
		return nil, &stopError{&crm.Error{Kind: crm.ErrInvalid, Op: x.req.Op, Object: x.req.Object,
			Message: fmt.Sprintf("the answer is larger than %d MiB", cfg.MaxBody>>20),
			Hint:    "Ask for fewer fields"}}
	}
	x.answer.Status, x.answer.Header, x.answer.Body = resp.StatusCode, resp.Header, body
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// check decides whether another try makes sense.
func (x *exchange) check(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return x.again(fault(x.req, err), permanent(err) || (x.req.Once && !unsent(err)))
	}
	if resp == nil {
		return false, nil
	}
	v := x.client.cfg.Judge(x.req, x.answer)
	return x.again(v, !v.Retry || (x.req.Once && !v.Sure))
}

// again notes the verdict and how long to pause. A pause longer than this call may still make is not made: whoever
// called learns how long it would have been.
func (x *exchange) again(v Verdict, final bool) (bool, error) {
	x.verdict, x.answer.firm = v, v.Firm
	if v.Err == nil || final {
		return false, nil
	}
	x.pause = v.Wait
	if x.pause <= 0 {
		step := x.client.cfg.Backoff << min(x.answer.Try-1, 10)
		x.pause = min(step/2+rand.N(step/2+1), longestBackoff) //nolint:gosec // spreads retries, guards nothing
	}
	if x.paused+x.pause > x.client.cfg.MaxWait {
		return false, nil
	}
	x.paused += x.pause
	return true, nil
}

func (x *exchange) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration {
	if x.verdict.Limit {
		x.waiting = x.client.cfg.Meter.wait()
	}
	if x.pause >= worthSaying {
		x.client.cfg.Logger.WithField("call", x.req.Kind).WithField("status", x.answer.Status).
			WithField("wait", x.pause.Round(time.Second).String()).Info("waiting before the call is repeated")
	}
	return x.pause
}

func (x *exchange) stopWaiting() {
	if x.waiting != nil {
		x.waiting()
		x.waiting = nil
	}
}

// end turns what happened last into the result of the call. A file is handed over with a good answer only.
func (x *exchange) end(ctx context.Context, err error) (Answer, error) {
	answer, err := x.result(ctx, err)
	if err != nil {
		answer.File.drop()
		answer.File = nil
	}
	return answer, err
}

func (x *exchange) result(ctx context.Context, err error) (Answer, error) {
	if ctx.Err() != nil {
		return x.answer, Stopped(ctx, x.req.Op, x.req.Object)
	}
	if x.verdict.Err != nil {
		return x.answer, x.retryAfter(x.verdict.Err)
	}
	if err != nil {
		return x.answer, fault(x.req, err).Err
	}
	return x.answer, nil
}

// retryAfter adds the pause that was not made to an error that does not tell one.
func (x *exchange) retryAfter(err error) error {
	var e *crm.Error
	if errors.As(err, &e) && e.RetryAfter == 0 && x.verdict.Wait > 0 {
		told := *e
		told.RetryAfter = x.verdict.Wait
		return &told
	}
	return err
}

// Stopped is the error of work that ctx ended.
func Stopped(ctx context.Context, op, object string) error {
	return &crm.Error{Kind: crm.ErrUnavailable, Op: op, Object: object, Message: "stopped", Err: ctx.Err()}
}
