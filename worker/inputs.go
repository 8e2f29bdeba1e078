package worker

import "github.com/bareme/bareme/scoring"

// EncodeInputs encodes mapped inputs as Scored.Blob holds them, for programs that fill a store without pulling.
func EncodeInputs(s *scoring.Subject) ([]byte, error) { return encode(s, nil) }
