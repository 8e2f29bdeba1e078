package channel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/bareme/bareme/alert"
)

// checkURL accepts https, and http to this machine. Nothing of the URL is told: it may be a secret.
func checkURL(name, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("%w: %s is no address of the web: it begins with https://", ErrSetting, name)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return fmt.Errorf("%w: %s is http: use https, because an alert is nobody else's business", ErrSetting, name)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// post sends one body. What did not arrive for certain is a plain error; what may have arrived wraps errMaybe; what the
// other side refused for good wraps alert.ErrRefused.
func post(ctx context.Context, client *http.Client, address string, body []byte, header http.Header) error {
	var wrote atomic.Bool // set by the transport, which may still write when the answer is given up on
	trace := &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: the address is wrong", alert.ErrRefused)
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "bareme")
	resp, err := client.Do(req)
	if err != nil {
		if cause := new(url.Error); errors.As(err, &cause) {
			err = cause.Err // the URL, which may be a secret, stays out
		}
		if wrote.Load() {
			return fmt.Errorf("%w: no answer: %w", errMaybe, err)
		}
		return fmt.Errorf("not reached: %w", err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // so that the connection can be used again
	_ = resp.Body.Close()
	switch {
	case resp.StatusCode < 300:
		return nil
	case resp.StatusCode == http.StatusRequestTimeout, resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusConflict, resp.StatusCode >= 500:
		return fmt.Errorf("the other side answered %d", resp.StatusCode)
	}
	return fmt.Errorf("%w: the other side answered %d", alert.ErrRefused, resp.StatusCode)
}

// errMaybe is a message that may have arrived.
var errMaybe = errors.New("sent")
