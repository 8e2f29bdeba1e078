package rest

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/bareme/bareme/crm"
)

// LooksLikeJSON reports whether a body begins and ends as a JSON object or array does: enough to tell a web page of some
// proxy, or an answer cut short, without reading it twice.
func LooksLikeJSON(body []byte) bool {
	body = bytes.TrimSpace(body)
	if len(body) < 2 {
		return false
	}
	first, last := body[0], body[len(body)-1]
	return first == '{' && last == '}' || first == '[' && last == ']'
}

// NotData is the error of an answer that is not JSON.
func NotData(req Request, body []byte) error {
	message := "the answer is not the data asked for"
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		message = "a web page came back instead of data"
	} else if len(bytes.TrimSpace(body)) == 0 {
		message = "an empty answer came back"
	}
	return &crm.Error{Kind: crm.ErrUnavailable, Op: req.Op, Object: req.Object, Message: message,
		Hint: "Check the base URL, and whether a proxy stands in between"}
}

// Decode reads an answer's JSON. The error says nothing of the content.
func Decode[T any](req Request, a Answer) (T, error) {
	var v T
	if err := json.Unmarshal(a.Body, &v); err != nil {
		return v, &crm.Error{Kind: crm.ErrUnavailable, Op: req.Op, Object: req.Object,
			Message: "the answer does not have the documented shape"}
	}
	return v, nil
}

// Call sends the request and decodes its answer.
func Call[T any](ctx context.Context, c *Client, req Request) (T, error) {
	answer, err := c.Do(ctx, req)
	if err != nil {
		var zero T
		return zero, err
	}
	return Decode[T](req, answer)
}
