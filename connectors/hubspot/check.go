package hubspot

import (
	"context"
	"errors"
	"net/http"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// Check says what stands in the way of a run: the token, its scopes, what is left of the daily calls, and fields that do
// not exist or cannot be written. It begins a run: the share of the daily quota is counted from here.
func (c *Connector) Check(ctx context.Context, need crm.Need) error {
	if !c.lately() {
		if _, err := c.Account(ctx); err != nil {
			return err // without the account nothing else can be asked
		}
	}
	var errs []error
	if err := c.learnQuota(ctx); err != nil && (ctx.Err() != nil || errors.Is(err, crm.ErrQuota)) {
		return err // any other answer only means that this account does not tell
	}
	c.quota.Begin()
	if !c.quota.spare(ctx, c.now()) {
		return c.overspent("check", "")
	}
	for _, ours := range need.Objects() {
		err := c.checkObject(ctx, ours, need.Read[ours], need.Write[ours])
		if ctx.Err() != nil {
			return rest.Stopped(ctx, "check", ours)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c *Connector) checkObject(ctx context.Context, ours string, read, write []string) error {
	const op = "check"
	if ours == crm.Owners {
		_, err := c.Owners(ctx)
		return err
	}
	o, err := objectOf(op, ours)
	if err != nil {
		return err
	}
	s, err := c.describeAgain(ctx, o)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range read {
		if _, ok := s.wire[name]; !ok {
			errs = append(errs, unknownField(op, s.Schema, name))
		}
	}
	for _, name := range write {
		if err := checkTarget(op, s, name); err != nil {
			errs = append(errs, err)
		}
	}
	if len(write) > 0 {
		errs = append(errs, c.probe(ctx, o))
	}
	return errors.Join(errs...)
}

func checkTarget(op string, s schema, name string) error {
	p, ok := s.wire[name]
	if !ok {
		e := unknownField(op, s.Schema, name)
		e.Hint = "Run bareme provision to create it"
		if near := fields.Nearest(name, s.Schema); near != "" {
			e.Hint += ", or did you mean " + near + "?"
		}
		return e
	}
	if !writable(p) {
		return &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: s.Object, Field: name, Message: "the property is read-only",
			Hint: "Write to a property of your own instead"}
	}
	return nil
}

// probe learns whether the token may write, by an update of no records: better now than after a long pull. One success
// is remembered.
func (c *Connector) probe(ctx context.Context, o object) error {
	c.mu.Lock()
	done := c.probed[o.ours]
	c.mu.Unlock()
	if done {
		return nil
	}
	_, err := c.rest.Do(ctx, c.writeRequest("check writing "+o.ours, o, wireBatchUpdate{Inputs: []wireUpdate{}}))
	if err != nil && !errors.Is(err, crm.ErrInvalid) { // that nothing is no update is not what was asked
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probed[o.ours] = true
	return nil
}

// writeRequest is a batch update. It may be sent again after a fault: the same values twice are the same values.
func (c *Connector) writeRequest(op string, o object, body wireBatchUpdate) rest.Request {
	return rest.Request{Op: op, Kind: "write", Object: o.ours, Method: http.MethodPost, Path: c.dialect.batchUpdate(o),
		Body: body, Window: c.burst}
}
