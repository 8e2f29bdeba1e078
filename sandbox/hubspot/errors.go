package hubspot

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// apiError is an answer that says no. Its fields are HubSpot's error envelope.
type apiError struct {
	status     int
	retryAfter int // seconds; 0: no header

	Status        string              `json:"status"`
	Message       string              `json:"message"`
	ErrorType     string              `json:"errorType,omitempty"`
	CorrelationID string              `json:"correlationId"`
	PolicyName    string              `json:"policyName,omitempty"`
	RequestID     string              `json:"requestId,omitempty"`
	Category      string              `json:"category,omitempty"`
	SubCategory   string              `json:"subCategory,omitempty"`
	Errors        []errorDetail       `json:"errors,omitempty"`
	Context       map[string][]string `json:"context,omitempty"`
	Links         map[string]string   `json:"links,omitempty"`
}

type errorDetail struct {
	Message string              `json:"message,omitempty"`
	Code    string              `json:"code,omitempty"`
	In      string              `json:"in,omitempty"`
	Context map[string][]string `json:"context,omitempty"`
}

// Error makes apiError an error, for the Go control methods.
func (e *apiError) Error() string { return fmt.Sprintf("hubspot sandbox: %d %s", e.status, e.Message) }

func fail(status int, category, format string, args ...any) *apiError {
	return &apiError{status: status, Status: "error", Message: fmt.Sprintf(format, args...), Category: category,
		CorrelationID: uuid.NewString()}
}

func badRequest(format string, args ...any) *apiError {
	return fail(http.StatusBadRequest, "VALIDATION_ERROR", format, args...)
}

func notFound() *apiError {
	return fail(http.StatusNotFound, "OBJECT_NOT_FOUND", "resource not found")
}

// refused reports values HubSpot would not store, with the machine-readable list inside the message as HubSpot does.
func refused(bad []invalid) *apiError {
	list, err := json.Marshal(bad)
	if err != nil {
		list = []byte("[]") // cannot happen: plain strings and numbers
	}
	e := badRequest("Property values were not valid: %s", list)
	for _, b := range bad {
		e.Errors = append(e.Errors, errorDetail{Message: b.Message, Code: b.Code, Context: map[string][]string{"propertyName": {b.Name}}})
	}
	return e
}

func missingScopes(scopes ...string) *apiError {
	e := fail(http.StatusForbidden, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.")
	e.Errors = []errorDetail{{Message: "One or more of the following scopes are required.",
		Context: map[string][]string{"requiredGranularScopes": scopes}}}
	return e
}

func unauthorized(message string) *apiError {
	return fail(http.StatusUnauthorized, "INVALID_AUTHENTICATION", "%s", message)
}

// expired is the answer to a token that was good and no longer is.
func expired() *apiError {
	e := fail(http.StatusUnauthorized, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired.")
	return e
}

// The three answers to too many requests: by day, by ten seconds, and by second (search).

func dailyLimit() *apiError {
	e := fail(http.StatusTooManyRequests, "", "You have reached your daily limit.")
	e.ErrorType, e.PolicyName, e.RequestID = "RATE_LIMIT", "DAILY", uuid.NewString()
	return e
}

func tenSecondlyLimit() *apiError {
	e := fail(http.StatusTooManyRequests, "", "You have reached your ten_secondly_rolling limit.")
	e.ErrorType, e.PolicyName, e.RequestID = "RATE_LIMIT", "TEN_SECONDLY_ROLLING", uuid.NewString()
	return e
}

func secondlyLimit() *apiError {
	return fail(http.StatusTooManyRequests, "RATE_LIMITS", "You have reached your secondly limit.")
}
