// Package crmtest holds the promises of package crm in executable form: Run is the suite every connector must pass,
// System is what it asks of the CRM behind one, and Memory is a whole CRM in memory that passes it, for tests that
// need a CRM and not a network.
//
// The package is for tests alone; nothing that ships imports it.
package crmtest
