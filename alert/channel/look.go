package channel

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
)

// A Looker is a sender that finds out, without a message, whether one would leave. All senders of this package are.
type Looker interface {
	// Look goes as far as the other side without a message: nobody is told, nothing is made. It returns what was found
	// right, in a few words. An error says what to do in the hint of a *crm.Error, and holds no secret.
	Look(ctx context.Context) (string, error)
}

// Test is a message that says of itself that it is a test; it is about nobody. By e-mail it goes to the address alerts come
// from. Tasks are never made as a test: they would stay on somebody's record.
func Test(name string, now time.Time) alert.Message {
	const rule = "Test of Barème"
	return alert.Message{Test: true, Key: "test-" + rand.Text(), Channel: name, Rule: rule, Now: now,
		Events: []alert.Event{{Rule: rule, At: now}},
		Text:   alert.Text{Title: rule, Lines: []string{"Sent by bareme doctor --send-test to see whether alerts arrive. There is nothing to do."}}}
}

// Look implements Looker.
func (t *task) Look(ctx context.Context) (string, error) {
	return "tasks may be made", t.crm.CheckTasks(ctx)
}

// Look implements Looker.
func (s *slack) Look(ctx context.Context) (string, error) {
	address, err := s.address()
	if err != nil {
		return "", err
	}
	return reach(ctx, s.client, address, s.url.name)
}

// Look implements Looker.
func (w *webhook) Look(ctx context.Context) (string, error) {
	address, _, err := w.settings()
	if err != nil {
		return "", err
	}
	says, err := reach(ctx, w.client, address, w.url.name)
	return says + ", and the signing secret is there", err
}

// reach asks for the headers of an address, which is no event to anybody, through the proxy if there is one. Whatever is
// answered, something is there: many receivers know nothing but POST.
func reach(ctx context.Context, client *http.Client, address, setting string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return "", fmt.Errorf("%w: the address is wrong", ErrSetting)
	}
	req.Header.Set("User-Agent", "bareme")
	resp, err := client.Do(req)
	if err != nil {
		if cause := new(url.Error); errors.As(err, &cause) {
			err = cause.Err // the URL, which may be a secret, stays out
		}
		return "", away("the address does not answer", "Check "+setting+", and that this machine may reach it: proxy, firewall, network policy", err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // so that the connection can be used again
	_ = resp.Body.Close()
	return "answers by " + req.URL.Scheme, nil
}

// Look implements Looker: it greets, begins TLS and logs in, each on a connection of its own, to know which of them fails.
func (e *email) Look(ctx context.Context) (string, error) {
	plain, anybody := mail.WithTLSPolicy(mail.NoTLS), mail.WithSMTPAuth(mail.SMTPAuthNoAuth)
	for _, step := range []struct {
		options    []mail.Option
		what, hint string
	}{
		{[]mail.Option{plain, anybody}, "the mail server does not answer", "Check host and port of BAREME_SMTP_URL, and that this machine may reach it: firewall, network policy"},
		{[]mail.Option{anybody}, "the mail server does not begin TLS", "Ask its administrator for STARTTLS with a valid certificate, or use smtps:// with its port"},
		{nil, "the mail server does not take the login", "Check user and password of BAREME_SMTP_URL"},
	} {
		client, err := e.client(step.options...)
		if err != nil {
			return "", err
		}
		if err := client.DialWithContext(ctx); err != nil {
			return "", away(step.what, step.hint, mailCause(err))
		}
		_ = client.Close() // the connection did what it was for
	}
	return "the mail server answers and takes the login", nil
}

func away(what, hint string, err error) error {
	return &crm.Error{Kind: crm.ErrUnavailable, Message: what, Hint: hint, Err: err}
}

// mailCause leaves out a mail server's own words: they name addresses.
func mailCause(err error) error {
	if answer := new(textproto.Error); errors.As(err, &answer) {
		return fmt.Errorf("it answered %d", answer.Code)
	}
	return err
}
