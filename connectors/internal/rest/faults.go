package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/bareme/bareme/crm"
)

var errTimeout = errors.New("no answer in time")

// cutError is an answer that ended early.
type cutError struct{ err error }

func (e *cutError) Error() string { return "answer cut off" }
func (e *cutError) Unwrap() error { return e.err }

// stopError carries an error that no other try can mend.
type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }
func (e *stopError) Unwrap() error { return e.err }

// timedOut tells our own timeout of a try from the caller's.
func timedOut(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errTimeout) {
		return errTimeout
	}
	return err
}

// permanent reports whether the fault would be the same the next time.
func permanent(err error) bool {
	var stop *stopError
	return errors.As(err, &stop) || badCertificate(err)
}

func badCertificate(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

// unsent reports whether the server cannot have seen the request.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// fault is the verdict on a try without an answer. The error is in our words alone: net/http's hold the URL with its
// query, and sometimes bytes of the answer.
func fault(req Request, err error) Verdict {
	var stop *stopError
	if errors.As(err, &stop) {
		return Verdict{Err: stop.err}
	}
	e := &crm.Error{Kind: crm.ErrUnavailable, Op: req.Op, Object: req.Object, Message: describe(err)}
	if badCertificate(err) {
		e.Hint = "Check the base URL and the certificates this machine trusts"
	}
	return Verdict{Err: e, Retry: true}
}

// describe names a fault of the network.
func describe(err error) string {
	var (
		dns     *net.DNSError
		timeout net.Error
		cut     *cutError
	)
	switch {
	case errors.Is(err, errTimeout):
		return "no answer in time"
	case errors.As(err, &dns):
		return "the host name cannot be resolved"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case badCertificate(err):
		return "the server's certificate is not trusted"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection broke"
	case errors.As(err, &cut), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the answer was cut off"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	}
	return "the connection failed"
}
