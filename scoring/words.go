package scoring

import (
	"time"

	"github.com/bareme/bareme/learning/nextproduct"
)

// phrases are the sentences of one language. Dates are absolute, so that a text stays true as days pass.
type phrases interface {
	buying
	mark() string // the decimal mark
	date(ms int64) string
	times(n uint32, last int64) string      // "5 times, last on 18 Nov 2026"
	timesShort(n uint32, last int64) string // "5×, last 18 Nov 2026"
	lastActivity(last int64) string
	assumed() string // after the name of a criterion
	estimated() string
	criterionCap(name string, limit Points) string
	groupCap(name string, limit Points) string
	groupFloor(name string, limit Points) string
	scoreMax(name string, limit Points) string
	scoreMin(name string, limit Points) string
	nothingKnown(attributes []string) string
	later(n int) string
	colon() string
	more(n int) string
	unscored(scores []missingScore) string
	outside() string
	byHand(o *Override) string
	outsideScore(name string) string
	trend(t Trend) string
	family(f Family) string
	next(a action) string
	nextProduct(r nextproduct.Rule, days int) string
	ignored() string
	droppedOpens(n int) string
	droppedBursts(n int) string
	droppedScanners(n int) string
	stage(name string) string
	route(name string) string
	thirds(name string, thirds int) string
	nature(n Nature) string
	overallMax(limit Points) string
	overallMin(limit Points) string
}

// missingScore is a score of which nothing is known, with the attributes it asked for; without any, it
// asks for activity.
type missingScore struct {
	name  string
	needs []string
}

// phrasesIn is the language of a code such as "fr" or "fr-CA"; English for those there is none for.
func phrasesIn(lang string) phrases {
	if len(lang) >= 2 && (lang[:2] == "fr" || lang[:2] == "FR") {
		return french{}
	}
	return english{}
}

func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
