package rest

import "fmt"

const redacted = "[redacted]"

// Secret is a credential that prints, formats and marshals as [redacted]; only Reveal gives it away.
type Secret string

// Reveal returns the credential itself, for a request's header or body and nothing else.
func (s Secret) Reveal() string { return string(s) }

// String hides the credential; an empty one stays visibly empty.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString hides the credential from %#v.
func (s Secret) GoString() string { return s.String() }

// Format hides the credential from every verb, %x and %q included.
func (s Secret) Format(f fmt.State, _ rune) {
	// A formatter has no way to report a failed write.
	_, _ = f.Write([]byte(s.String()))
}

// MarshalText hides the credential from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
