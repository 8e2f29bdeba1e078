package channel_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/alert/channel"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
)

const secret = "s3cr3t-canary-1c9e"

var signing = "whsec_" + base64.StdEncoding.EncodeToString([]byte("a secret of at least 24 bytes"))

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func message(channelName string) alert.Message {
	e := alert.Event{Person: "7", Connection: "main", Link: "https://crm.example/7", Rule: "Hot", At: noon, Run: "r1",
		Old: alert.Level{Scored: true, Score: 62}, New: alert.Level{Scored: true, Score: 84, Label: "hot"}, Reasons: []string{"+60 Size <50> & more"}}
	m := alert.Message{Key: "0123456789abcdef", Channel: channelName, Rule: "Hot", Events: []alert.Event{e}, Alerts: []alert.Alert{{Key: "0123456789abcdef"}},
		Owner: alert.Owner{ID: "o1", Email: "owner@example.com", Name: "Owner"}, Now: noon}
	m.Text = alert.Words(m, "en", 0)
	return m
}

// silent is a log nobody reads.
func silent() *logrus.Entry {
	l := logrus.New()
	l.SetOutput(io.Discard)
	return logrus.NewEntry(l)
}

// open makes one sender, and must succeed.
func open(t *testing.T, name string, s channel.Settings, connector crm.Connector) alert.Sender {
	t.Helper()
	senders, err := channel.Open(s, []alert.Rule{{Name: "Hot", To: []string{name}}}, connector, silent())
	if err != nil {
		t.Fatal(err)
	}
	return senders[name]
}

func hooks(url string) channel.Settings {
	return channel.Settings{WebhookURL: channel.Secret(url), WebhookSecret: channel.Secret(signing), SlackURL: channel.Secret(url)}
}

func TestWebhookIsSigned(t *testing.T) {
	t.Parallel()
	var ids []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		signer, err := webhooks.NewWebhook(signing)
		if err != nil {
			t.Error(err)
		}
		if err := signer.Verify(body, r.Header); err != nil {
			t.Error(err)
		}
		if err := signer.Verify(append(body, ' '), r.Header); err == nil {
			t.Error("another body has the same signature")
		}
		ids = append(ids, r.Header.Get("webhook-id")+" "+r.Header.Get("Idempotency-Key"))
		var got map[string]any
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
		data := got["data"].(map[string]any)
		if got["type"] != "alert.entered" || got["owner"] != "o1" || data["person"] != "7" || data["run"] != "r1" || data["new"].(map[string]any)["score"] != 84.0 {
			t.Errorf("body %s", body)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	sender := open(t, alert.Webhook, hooks(server.URL), nil)
	again := message(alert.Webhook)
	again.Doubt = true
	for _, m := range []alert.Message{message(alert.Webhook), again} {
		if err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"0123456789abcdef 0123456789abcdef", "0123456789abcdef 0123456789abcdef"}, ids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSlackText(t *testing.T) {
	t.Parallel()
	var got map[string]string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	if err := open(t, alert.Slack, hooks(server.URL), nil).Send(t.Context(), message(alert.Slack)); err != nil {
		t.Fatal(err)
	}
	want := "*Hot: score 62 → 84, label hot* – Owner\nhttps://crm.example/7\n+60 Size &lt;50&gt; &amp; more"
	if got["text"] != want {
		t.Errorf("got %q, want %q", got["text"], want)
	}
}

// TestAnswers: what each answer of the other side means, and that no error holds the address, which is a secret.
func TestAnswers(t *testing.T) {
	t.Parallel()
	breaks := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, c := range []struct {
		name, channel string
		answer        http.HandlerFunc
		want          error // nil: a plain error, tried again
	}{
		{"busy", alert.Slack, status(429), nil}, {"broken", alert.Slack, status(503), nil}, {"gone", alert.Slack, status(410), alert.ErrRefused},
		{"elsewhere", alert.Slack, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/else", http.StatusFound) }, alert.ErrRefused},
		{"no answer", alert.Slack, breaks, alert.ErrUnsure}, {"no answer", alert.Webhook, breaks, nil},
		{"broken", alert.Webhook, status(500), nil}, {"unknown", alert.Webhook, status(404), alert.ErrRefused},
	} {
		t.Run(c.channel+" "+c.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.answer)
			defer server.Close()
			check(t, open(t, c.channel, hooks(server.URL+"/"+secret), nil).Send(t.Context(), message(c.channel)), c.want)
		})
	}
	t.Run("not there", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		check(t, open(t, alert.Slack, hooks(server.URL+"/"+secret), nil).Send(t.Context(), message(alert.Slack)), nil)
	})
	t.Run("doubt", func(t *testing.T) {
		t.Parallel()
		m := message(alert.Slack)
		m.Doubt = true
		check(t, open(t, alert.Slack, hooks("https://example.com/"+secret), nil).Send(t.Context(), m), alert.ErrUnsure)
	})
}

