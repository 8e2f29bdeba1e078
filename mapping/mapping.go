// Package mapping turns the fields of a CRM into the attributes and events that package scoring scores, and scores back
// into the fields a CRM shows. It alone knows both worlds, and does no I/O: the same fields give the same subject.
//
// The way in is Compile, which checks a Spec once; the Mapper it returns is safe for concurrent use.
package mapping

import "github.com/bareme/bareme/scoring"

// Spec is a mapping as its author wrote it in the model file. Lists keep the order of the file.
type Spec struct {
	Object     string `json:",omitempty"` // the records that are mapped, of package crm; "": people
	Identity   string // the field that says who a person is, usually the e-mail address; "" for none
	Attributes []AttributeSpec
	Activities []ActivitySpec
	Write      WriteSpec
	SkipIf     []Condition      // people who match any of these are not scored
	Retain     scoring.Duration // events older than this are forgotten; 0: kept

	SkipSets [][]Condition `json:",omitempty"` // people who match every condition of any set are not scored either
	Active   []string      `json:",omitempty"` // kinds of activity by which Retain counts; nil: all but openings

	Rates *RatesSpec `json:",omitempty"` // nil: amounts in another currency are left out

	Override *OverrideSpec `json:",omitempty"` // where people set the score by hand; nil: nowhere

	// Joined says how the records of several connections make one person; nil: there is one connection. With it, every
	// field and every source of activity stands with its connection: "sales.Title", "sales.company.Industry",
	// "sales.meetings".
	Joined *JoinSpec `json:",omitempty"`
}

// AttributeSpec says where one attribute comes from and what becomes of it on the way: the first of From that gives a
// value wins; it is transformed, looked up, then read as its type.
type AttributeSpec struct {
	Name      string
	Path      string            // where it stands in the model file ("$.people.attributes.country")
	From      []string          // "field", "company.field", "owner.name" or "owner.email"
	Type      scoring.Type      // Unknown: the transform's own type, or Text
	Transform string            // one of Transforms, or ""
	Default   *string           // used when nothing is known; nil: stays unknown
	Lookup    map[string]string // replaces a value by another, letter case and accents aside; a value not listed is unknown
	Currency  string            // the currency of a Money attribute, ISO 4217
	Empty     []string          // texts that stand for no value, such as "Select", letter case aside

	FirstName FirstNameSpec `json:",omitzero"` // for AgeFromFirstName

	RollUp *RollUpSpec `json:",omitempty"` // of a company: made of its people instead of a field

	// CurrencyFrom is the field that holds the currency of each amount, with the same prefix as From. "" when the CRM
	// keeps amounts in one currency only.
	CurrencyFrom string
}

// ActivitySpec says where one kind of activity comes from.
type ActivitySpec struct {
	Name string
	Path string // where it stands in the model file ("$.people.activity.meeting")
	From string // Counter, or a source of activity: "meetings", "deals" …

	// A counter has one of these or both: the number field that counts, and the date field of the latest.
	Count, Last string

	When         []Condition // all must hold for an activity of the source to count
	Not          []Condition `json:",omitempty"` // none may hold; "*" at either end of a value stands for anything
	Time         string      // field with the moment; "": the CRM's own time of the activity
	Amount       string      // field with money
	Currency     string      // the currency amounts are in, ISO 4217
	CurrencyFrom string      // field that holds the currency of each amount
}

// Counter as an activity's From means that the CRM only keeps a count and the date of the latest.
const Counter = "counter"

// Condition holds when the field has one of the values, letter case aside. The value "" stands for an empty field.
type Condition struct {
	Field string
	In    []string
}

// WriteSpec says which fields show a record's scores.
type WriteSpec struct {
	Path     string // where it stands in the model file ("$.write.people")
	Fields   []WriteField
	Decimals int    // of scores, 0 to 6
	Language string // of reasons: "en" or "fr"; "" means "en"

	// Derived are the attributes that scores make, such as value_segment: they can be written by name.
	Derived []scoring.Attribute `json:",omitempty"`
}

// WriteField is one field to write.
type WriteField struct {
	Key   string // KeyScore … KeyUnscored, or the name of a score ("fit")
	Field string // the CRM's field name
}

// What can be written about a record beside the scores by name.
const (
	KeyScore     = "score"     // the overall score
	KeyGrade     = "grade"     // "A1"
	KeyLabel     = "label"     // "hot"
	KeyReasons   = "reasons"   // the breakdown in words
	KeyTrend     = "trend"     // one of Trends
	KeyScoredAt  = "scored_at" // when the score was computed
	KeyUnscored  = "unscored"  // why there is no score
	KeyNext      = "next"      // what to do, in words
	KeyHistory   = "history"   // the last scores with their days
	KeyChanges   = "changes"   // what would lift or lower the grade, in words
	KeyLifecycle = "lifecycle" // the stage
	KeyRouting   = "routing"   // one of scoring.Routes
)

// Warning is something about one person's data that scoring works around. It holds no value of theirs.
type Warning struct {
	Name    string // the attribute or activity concerned
	Field   string // the CRM's field, "" when none
	Message string
}
