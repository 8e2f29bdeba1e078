// Package chaos holds one test: several workers on PostgreSQL, with two CRM sandboxes behind a network that breaks, while
// workers are killed, the database is restarted, and the CRMs answer nonsense. What the records show in the end must be
// what they show after an undisturbed run.
package chaos