func check(t *testing.T, got, want error) {
	t.Helper()
	refused, unsure := errors.Is(got, alert.ErrRefused), errors.Is(got, alert.ErrUnsure)
	if got == nil || refused != errors.Is(want, alert.ErrRefused) || unsure != errors.Is(want, alert.ErrUnsure) {
		t.Errorf("got %v, want %v", got, want)
	}
	if strings.Contains(fmt.Sprint(got), secret) || strings.Contains(fmt.Sprint(got), "owner@") {
		t.Errorf("the error tells a secret: %v", got)
	}
}

func TestTask(t *testing.T) {
	t.Parallel()
	memory := crmtest.NewMemory(func() time.Time { return noon })
	memory.Put(crm.People, "7", crm.Fields{"owner": "o1"}, nil)
	sender := open(t, alert.Task, channel.Settings{}, memory)
	again := message(alert.Task)
	again.Doubt = true
	for _, m := range []alert.Message{message(alert.Task), again} {
		if err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for page, err := range memory.Activities(t.Context(), crm.Query{Object: crm.Tasks, Fields: []string{crmtest.TaskTitle, crmtest.TaskOwner}}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Items {
			n++
			if a.Fields[crmtest.TaskTitle] != "Hot: score 62 → 84, label hot" || a.Fields[crmtest.TaskOwner] != "o1" || !a.Time.Equal(noon.Add(24*time.Hour)) {
				t.Errorf("task %+v", a)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d tasks", n)
	}
	gone := message(alert.Task)
	gone.Events[0].Person = "8"
	check(t, sender.Send(t.Context(), gone), alert.ErrRefused)
}

// smtpServer is a mail server on this machine. It answers the end of a message as told; "" breaks off.
func smtpServer(t *testing.T, atTheEnd string) (url string, got *strings.Builder) {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	got = &strings.Builder{}
	done := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go talk(conn, atTheEnd, got) // a client that gives up leaves its connection open for a while
		}
	}()
	return "smtp://" + l.Addr().String(), got
}

func talk(conn net.Conn, atTheEnd string, got *strings.Builder) {
	defer func() { _ = conn.Close() }()
	say := func(text string) { _, _ = io.WriteString(conn, text+"\r\n") }
	say("220 hello")
	lines, data := bufio.NewScanner(conn), false
	for lines.Scan() {
		switch line := lines.Text(); {
		case data && line == ".":
			if atTheEnd == "" {
				return
			}
			data = false
			say(atTheEnd)
		case data:
			got.WriteString(line + "\n")
		case strings.HasPrefix(line, "DATA"):
			data = true
			say("354 go on")
		case strings.HasPrefix(line, "QUIT"):
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, answer string
		sent         bool
		want         error
	}{
		{"taken", "250 taken", true, nil}, {"busy", "451 later", false, nil}, {"refused", "554 no", false, alert.ErrRefused}, {"no answer", "", false, alert.ErrUnsure},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url, got := smtpServer(t, c.answer)
			sender := open(t, alert.Email, channel.Settings{SMTP: channel.SMTPSettings{URL: channel.Secret(url)}, MailFrom: "alerts@example.org"}, nil)
			err := sender.Send(t.Context(), message(alert.Email))
			if !c.sent {
				check(t, err, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{"Message-ID: <0123456789abcdef@example.org>", "To: <owner@example.com>", "Auto-Submitted: auto-generated", "https://crm.example/7"} {
				if !strings.Contains(got.String(), part) {
					t.Errorf("the mail lacks %q:\n%s", part, got)
				}
			}
		})
	}
	url, _ := smtpServer(t, "250 taken")
	sender := open(t, alert.Email, channel.Settings{SMTP: channel.SMTPSettings{URL: channel.Secret(url)}, MailFrom: "alerts@example.org"}, nil)
	nobody := message(alert.Email)
	nobody.Owner = alert.Owner{}
	check(t, sender.Send(t.Context(), nobody), alert.ErrRefused)
}

// plain is a connector without tasks.
type plain struct{ crm.Connector }

func TestSettings(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(file, []byte("https://example.com/"+secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, channel, want string
		settings            channel.Settings
	}{
		{"missing", alert.Slack, "BAREME_SLACK_URL is not set", channel.Settings{}},
		{"from a file", alert.Slack, "", channel.Settings{SlackURLFile: file}},
		{"twice", alert.Slack, "BAREME_SLACK_URL and BAREME_SLACK_URL_FILE exclude each other: set one", channel.Settings{SlackURL: secret, SlackURLFile: file}},
		{"no file", alert.Slack, "BAREME_SLACK_URL_FILE: cannot read the file", channel.Settings{SlackURLFile: file + "x"}},
		{"no address", alert.Slack, "BAREME_SLACK_URL is no address of the web", channel.Settings{SlackURL: secret}},
		{"in the clear", alert.Webhook, "BAREME_WEBHOOK_URL is http: use https", channel.Settings{WebhookURL: "http://example.com/" + secret}},
		{"no secret", alert.Webhook, "BAREME_WEBHOOK_SECRET is not set", channel.Settings{WebhookURL: "https://example.com"}},
		{"wrong secret", alert.Webhook, "BAREME_WEBHOOK_SECRET has the wrong form", channel.Settings{WebhookURL: "https://example.com", WebhookSecret: "whsec_" + secret + "!"}},
		{"short secret", alert.Webhook, "BAREME_WEBHOOK_SECRET has the wrong form", channel.Settings{WebhookURL: "https://example.com", WebhookSecret: "whsec_AAAA"}},
		{"no server", alert.Email, "BAREME_SMTP_URL has the wrong form", channel.Settings{SMTP: channel.SMTPSettings{URL: secret}}},
		{"no sender", alert.Email, "BAREME_MAIL_FROM is no address", channel.Settings{SMTP: channel.SMTPSettings{URL: "smtps://u:" + secret + "@mail.example.com"}}},
		{"no tasks", alert.Task, "this CRM takes no tasks", channel.Settings{}},
	} {
		t.Run(c.channel+" "+c.name, func(t *testing.T) {
			t.Parallel()
			_, err := channel.Open(c.settings, []alert.Rule{{Name: "Hot", To: []string{c.channel}}}, plain{}, silent())
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, channel.ErrSetting) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	for _, verb := range []string{"%v", "%s", "%q", "%#v", "%x", "%d"} {
		if text := fmt.Sprintf(verb, channel.Settings{SlackURL: secret}); strings.Contains(text, secret) {
			t.Errorf("%s prints the secret: %s", verb, text)
		}
	}
}

func TestStoppedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, name := range []string{alert.Slack, alert.Webhook} {
		if err := open(t, name, hooks("https://example.com/"+secret), nil).Send(ctx, message(name)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLook: what is found of each other side without a message. Nothing but HEAD, greeting, TLS and login reaches it.
func TestLook(t *testing.T) {
	t.Parallel()
	var asked atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Method)
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer untrusted.Close()
	smtp, got := smtpServer(t, "")
	mails := func(url string) channel.Settings {
		return channel.Settings{SMTP: channel.SMTPSettings{URL: channel.Secret(url)}, MailFrom: "alerts@example.org"}
	}
	memory := crmtest.NewMemory(func() time.Time { return noon })
	for _, c := range []struct {
		name, channel string
		settings      channel.Settings
		want          string
		kind          error
	}{
		{"there", alert.Slack, hooks(server.URL + "/" + secret), "answers by http", nil},
		{"there", alert.Webhook, hooks(server.URL + "/" + secret), "answers by http, and the signing secret is there", nil},
		{"nobody", alert.Slack, hooks("http://127.0.0.1:1/" + secret), "the address does not answer: ", crm.ErrUnavailable},
		{"no certificate", alert.Webhook, hooks(untrusted.URL + "/" + secret), "failed to verify certificate", crm.ErrUnavailable},
		{"there", alert.Email, mails(smtp), "the mail server answers and takes the login", nil},
		{"nobody", alert.Email, mails("smtp://a:" + secret + "@127.0.0.1:1"), "the mail server does not answer: ", crm.ErrUnavailable},
		{"no TLS", alert.Email, mails("smtps://a:" + secret + "@" + strings.TrimPrefix(smtp, "smtp://")), "does not answer", crm.ErrUnavailable},
		{"no login", alert.Email, mails("smtp://a:" + secret + "@" + strings.TrimPrefix(smtp, "smtp://")), "the mail server does not take the login: ", crm.ErrUnavailable},
		{"there", alert.Task, channel.Settings{}, "tasks may be made", nil},
	} {
		t.Run(c.channel+" "+c.name, func(t *testing.T) {
			says, err := open(t, c.channel, c.settings, memory).(channel.Looker).Look(t.Context())
			if err != nil {
				says = err.Error()
			}
			if !errors.Is(err, c.kind) || !strings.Contains(says, c.want) || strings.Contains(says, secret) {
				t.Errorf("says %q, want %q", says, c.want)
			}
		})
	}
	if asked.Load() != http.MethodHead || got.Len() > 0 {
		t.Errorf("asked by %v; mail:\n%s", asked.Load(), got)
	}
}

// TestFilesRotate: what is in a file is read for each message; one that has gone leaves the last address in use.
func TestFilesRotate(t *testing.T) {
	t.Parallel()
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { paths = append(paths, r.URL.Path) }))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "url")
	write := func(path string) error { return os.WriteFile(file, []byte(server.URL+path+"\n"), 0o600) }
	if err := write("/one"); err != nil {
		t.Fatal(err)
	}
	sender := open(t, alert.Slack, channel.Settings{SlackURLFile: file}, nil)
	for _, does := range []func() error{func() error { return nil }, func() error { return write("/two") }, func() error { return os.Remove(file) }} {
		if err := errors.Join(does(), sender.Send(t.Context(), message(alert.Slack))); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"/one", "/two", "/two"}, paths); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
