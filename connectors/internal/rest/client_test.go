package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sirupsen/logrus"
	"go.uber.org/goleak"

	"github.com/bareme/bareme/crm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "canary7f3a"

// byStatus judges as simply as can be: 5xx and 429 may pass, 429 is sure to have done nothing.
func byStatus(_ Request, a Answer) Verdict {
	switch {
	case a.Status == http.StatusTooManyRequests:
		return Verdict{Err: &crm.Error{Kind: crm.ErrRateLimit, Op: "x"}, Retry: true, Sure: true, Wait: time.Second, Limit: true}
	case a.Status >= 500:
		return Verdict{Err: &crm.Error{Kind: crm.ErrUnavailable, Op: "x"}, Retry: true}
	case a.Status >= 300:
		return Verdict{Err: &crm.Error{Kind: crm.ErrInvalid, Op: "x", Message: fmt.Sprint(a.Status)}}
	}
	return Verdict{}
}

type tokens struct {
	mu      sync.Mutex
	list    []Secret
	renewed int
}

func (t *tokens) Token(context.Context) (Secret, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.list[0], nil
}

func (t *tokens) Renew(_ context.Context, refused Secret) (Secret, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.renewed++
	if len(t.list) == 1 {
		return "", false, nil
	}
	t.list = t.list[1:]
	return t.list[0], t.list[0] != refused, nil
}

func serve(t *testing.T, h http.HandlerFunc, change ...func(*Config)) (*Client, *bytes.Buffer) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	base, err := Address(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	logs := new(bytes.Buffer)
	logger := logrus.New()
	logger.SetOutput(logs)
	logger.SetLevel(logrus.TraceLevel)
	cfg := Config{Base: base, Judge: byStatus, Backoff: time.Millisecond, Logger: logrus.NewEntry(logger)}
	for _, f := range change {
		f(&cfg)
	}
	c := New(cfg)
	t.Cleanup(c.Close)
	return c, logs
}

func get(path string) Request {
	return Request{Op: "x", Kind: "get", Method: http.MethodGet, Path: path, Query: url.Values{"email": {canary}}}
}

