// Package channel delivers alerts: as tasks in the CRM, to Slack and what understands its webhooks, to a signed webhook
// of anybody's, and by e-mail. A new channel is a file, a line in the list of Open, and its name in package alert.
package channel

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-cleanhttp"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
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
	file   string
}

// read returns the secret, "" when there is none.
func (s source) read() (string, error) {
	if s.file == "" {
		return strings.TrimSpace(string(s.secret)), nil
	}
	if s.secret != "" {
		return "", fmt.Errorf("%w: %s and %s_FILE exclude each other: set one", ErrSetting, s.name, s.name)
	}
	text, err := os.ReadFile(s.file)
	if err != nil {
		return "", fmt.Errorf("%w: %s_FILE: cannot read the file: %w", ErrSetting, s.name, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// must is read for what cannot be done without.
func (s source) must() (string, error) {
	text, err := s.read()
	if err == nil && text == "" {
		err = fmt.Errorf("%w: %s is not set", ErrSetting, s.name)
	}
	return text, err
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
// missing or wrong, and wraps ErrSetting. It makes no call.
func Open(s Settings, rules []alert.Rule, connector crm.Connector) (map[string]alert.Sender, error) {
	client := newClient()
	known := map[string]func() (alert.Sender, error){
		alert.Task:    func() (alert.Sender, error) { return newTask(connector) },
		alert.Slack:   func() (alert.Sender, error) { return newSlack(s, client) },
		alert.Webhook: func() (alert.Sender, error) { return newWebhook(s, client) },
		alert.Email:   func() (alert.Sender, error) { return newEmail(s) },
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

// timeout is how long one message may take.
const timeout = 15 * time.Second

// newClient makes the client of webhooks. It follows no redirect: a message goes where the setting says, or nowhere.
func newClient() *http.Client {
	c := cleanhttp.DefaultPooledClient()
	c.Timeout = timeout
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}
