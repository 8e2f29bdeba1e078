// Package channel delivers alerts: as tasks in the CRM, to Slack and what understands its webhooks, to a signed webhook
// of anybody's, and by e-mail. A new channel is a file, a line in the list of Open, and its name in package alert.
package channel

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/internal/secretfile"
)

// Settings are what channels take from the environment, as package envconfig reads them: BAREME_SLACK_URL and so on under
// the prefix the program gives. What is in a file is read again for every message, so that it can be renewed.
type Settings struct {
	SlackURL          Secret `split_words:"true" desc:"Alerts: the incoming webhook of Slack, or of what understands the same; it is a secret"`
	SlackURLFile      string `split_words:"true" desc:"Alerts: file that holds the incoming webhook of Slack"`
	WebhookURL        Secret `split_words:"true" desc:"Alerts: where signed webhooks are posted; https, or http on this machine"`
	WebhookURLFile    string `split_words:"true" desc:"Alerts: file that holds where signed webhooks are posted"`
	WebhookSecret     Secret `split_words:"true" desc:"Alerts: what webhooks are signed with, by Standard Webhooks: whsec_ and 24 to 64 bytes in base64"`
	WebhookSecretFile string `split_words:"true" desc:"Alerts: file that holds what webhooks are signed with"`
	SMTP              SMTPSettings
	MailFrom          string `split_words:"true" desc:"Alerts: the address e-mails come from"`
}

// SMTPSettings say how e-mail leaves.
type SMTPSettings struct {
	URL     Secret `desc:"Alerts: the mail server, as smtps://user:password@host:465, or smtp://…:587 for STARTTLS"`
	URLFile string `split_words:"true" desc:"Alerts: file that holds the mail server's URL"`
}

// ErrSetting is a channel that a rule names and that lacks a setting, or has a wrong one.
var ErrSetting = errors.New("a setting is missing or wrong")

// source is a secret that stands in the environment or in a file.
type source struct {
	name   string // of the environment variable
	secret Secret
	file   *secretfile.File // nil: in the environment
}

func (o opener) source(name string, secret Secret, file string) source {
	s := source{name: name, secret: secret}
	if file != "" {
		s.file = &secretfile.File{Path: file, Warn: secretfile.Warn(o.log, name+"_FILE")}
	}
	return s
}

// read returns the secret as it is now.
func (s source) read() (string, error) {
	switch {
	case s.file != nil && s.secret != "":
		return "", fmt.Errorf("%w: %s and %s_FILE exclude each other: set one", ErrSetting, s.name, s.name)
	case s.file != nil:
		text, err := s.file.Read()
		if err != nil {
			return "", fmt.Errorf("%w: %s_FILE: %w", ErrSetting, s.name, err)
		}
		return text, nil
	case strings.TrimSpace(string(s.secret)) == "":
		return "", fmt.Errorf("%w: %s is not set", ErrSetting, s.name)
	}
	return strings.TrimSpace(string(s.secret)), nil
}

// Secret is a setting that prints as nothing of itself.
type Secret string

// Format hides the secret from every verb.
func (s Secret) Format(f fmt.State, _ rune) {
	if s != "" {
		_, _ = f.Write([]byte("[redacted]")) // a formatter has no way to report a failed write
	}
}

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return fmt.Append(nil, s), nil }

// Open makes the senders of the channels that rules name, with the connector tasks go to. An error says which setting is
// missing or wrong, and wraps ErrSetting. It makes no call. A file that cannot be read any more later on is logged.
func Open(s Settings, rules []alert.Rule, connector crm.Connector, log *logrus.Entry) (map[string]alert.Sender, error) {
	o := opener{s, newClient(), log}
	known := map[string]func() (alert.Sender, error){
		alert.Task:    func() (alert.Sender, error) { return newTask(connector) },
		alert.Slack:   o.slack,
		alert.Webhook: o.webhook,
		alert.Email:   o.email,
	}
	senders := map[string]alert.Sender{}
	var errs []error
	for _, name := range alert.Channels() {
		at := slices.IndexFunc(rules, func(r alert.Rule) bool { return slices.Contains(r.To, name) })
		if at < 0 {
			continue
		}
		sender, err := known[name]()
		if err != nil {
			errs = append(errs, fmt.Errorf("alert %q goes to %s: %w", rules[at].Name, name, err))
			continue
		}
		senders[name] = sender
	}
	return senders, errors.Join(errs...)
}

// opener is what senders are made of.
type opener struct {
	Settings
	client *http.Client
	log    *logrus.Entry
}

// timeout is how long one message may take.
const timeout = 15 * time.Second

// newClient makes the client of webhooks. It follows no redirect: a message goes where the setting says, or nowhere.
func newClient() *http.Client {
	c := cleanhttp.DefaultPooledClient()
	c.Timeout = timeout
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}