func TestRetriesWhatPasses(t *testing.T) {
	n := 0
	var bodies []string
	var mu sync.Mutex
	c, logs := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies = append(bodies, string(raw))
		switch n++; n {
		case 1:
			w.WriteHeader(http.StatusBadGateway)
		case 2:
			panic(http.ErrAbortHandler)
		case 3: // cut off
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"a":`))
		default:
			_, _ = w.Write([]byte(`{"a":1}`))
		}
	})
	got, err := Call[map[string]int](t.Context(), c, Request{Op: "x", Kind: "search", Method: http.MethodPost, Path: "/s",
		Query: url.Values{"q": {canary}}, Body: map[string]string{"email": canary + "<&>"}})
	if err != nil || got["a"] != 1 {
		t.Fatalf("got %v, %v", got, err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, b := range bodies {
		if b != `{"email":"`+canary+`<&>"}` {
			t.Errorf("sent %q", b)
		}
	}
	if u := c.cfg.Meter.Usage(); u.Calls["search"] != 4 || u.Retried != 3 {
		t.Errorf("usage %+v", u)
	}
	if strings.Contains(logs.String(), canary) || !strings.Contains(logs.String(), "status=502") {
		t.Errorf("log:\n%s", logs)
	}
}

// What must not happen twice is sent again only when the server has certainly done nothing.
func TestOnce(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter)
		calls  int
	}{
		"trouble":      {func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }, 1},
		"reset":        {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, 1},
		"rate limited": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int64
			client, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if calls.Add(1) == 1 {
					c.answer(w)
				}
			})
			_, err := client.Do(t.Context(), Request{Op: "x", Method: http.MethodPost, Path: "/", Once: true})
			if n := int(calls.Load()); n != c.calls || (err == nil) != (c.calls == 2) {
				t.Errorf("%d calls, %v", n, err)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	base, err := Address("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	c := New(Config{Base: base, Judge: byStatus, Backoff: time.Millisecond})
	_, err = c.Do(t.Context(), get("/"+canary))
	if !errors.Is(err, crm.ErrUnavailable) || err.Error() != "x: the connection was refused" {
		t.Errorf("got %v", err)
	}
	if u := c.cfg.Meter.Usage(); u.Calls["get"] != 6 {
		t.Errorf("usage %+v", u)
	}
}

// A certificate nobody trusts does not mend itself.
func TestCertificate(t *testing.T) {
	n := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { n++ }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	base, err := Address(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := New(Config{Base: base, Judge: byStatus, Backoff: time.Millisecond})
	defer c.Close()
	_, err = c.Do(t.Context(), get("/"))
	want := "x: the server's certificate is not trusted. Check the base URL and the certificates this machine trusts"
	if err == nil || err.Error() != want || c.cfg.Meter.Usage().Calls["get"] != 1 || n != 0 {
		t.Errorf("got %v after %d calls", err, n)
	}
}

func TestNoRedirects(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	},
		func(cfg *Config) { cfg.Tokens = &tokens{list: []Secret{"secret"}} })
	if _, err := c.Do(t.Context(), get("/")); !errors.Is(err, crm.ErrInvalid) || elsewhere != 0 {
		t.Errorf("got %v, %d calls went elsewhere", err, elsewhere)
	}
}

func TestRenewsARefusedTokenOnce(t *testing.T) {
	for name, c := range map[string]struct {
		list []Secret
		ok   bool
		sent string
	}{
		"another one":        {[]Secret{"old", "new"}, true, "old new"},
		"another bad one":    {[]Secret{"old", "worse"}, false, "old worse"},
		"no other":           {[]Secret{"old"}, false, "old"},
		"the same once more": {[]Secret{"old", "old"}, false, "old"},
	} {
		t.Run(name, func(t *testing.T) {
			var sent []string
			client, logs := serve(t, func(w http.ResponseWriter, r *http.Request) {
				token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
				if sent = append(sent, token); token != "new" {
					w.WriteHeader(http.StatusUnauthorized)
				}
			}, func(cfg *Config) { cfg.Tokens = &tokens{list: c.list} })
			_, err := client.Do(t.Context(), get("/"))
			if (err == nil) != c.ok || strings.Join(sent, " ") != c.sent {
				t.Errorf("sent %v, got %v", sent, err)
			}
			if strings.Contains(logs.String(), "Bearer") || strings.Contains(logs.String(), "old") {
				t.Errorf("log:\n%s", logs)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	n := 0
	c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		_, _ = w.Write(bytes.Repeat([]byte("x"), 3<<20))
	}, func(cfg *Config) { cfg.MaxBody = 2 << 20 })
	_, err := c.Do(t.Context(), get("/"))
	if !errors.Is(err, crm.ErrInvalid) || n != 1 || err.Error() != "x: the answer is larger than 2 MiB. Ask for fewer fields" {
		t.Errorf("got %v after %d calls", err, n)
	}
}

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answerOf(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func onClock(t *testing.T, f roundTrip, change ...func(*Config)) *Client {
	t.Helper()
	base, err := Address("https://api.example")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Base: base, Judge: byStatus, Transport: f}
	for _, c := range change {
		c(&cfg)
	}
	return New(cfg)
}

// Each try has its own time; the waits between tries and for the limiter do not count against it.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := onClock(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, func(cfg *Config) { cfg.Timeout, cfg.Tries = 10*time.Second, 3 })
		began := time.Now()
		_, err := c.Do(t.Context(), get("/"))
		if !errors.Is(err, crm.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || err.Error() != "x: no answer in time" {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took < 30*time.Second || took > 32*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// Cancellation is obeyed at once: while waiting for an answer, between tries, and in the queue of a limiter.
func TestCancellation(t *testing.T) {
	for name, c := range map[string]struct {
		send  roundTrip
		queue bool
	}{
		"in a try":      {func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }, false},
		"between tries": {func(*http.Request) (*http.Response, error) { return answerOf(500, ""), nil }, false},
		"in the queue":  {func(*http.Request) (*http.Response, error) { return answerOf(200, "{}"), nil }, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				req := get("/")
				if c.queue {
					req.Window = NewWindow(1, time.Hour)
					if _, err := req.Window.Wait(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				client := onClock(t, c.send, func(cfg *Config) { cfg.Backoff = time.Minute })
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				began := time.Now()
				_, err := client.Do(ctx, req)
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 10*time.Second {
					t.Errorf("got %v after %s", err, time.Since(began))
				}
			})
		})
	}
}

// Retries pay at the limiter like first tries, and waiting is counted once however many wait.
func TestRetriesPay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(2, 10*time.Second)
		var sent []time.Time
		var mu sync.Mutex
		c := onClock(t, func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, time.Now())
			if len(sent)%2 == 1 {
				return answerOf(500, ""), nil
			}
			return answerOf(200, "{}"), nil
		}, func(cfg *Config) { cfg.Backoff = time.Millisecond })
		var wg sync.WaitGroup
		began := time.Now()
		for range 4 {
			wg.Go(func() {
				req := get("/")
				req.Window = w
				if _, err := c.Do(t.Context(), req); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most := mostInSpan(sent, 10*time.Second); most > 2 {
			t.Errorf("%d calls in a window of 2", most)
		}
		if waited, took := c.cfg.Meter.Usage().Waited, time.Since(began); waited > took || waited < 10*time.Second {
			t.Errorf("waited %s of %s", waited, took)
		}
	})
}

// A request that the transport sends again by itself, because a kept connection broke without an answer, pays as well.
func TestTransportPays(t *testing.T) {
	asked := 0
	c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked != 2 {
			_, _ = w.Write([]byte("{}")) // the client sees when this fails
			return
		}
		panic(http.ErrAbortHandler) // closes the connection
	})
	w := NewWindow(10, time.Hour)
	req := get("/")
	req.Window = w
	for range 2 {
		if _, err := c.Do(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	if paid := len(w.busy(time.Now())); asked != 3 || paid != asked || c.cfg.Meter.Usage().Retried != 1 {
		t.Errorf("%d calls came, %d were paid, %d were counted as retries", asked, paid, c.cfg.Meter.Usage().Retried)
	}
}

// Random bytes of a broken server reach no error.
func TestBrokenServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096)) // net/http prints what comes before it has asked
			_, _ = conn.Write([]byte(canary + " is not HTTP\r\n\r\n"))
			_ = conn.Close()
		}
	}()
	base, err := Address("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := New(Config{Base: base, Judge: byStatus, Backoff: time.Millisecond})
	_, err = c.Do(t.Context(), get("/"))
	if !errors.Is(err, crm.ErrUnavailable) || strings.Contains(err.Error(), canary) {
		t.Errorf("got %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
	<-done
	c.Close()
}

func TestSecret(t *testing.T) {
	s := Secret(canary)
	type holder struct{ S Secret }
	raw, err := json.Marshal(holder{s})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%s %v %+v %#v %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%+v %#v", holder{s}, holder{s}), string(raw)} {
		if strings.Contains(text, canary) || strings.Contains(text, "63616e617279") || !strings.Contains(text, redacted) {
			t.Error(text)
		}
	}
	if s.Reveal() != canary || Secret("").String() != "" {
		t.Error("a secret is no longer itself")
	}
}

func TestAddress(t *testing.T) {
	for raw, ok := range map[string]bool{
		"https://api.hubapi.com": true, "https://api.hubapi.com/": true, "http://127.0.0.1:8080": true, "http://[::1]:1": true,
		"http://localhost:1": true, "http://localhost.evil.example": false, "http://10.0.0.1": false, "ftp://127.0.0.1": false,
		"": false, "api.hubapi.com": false, "https://user:pass@x": false, "https://x?y": false, "https://x#y": false, "https://": false,
	} {
		if _, err := Address(raw); (err == nil) != ok {
			t.Errorf("%q: %v", raw, err)
		}
	}
}
