package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bareme/bareme/alert"
)

// slack posts text to an incoming webhook of Slack or of what understands the same, such as Mattermost. These know no
// idempotency key and cannot be asked: what may have arrived is not sent again.
type slack struct {
	client *http.Client
	url    source
}

func (o opener) slack() (alert.Sender, error) {
	c := &slack{o.client, o.source("BAREME_SLACK_URL", o.SlackURL, o.SlackURLFile)}
	_, err := c.address()
	return c, err
}

func (s *slack) address() (string, error) {
	address, err := s.url.read()
	if err != nil {
		return "", err
	}
	return address, checkURL(s.url.name, address)
}

// Send implements alert.Sender.
func (s *slack) Send(ctx context.Context, m alert.Message) error {
	if m.Doubt {
		return fmt.Errorf("%w: the program ended while it was sent, and Slack cannot be asked", alert.ErrUnsure)
	}
	address, err := s.address()
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"text": slackText(m)})
	if err != nil {
		return err
	}
	err = post(ctx, s.client, address, body, http.Header{})
	if errors.Is(err, errMaybe) {
		return fmt.Errorf("%w: Slack did not answer, and cannot be asked", alert.ErrUnsure)
	}
	return err
}

// slackText is a message in Slack's own markup: a bold title, then lines. What is not ours is escaped.
func slackText(m alert.Message) string {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	lines := []string{"*" + escape.Replace(m.Text.Title) + "*"}
	if m.Owner.Name != "" {
		lines[0] += " – " + escape.Replace(m.Owner.Name)
	}
	for _, line := range m.Text.Lines {
		lines = append(lines, escape.Replace(line))
	}
	return strings.Join(lines, "\n")
}
