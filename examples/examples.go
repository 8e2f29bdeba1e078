// Package examples holds model files to start from. Each is loaded by a test.
package examples

import _ "embed"

// HubSpot is bareme.yaml, a starting model over HubSpot's own fields: the one the demo runs.
//
//go:embed bareme.yaml
var HubSpot []byte

// Salesforce is salesforce.yaml, the same over Salesforce's own fields.
//
//go:embed salesforce.yaml
var Salesforce []byte

// Both is both.yaml, which joins people of HubSpot and Salesforce.
//
//go:embed both.yaml
var Both []byte
