package worker

import (
	"errors"

	"github.com/bareme/bareme/scoring"
)

// The first byte of stored inputs says what follows.
const (
	blobSkipped  = 0 // the reason why this person is not scored, and nothing else about them
	blobInputs   = 1
	blobOverride = 2 // a score set by hand in the CRM, then the inputs
)

var errBlob = errors.New("the stored inputs cannot be read; run with --reload to read them from the CRM again")

// encode keeps the inputs, and the score somebody set by hand in the CRM when there is one.
func encode(s *scoring.Subject, field *scoring.Override) ([]byte, error) {
	if field == nil {
		return s.AppendBinary([]byte{blobInputs})
	}
	head, err := appendOverride(field)
	if err != nil {
		return nil, err
	}
	return s.AppendBinary(head)
}

func encodeSkip(reason string) []byte {
	return append([]byte{blobSkipped}, reason...)
}

// decode fills s, or returns the reason why there is nothing to score.
func decode(blob []byte, s *scoring.Subject) (skip string, field *scoring.Override, err error) {
	switch {
	case len(blob) > 1 && blob[0] == blobSkipped:
		return string(blob[1:]), nil, nil
	case len(blob) > 0 && blob[0] == blobInputs:
		return "", nil, s.UnmarshalBinary(blob[1:])
	case len(blob) > 0 && blob[0] == blobOverride:
		field, inputs, err := cutOverride(blob[1:])
		if err != nil {
			return "", nil, err
		}
		return "", field, s.UnmarshalBinary(inputs)
	default:
		return "", nil, errBlob
	}
}
