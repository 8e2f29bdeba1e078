package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// otherSides are a Slack, a receiver of webhooks and a mail server, for a script; lines tell what reached them.
type otherSides struct {
	words string // what a refusal says

	mu     sync.Mutex
	refuse bool
	lines  []string
}

// listen starts them: hooks, and a mail server.
func (o *otherSides) listen() (*httptest.Server, net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	go o.mails(l)
	return httptest.NewServer(o), l, nil
}

func (o *otherSides) set(refuse bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuse = refuse
}

func (o *otherSides) refuses() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.refuse
}

func (o *otherSides) times() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.lines)
}

// heardOf finds those of the script that runs in a folder.
var heardOf = folderBoxes[otherSides]{by: map[string]*otherSides{}}

// scriptChannels starts the other sides of all channels of alerts, and points the environment at them:
//
//	channels         they take what comes
//	channels refuse  they answer, and refuse messages and the login
//	channels gone    nobody answers
func scriptChannels(ts *testscript.TestScript, _ bool, args []string) {
	o := &otherSides{refuse: len(args) > 0 && args[0] == "refuse", words: "canary"}
	hooks, l, err := o.listen()
	ts.Check(err)
	ts.Defer(hooks.Close)
	ts.Defer(func() { _ = l.Close() })
	if len(args) > 0 && args[0] == "gone" {
		hooks.Close()
		ts.Check(l.Close())
	}
	heardOf.put(ts.Getenv("WORK"), o)
	for name, value := range map[string]string{
		"BAREME_SLACK_URL": hooks.URL + "/slack/canary", "BAREME_WEBHOOK_URL": hooks.URL + "/hook/canary",
		"BAREME_WEBHOOK_SECRET": "whsec_" + base64.StdEncoding.EncodeToString([]byte("canary of at least 24 bytes")),
		"BAREME_SMTP_URL":       "smtp://canary:canary@" + l.Addr().String(), "BAREME_MAIL_FROM": "alerts@example.org",
	} {
		ts.Setenv(name, value)
	}
}

// scriptHeard prints what reached the other sides.
func scriptHeard(ts *testscript.TestScript, _ bool, _ []string) {
	o := heardOf.get(ts.Getenv("WORK"))
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, line := range o.lines {
		_, err := fmt.Fprintln(ts.Stdout(), line)
		ts.Check(err)
	}
	_, err := io.WriteString(ts.Stdout(), "") // else what was printed before would stay
	ts.Check(err)
}

func (o *otherSides) hear(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, fmt.Sprintf(format, args...))
}

// ServeHTTP is Slack and the webhooks: both know nothing but POST.
func (o *otherSides) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if o.refuses() {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, o.words)
		return
	}
	var body struct {
		Text, Type string
		Data       struct{ Rule string }
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		o.hear("not JSON: %v", err)
	}
	title, _, _ := strings.Cut(body.Text, "\n")
	if strings.HasPrefix(r.URL.Path, "/slack") {
		o.hear("slack %s", strings.Trim(title, "*"))
		return
	}
	o.hear("webhook %s %s", body.Type, body.Data.Rule)
}

func (o *otherSides) mails(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go o.mail(conn)
	}
}

// decoded is a header's text.
func decoded(text string) string {
	plain, err := new(mime.WordDecoder).DecodeHeader(text)
	if err != nil {
		return err.Error()
	}
	return plain
}

// mail is one session of a mail server that asks for a login.
func (o *otherSides) mail(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(text string) { _, _ = io.WriteString(conn, text+"\r\n") }
	say("220 hello")
	to, data := "", false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		line := lines.Text()
		verb, rest, _ := strings.Cut(line, " ")
		switch {
		case data && line == ".":
			data = false
			say("250 taken")
		case data && strings.HasPrefix(line, "Subject: "):
			o.hear("email to %s: %s", to, decoded(strings.TrimPrefix(line, "Subject: ")))
		case data:
		case verb == "EHLO":
			say("250-hello\r\n250 AUTH CRAM-MD5")
		case verb == "AUTH":
			say("334 " + base64.StdEncoding.EncodeToString([]byte("<challenge>")))
			lines.Scan()
			if o.refuses() {
				say("535 " + o.words + ", who are you?")
			} else {
				say("235 welcome")
			}
		case verb == "RCPT":
			to = strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			say("250 ok")
		case verb == "DATA":
			data = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
