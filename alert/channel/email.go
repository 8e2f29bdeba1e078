package channel

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/bareme/bareme/alert"
)

// email writes to the owner of the record. A mail server cannot be asked what it took: what may have arrived is not sent
// again.
type email struct {
	url  source
	from string
}

func (o opener) email() (alert.Sender, error) {
	e := &email{o.source("BAREME_SMTP_URL", o.SMTP.URL, o.SMTP.URLFile), o.MailFrom}
	if _, err := e.client(); err != nil {
		return nil, err
	}
	if err := mail.NewMsg().From(e.from); err != nil {
		return nil, fmt.Errorf("%w: BAREME_MAIL_FROM is no address", ErrSetting)
	}
	return e, nil
}

// client reads the mail server's URL. Further options win over what the URL says.
func (e *email) client(further ...mail.Option) (*mail.Client, error) {
	text, err := e.url.read()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, fmt.Errorf("%w: %s has the wrong form: it is smtps://user:password@host:465 or smtp://user:password@host:587", ErrSetting, e.url.name)
	}
	port := map[string]int{"smtp": 587, "smtps": 465}[u.Scheme]
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("%w: the port of %s is no number", ErrSetting, e.url.name)
		}
	}
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(timeout)}
	switch {
	case u.Scheme == "smtps":
		options = append(options, mail.WithSSL())
	case loopback(u.Hostname()):
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	client, err := mail.NewClient(u.Hostname(), append(options, further...)...)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSetting, e.url.name, err)
	}
	return client, nil
}

// Send implements alert.Sender.
func (e *email) Send(ctx context.Context, m alert.Message) error {
	if m.Doubt {
		return fmt.Errorf("%w: the program ended while it was sent, and a mail server cannot be asked", alert.ErrUnsure)
	}
	to := m.Owner.Email
	if m.Test {
		to = e.from
	}
	if to == "" {
		return fmt.Errorf("%w: the record has no owner with an address", alert.ErrRefused)
	}
	client, err := e.client()
	if err != nil {
		return err
	}
	msg := mail.NewMsg()
	if msg.From(e.from) != nil || msg.To(to) != nil {
		return fmt.Errorf("%w: an address has the wrong form", alert.ErrRefused)
	}
	_, domain, _ := strings.Cut(e.from, "@")
	msg.SetMessageIDWithValue(m.Key + "@" + strings.Trim(domain, "> "))
	msg.SetDateWithValue(m.Now)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.Subject(m.Text.Title)
	msg.SetBodyString(mail.TypeTextPlain, strings.Join(m.Text.Lines, "\r\n")+"\r\n")
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("the mail server was not reached, or did not take the login: %w", mailCause(err))
	}
	err = mailed(client.Send(msg))
	_ = client.Close() // what was taken is taken
	return err
}

// mailed is what an answer of the mail server means. Its own words are left out: they name addresses.
func mailed(err error) error {
	var sent *mail.SendError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &sent):
		return fmt.Errorf("%w: the mail server broke off: %T", alert.ErrUnsure, err)
	case sent.Reason == mail.ErrSMTPReset:
		return nil // the message was taken before
	case sent.ErrorCode() >= 500:
		return fmt.Errorf("%w: the mail server answered %d", alert.ErrRefused, sent.ErrorCode())
	case sent.ErrorCode() >= 400:
		return fmt.Errorf("the mail server answered %d", sent.ErrorCode())
	case sent.Reason == mail.ErrSMTPDataClose:
		return fmt.Errorf("%w: the mail server did not answer at the end", alert.ErrUnsure)
	}
	return errors.New("the mail server broke off")
}
