// Package bareme is the root of Barème, a worker that scores the people in a CRM. It holds no code: the program is in
// cmd/sync, and docs/architecture.md says where to look for what.
package bareme
