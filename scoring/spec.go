package scoring

import "time"

// Spec is a scoring model as its author wrote it, before compilation. Lists keep the order of the model file.
type Spec struct {
	Scores  []ScoreSpec
	Overall []Weight   // weights of the overall score, a weighted mean; empty means every score weighs 1
	Grade   *GradeSpec // nil: no grade
	Labels  []LabelSpec
	Trend   TrendSpec

	Total  TotalSpec    `json:",omitzero"`  // how the overall score is made of the others
	Adjust []AdjustSpec `json:",omitempty"` // what moves the overall score itself
	Next   []NextSpec   `json:",omitempty"` // what to do with people of a label or grade

	Filters   FilterSpec  `json:",omitzero"`  // what does not count
	Lifecycle []StageSpec `json:",omitempty"` // the first stage that holds is the one
	Routing   []StageSpec `json:",omitempty"` // rules of Routes; empty: by grade and stage

	Scope ScopeSpec `json:",omitzero"` // who is scored at all

	Products *ProductsSpec `json:",omitempty"` // the likely next product; nil: none

	Value *ValueSpec `json:",omitempty"` // churn risk and value learnt from purchases; nil: none

	RollUps []RollUpSpec `json:",omitempty"` // who counts when companies are scored by their people
}

// Weight is how much one named score counts in the overall score.
type Weight struct {
	Score  string
	Weight float64 // > 0
}

// ScoreSpec is one named score, such as fit or engagement.
type ScoreSpec struct {
	Name   string
	Path   string  // where it stands in the model file ("$.scores.fit"), for error messages
	Min    float64 // floor of the score
	Max    float64 // ceiling of the score, above Min; the model file's default of 100 is filled in by its reader
	Decay  Decay   // for the activity criteria that have none of their own
	Groups []GroupSpec

	RFM *RFMSpec `json:",omitempty"` // a score by purchases, without groups

	Probability *ProbabilitySpec `json:",omitempty"` // of the outcome it was learnt for; nil: it was not learnt

	Scope ScopeSpec `json:",omitzero"` // who has this score
}

// GroupSpec is a set of criteria that share a cap and a floor.
type GroupSpec struct {
	Name     string
	Path     string
	Max, Min *float64 // nil: no cap, no floor
	Decay    Decay    // for the activity criteria of the group that have none of their own
	Criteria []CriterionSpec

	Family string  `json:",omitempty"` // of the criteria that have none of their own; "" is found from what they ask
	Weight float64 `json:",omitzero"`  // multiplies all points, caps and floors of the group; 0 is 1
}

// CriterionSpec gives points for one fact. Exactly one of When, Activity and Inactive is set.
type CriterionSpec struct {
	Name string
	Path string

	// When is a condition in the expr-lang syntax over the mapped attributes.
	When    string
	Unknown *float64 // points when When can be neither true nor false; nil: none

	// Activity is the kind of activity that earns points.
	Activity string
	Each     bool       // points for each time; false: once, however often
	Tiers    []TierSpec // points by how often, instead of Points and Each
	Cap      *float64   // the most this criterion gives in all (its magnitude, for negative points); nil: no cap
	Within   Duration   // only activity younger than this; 0: any age. Undated activity does not count when set
	Decay    Decay

	// Inactive earns points when the last activity, of the kinds in Of (empty: any), is at least this old.
	// A subject without any known activity is not inactive: nothing is known.
	Inactive Duration
	Of       []string

	Points float64
	Family string `json:",omitempty"` // one of Families; "": the group's, or found from what the criterion asks
}

// TierSpec gives Points from From times on, until the next tier.
type TierSpec struct {
	From   int
	Points float64
}

// GradeSpec turns two scores into a letter and a number, A1 being the best of both; or one score into one of several
// grades.
type GradeSpec struct {
	Path             string
	Rows, Columns    string    // names of scores: rows give the letter, columns the number
	RowCuts, ColCuts []float64 // lower bounds, best first, of half-open intervals: [75 50 25] makes A >= 75, B >= 50, C >= 25, D below

	// Instead of rows and columns: the grades of one score, by the name of one of Scales or as bands of one's own, or a
	// grade in thirds of a letter.
	Scale  string      `json:",omitempty"`
	Score  string      `json:",omitempty"` // a score or OverallScore; "" is OverallScore
	Bands  []BandSpec  `json:",omitempty"` // best first
	Thirds *ThirdsSpec `json:",omitempty"`
}

// LabelSpec names a set of grades; the first that has the grade wins. "*" stands for every grade.
type LabelSpec struct {
	Path   string
	Label  string
	Grades []string
}

// TrendSpec says how the overall score is compared with itself some days ago.
type TrendSpec struct {
	Over Duration // how far back; 0: no trend
	Move float64  // a difference of at least this is "rising" or "falling"; 0 means 5
}

// Duration is a span of calendar-free time; a day is 24 hours.
type Duration time.Duration
