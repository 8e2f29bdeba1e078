package scene

import (
	"bytes"
	"compress/gzip"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Answer is what goes back to the client, intact or not.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Packs  bool // by gzip, where the client takes it and it is worth it
	Cut    Cut
}

// Cut says how an answer breaks on its way.
type Cut uint8

// The ways to break.
const (
	Whole    Cut = iota
	Reset        // the connection is closed without a byte
	HalfBody     // the connection is closed in the middle of the body
)

// HTMLPage is what a gateway sends in place of an answer.
func HTMLPage(status int) *Answer {
	text := http.StatusText(status)
	if text == "" {
		text = "Setting things up" // Salesforce's 420
	}
	return &Answer{
		Status: status,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body:   []byte("<!DOCTYPE html>\n<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>\n"),
	}
}

// send writes the answer, or breaks off.
func (a *Answer) send(w http.ResponseWriter, r *http.Request) {
	if a.Cut == Reset {
		panic(http.ErrAbortHandler) // net/http's own way to drop a connection
	}
	h, body := w.Header(), a.Body
	maps.Copy(h, a.Header)
	if a.Packs && len(body) > smallest && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = packed(body)
		h.Set("Content-Encoding", "gzip")
	}
	if a.Status != http.StatusNoContent && a.Status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.Status)
	if r.Method == http.MethodHead {
		return
	}
	if a.Cut == HalfBody {
		_, _ = w.Write(body[:len(body)/2]) // the client is about to lose the connection anyway
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body) // a client that left is no concern of the server
}

func packed(body []byte) []byte {
	var out bytes.Buffer
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(&out)
	_, _ = z.Write(body) // into memory
	_ = z.Close()
	return out.Bytes()
}

// packers are used again: each is a megabyte.
var packers = sync.Pool{New: func() any { //nolint:gochecknoglobals // a pool
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // a known level cannot fail
	return z
}}

// smallest is the size below which packing is not worth it.
const smallest = 2048
