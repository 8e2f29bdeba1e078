package channel

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/bareme/bareme/alert"
)

// webhook posts alerts as JSON, signed as Standard Webhooks says (HMAC-SHA256 over id.timestamp.body). Every attempt has
// the same webhook-id and the same body, by which the receiver knows a repeat.
type webhook struct {
	client      *http.Client
	url, secret source
}

func (o opener) webhook() (alert.Sender, error) {
	w := &webhook{o.client, o.source("BAREME_WEBHOOK_URL", o.WebhookURL, o.WebhookURLFile), o.source("BAREME_WEBHOOK_SECRET", o.WebhookSecret, o.WebhookSecretFile)}
	_, _, err := w.settings()
	return w, err
}

// settings reads where to and with what.
func (w *webhook) settings() (string, *webhooks.Webhook, error) {
	address, err := w.url.read()
	if err != nil {
		return "", nil, err
	}
	if err := checkURL(w.url.name, address); err != nil {
		return "", nil, err
	}
	secret, err := w.secret.read()
	if err != nil {
		return "", nil, err
	}
	signer, err := webhooks.NewWebhook(secret)
	key := base64.RawStdEncoding.DecodedLen(len(strings.TrimRight(strings.TrimPrefix(secret, "whsec_"), "=")))
	if err != nil || key < leastSecret { // the error's text may hold some of the secret
		return "", nil, fmt.Errorf("%w: %s has the wrong form: it is whsec_ and 24 to 64 bytes in base64", ErrSetting, w.secret.name)
	}
	return address, signer, nil
}

// leastSecret is how many bytes of secret Standard Webhooks asks for at least.
const leastSecret = 24

// payload is the body of a webhook.
type payload struct {
	Type      string      `json:"type"`
	Timestamp time.Time   `json:"timestamp"` // of the crossing
	Data      alert.Event `json:"data"`
	Owner     string      `json:"owner,omitempty"` // id of the record's owner
}

// typeOf is how receivers tell messages apart.
func typeOf(m alert.Message) string {
	if m.Test {
		return "alert.test"
	}
	return "alert.entered"
}

// Send implements alert.Sender.
func (w *webhook) Send(ctx context.Context, m alert.Message) error {
	address, signer, err := w.settings()
	if err != nil {
		return err
	}
	e := m.Events[0]
	body, err := json.Marshal(payload{Type: typeOf(m), Timestamp: e.At, Data: e, Owner: m.Owner.ID})
	if err != nil {
		return err
	}
	now := time.Now() // receivers compare it with their own clock, whatever moment is scored for
	signature, err := signer.Sign(m.Key, now, body)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	header := http.Header{}
	header.Set(webhooks.HeaderWebhookID, m.Key)
	header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	header.Set(webhooks.HeaderWebhookSignature, signature)
	header.Set("Idempotency-Key", m.Key)
	return post(ctx, w.client, address, body, header)
}
