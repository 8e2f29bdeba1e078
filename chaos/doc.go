// Package chaos holds tests alone: several workers on PostgreSQL, with two CRM sandboxes and a receiver of webhooks behind a
// network that breaks, while workers are killed, the database restarts or crashes, and the CRMs answer nonsense. What the
// records show in the end must be what they show after an undisturbed run, each crossing must have been told of once and in
// order, no limit may have been passed, and nothing may be left.
//
// TestEachFault has each kind of fault happen at a step of a run; it is part of every test run. TestStorm is random, and
// runs when asked for.
package chaos
