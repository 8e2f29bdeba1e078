package scoring

import "github.com/bareme/bareme/learning/nextproduct"

// Points are millionths of a point: whole numbers, so that reasons add up to the score exactly, in any order, on any
// machine.
type Points int64

// Point is one point.
const Point Points = 1_000_000

// Result is one subject's scores with everything that explains them. A Result may be reused: Score overwrites it and
// keeps its memory.
type Result struct {
	Scores  []Score // in model order
	Overall Points
	Scored  bool   // false: too little is known; see Unscored
	Grade   string // "A1"; "" when there is no grade
	Label   string // "" when there is none
	Lines   []Line // every gain and loss, in model order; those of score i sum to Scores[i].Points exactly
	Unknown []int  // slots of attributes a condition asked for and did not find, ascending, each once
	Later   int    // times something happened after now: not counted yet

	// What moved the overall score after the scores were added up, apart from the lines: Base and these add up to Overall
	// exactly.
	Base        Points
	Adjustments []Line

	Stage string // of the lifecycle; "" when the model has none, or none holds
	Route string // one of Routes; "" when nothing says where to go

	Buyers []Buyer // by score by purchases, in model order

	Valued Valued // what is learnt of the subject's purchases

	NextProduct string           // the likely next product; "" for none
	NextRule    nextproduct.Rule // why

	Dropped Dropped // activity that filters left out
	Ignored bool    // the model's filters say not to score this subject
	Outside bool    // the subject is not in the model's scope

	Counted []bool // by Spec.RollUps: whether the subject counts; empty when it is not scored by choice

	Moves []Move // what moved a grade in thirds

	Hand *Override // the overall score was set or moved by hand, see Model.Override; nil: it was not
}

// Score is one named score of a result.
type Score struct {
	Points Points
	Known  bool // false: nothing this score asks for is known

	Outside bool // the subject is not in this score's scope: it has none, and the overall score does without it
}

// LineKind says what a line is.
type LineKind uint8

// The kinds of line.
const (
	Earned       LineKind = iota // a criterion gave points
	CriterionCap                 // the criterion's cap took some away
	GroupCap                     // the group's cap took some away
	GroupFloor                   // the group's floor gave some back
	ScoreMax                     // the score's ceiling took some away
	ScoreMin                     // the score's floor gave some back
	Assumed                      // a criterion's condition could not be answered, and it says what that is worth
	Adjusted                     // an adjustment moved the overall score; Criterion is its index in Spec.Adjust
	OverallMax                   // the ceiling of the overall score took some away
	OverallMin                   // the floor of the overall score gave some back
	ByHand                       // somebody set or moved the overall score: see Result.Hand
)

// Line is one entry of the breakdown.
type Line struct {
	Kind      LineKind
	Score     uint16 // index in Result.Scores
	Group     uint16 // index in the score's groups; unused for ScoreMax and ScoreMin
	Criterion uint16 // index in the group's criteria, for Earned, Assumed and CriterionCap
	Points    Points
	Full      Points // before decay, for Earned
	Times     uint32 // how many events counted, for activity criteria
	Last      int64  // the latest of them, Unix milliseconds, 0 when undated
	Estimated bool   // the condition asked for an attribute that was estimated
}
