package scoring

import (
	"fmt"
	"strings"
)

// english is the language of the product's makers.
type english struct{}

func (english) mark() string { return "." }

func (english) colon() string { return ": " }

func (english) date(ms int64) string { return moment(ms).Format("2 Jan 2006") }

func (w english) times(n uint32, last int64) string {
	switch {
	case n == 1 && last == 0:
		return "once"
	case n == 1:
		return "once, on " + w.date(last)
	case last == 0:
		return fmt.Sprintf("%d times", n)
	}
	return fmt.Sprintf("%d times, last on %s", n, w.date(last))
}

func (w english) timesShort(n uint32, last int64) string {
	switch {
	case last == 0:
		return fmt.Sprintf("%d×", n)
	case n == 1:
		return w.date(last)
	}
	return fmt.Sprintf("%d×, last %s", n, w.date(last))
}

func (w english) lastActivity(last int64) string { return "last activity on " + w.date(last) }

func (english) assumed() string { return "not known" }

func (english) estimated() string { return "estimated" }

func (w english) criterionCap(name string, limit Points) string {
	return name + " is limited to " + limit.short(w.mark())
}

func (w english) groupCap(name string, limit Points) string {
	return "Group cap: " + name + " is limited to " + limit.short(w.mark())
}

func (w english) groupFloor(name string, limit Points) string {
	return "Group floor: " + name + " is at least " + limit.short(w.mark())
}

func (w english) scoreMax(name string, limit Points) string {
	return "Score limit: " + name + " is at most " + limit.short(w.mark())
}

func (w english) scoreMin(name string, limit Points) string {
	return "Score limit: " + name + " is at least " + limit.short(w.mark())
}

func (english) nothingKnown(attributes []string) string {
	return "Nothing is known of: " + strings.Join(attributes, ", ")
}

func (english) later(n int) string {
	if n == 1 {
		return "1 activity is dated in the future and does not count yet"
	}
	return fmt.Sprintf("%d activities are dated in the future and do not count yet", n)
}

func (english) more(n int) string { return fmt.Sprintf("… and %d more", n) }

func (english) unscored(scores []missingScore) string {
	parts := make([]string, len(scores))
	for i, s := range scores {
		needs := strings.Join(s.needs, ", ")
		if needs == "" {
			needs = "no dated activity"
		}
		parts[i] = s.name + " (" + needs + ")"
	}
	return "Not scored: nothing is known for " + strings.Join(parts, "; ")
}

func (english) trend(t Trend) string { return string(t) }

func (english) family(f Family) string { return string(f) }

func (english) nature(n Nature) string { return string(n) }

func (w english) overallMax(limit Points) string {
	return "Limit: the overall score is at most " + limit.short(w.mark())
}

func (w english) overallMin(limit Points) string {
	return "Limit: the overall score is at least " + limit.short(w.mark())
}

func (english) next(a action) string {
	return [...]string{noAction: "", call: "Call now", nurture: "Nurture", leave: "Leave for now"}[a]
}

func (english) thirds(name string, thirds int) string {
	return fmt.Sprintf("%s: grade moved %+d/3 of a letter", name, thirds)
}

func (english) stage(name string) string {
	if name == AtRisk {
		return "at risk"
	}
	return name
}

func (english) route(name string) string { return strings.ReplaceAll(name, "_", " ") }

func (english) ignored() string { return "Not scored: the model leaves this record out" }

func (english) droppedOpens(n int) string {
	return counted(n, "opened e-mail does not count", "opened e-mails do not count") + ": mail programs open them by themselves"
}

func (english) droppedBursts(n int) string {
	return counted(n, "activity does not count", "activities do not count") + ": too many at once for a person"
}

func (english) droppedScanners(n int) string {
	return counted(n, "click does not count", "clicks do not count") + ": on delivery, before the e-mail was opened"
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
