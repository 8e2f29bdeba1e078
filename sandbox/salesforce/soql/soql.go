// Package soql reads and answers queries in Salesforce's query language over rows that somebody else holds: enough of it
// for every query a usual client sends, refused in Salesforce's own words where it is wrong.
//
//	stmt, err := soql.Prepare("SELECT Id FROM Lead WHERE Email != null", schema, now)
//	result := stmt.Run(source, soql.Live)
//
// Supported: WHERE with AND, OR, NOT and parentheses; =, !=, <, <=, >, >=, LIKE, IN, NOT IN, INCLUDES, EXCLUDES; strings
// with escapes, numbers, booleans, null, dates, datetimes and date literals; semi-joins; parent fields over up to five
// relationships, polymorphic ones too; child sub-queries; ORDER BY with NULLS FIRST and LAST; LIMIT and OFFSET; COUNT() and
// the aggregates with GROUP BY and HAVING; date functions; FIELDS(); aliases; toLabel. FOR VIEW, FOR REFERENCE, USING SCOPE
// and WITH are read and passed over. TYPEOF, GROUP BY ROLLUP, currencies and geolocation are not there.
//
// Reference: "SOQL and SOSL Reference", Salesforce Developers.
package soql
