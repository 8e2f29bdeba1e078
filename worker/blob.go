package worker

import (
	"errors"

	"github.com/bareme/bareme/scoring"
)

// The first byte of stored inputs says what follows.
const (
	blobSkipped = 0 // the reason why this person is not scored, and nothing else about them
	blobInputs  = 1
)

func encode(s *scoring.Subject) ([]byte, error) {
	return s.AppendBinary([]byte{blobInputs})
}

func encodeSkip(reason string) []byte {
	return append([]byte{blobSkipped}, reason...)
}

// decode fills s, or returns the reason why there is nothing to score.
func decode(blob []byte, s *scoring.Subject) (skip string, err error) {
	switch {
	case len(blob) > 1 && blob[0] == blobSkipped:
		return string(blob[1:]), nil
	case len(blob) > 0 && blob[0] == blobInputs:
		return "", s.UnmarshalBinary(blob[1:])
	default:
		return "", errors.New("the stored inputs cannot be read; run with --reload to read them from the CRM again")
	}
}
