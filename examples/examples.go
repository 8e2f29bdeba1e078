// Package examples holds model files to start from. Each is loaded by a test.
package examples

import _ "embed"

// HubSpot is bareme.yaml, a starting model over HubSpot's own fields: the one the demo runs.
//
//go:embed bareme.yaml
var HubSpot []byte
