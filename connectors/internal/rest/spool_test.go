package rest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
)

func spooling(t *testing.T, handler http.HandlerFunc, change func(*Config)) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Base: base, Judge: byStatus, Backoff: time.Millisecond, MaxBody: 1000}
	if change != nil {
		change(&cfg)
	}
	c := New(cfg)
	t.Cleanup(c.Close)
	return c
}

// TestSpool: an answer larger than memory may hold goes to a file that is gone afterwards; one cut short is asked for again.
func TestSpool(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	long := strings.Repeat("row\n", 10_000)
	tries := 0
	c := spooling(t, func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries == 1 {
			w.Header().Set("Content-Length", strconv.Itoa(len(long)))
			_, _ = io.WriteString(w, long[:100])
			return
		}
		_, _ = io.WriteString(w, long)
	}, nil)
	answer, err := c.Do(t.Context(), Request{Method: http.MethodGet, Path: "/", Spool: true})
	if err != nil || tries != 2 {
		t.Fatalf("after %d tries: %v", tries, err)
	}
	got, err := io.ReadAll(answer.File)
	if err != nil || string(got) != long || string(answer.Body) != long[:headOfSpool] {
		t.Errorf("%d bytes and a head of %d, error: %v", len(got), len(answer.Body), err)
	}
	if err := answer.File.Close(); err != nil {
		t.Error(err)
	}
	nothingLeft(t)
}

// TestSpoolRefused: a refusal is read into memory, and an answer that the judge refuses leaves no file.
func TestSpoolRefused(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	c := spooling(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			http.Error(w, "why", http.StatusNotFound)
		}
	}, func(cfg *Config) {
		cfg.Judge = func(req Request, a Answer) Verdict {
			if a.Status == http.StatusOK {
				return Verdict{Err: NotData(req, a.Body)}
			}
			return byStatus(req, a)
		}
	})
	for path, kind := range map[string]error{"/gone": crm.ErrInvalid, "/empty": crm.ErrUnavailable} {
		answer, err := c.Do(t.Context(), Request{Method: http.MethodGet, Path: path, Spool: true})
		if !errors.Is(err, kind) || answer.File != nil {
			t.Errorf("%s: file %v, error: %v", path, answer.File, err)
		}
	}
	nothingLeft(t)
}

func nothingLeft(t *testing.T) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "bareme-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestRawAndHeader: bytes are sent as they are, and a header of the request's own wins; the Authorization does not.
func TestRawAndHeader(t *testing.T) {
	c := spooling(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != "a,b\n" || r.Header.Get("Content-Type") != "text/csv" || r.Header.Get("Accept") != "text/csv" ||
			r.Header.Get("Authorization") != "Bearer good" {
			t.Errorf("%q %v, error: %v", body, r.Header, err)
		}
	}, func(cfg *Config) { cfg.Tokens = &tokens{list: []Secret{"good"}} })
	_, err := c.Do(t.Context(), Request{Method: http.MethodPut, Path: "/", Body: Raw{Type: "text/csv", Bytes: []byte("a,b\n")},
		Header: http.Header{"Accept": {"text/csv"}, "Authorization": {"Bearer other"}}})
	if err != nil {
		t.Error(err)
	}
}

// TestBaseOf: a call goes where its token is good, also after the token was renewed.
func TestBaseOf(t *testing.T) {
	asked := map[string]string{}
	at := func(name string, status int) *url.URL {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked[name] = r.Header.Get("Authorization")
			w.WriteHeader(status)
		}))
		t.Cleanup(server.Close)
		u, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	bases := map[Secret]*url.URL{"old": at("old", http.StatusUnauthorized), "new": at("new", http.StatusOK)}
	held := &tokens{list: []Secret{"old", "new"}}
	c := New(Config{Judge: byStatus, Tokens: held, BaseOf: func(token Secret) *url.URL { return bases[token] }})
	t.Cleanup(c.Close)
	if _, err := c.Do(t.Context(), Request{Method: http.MethodGet, Path: "/"}); err != nil {
		t.Fatal(err)
	}
	if asked["old"] != "Bearer old" || asked["new"] != "Bearer new" {
		t.Errorf("asked %v", asked)
	}
}

// TestFirm: a token no other would replace is not renewed.
func TestFirm(t *testing.T) {
	held := &tokens{list: []Secret{"one", "two"}}
	c := spooling(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, func(cfg *Config) {
		cfg.Tokens = held
		cfg.Judge = func(Request, Answer) Verdict { return Verdict{Err: &crm.Error{Kind: crm.ErrAuth}, Firm: true} }
	})
	if _, err := c.Do(t.Context(), Request{Method: http.MethodGet, Path: "/"}); !errors.Is(err, crm.ErrAuth) || held.renewed != 0 {
		t.Errorf("renewed %d times, error: %v", held.renewed, err)
	}
}
