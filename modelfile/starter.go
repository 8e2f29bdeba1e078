package modelfile

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// Starter writes a first model file over a suggested mapping: commented, valid, and meant to be changed. Connection is
// the author's name for the account, crm one of CRMs. Only what the model scores is read; suggestions it has no use for
// are there as comments, ready to be taken in.
func Starter(connection, crm string, s mapping.Suggestion) []byte {
	w := &starter{crm: crm, suggestion: s, live: map[string]bool{}}
	w.choose()
	w.head(connection)
	w.people()
	w.scores()
	w.grade()
	w.write()
	w.rest()
	return []byte(w.b.String())
}

// starter writes the file part by part.
type starter struct {
	b          strings.Builder
	crm        string
	suggestion mapping.Suggestion
	fit        []chosen
	engagement []chosen
	live       map[string]bool // attributes the criteria use
}

// chosen is one criterion of the first model with the group it stands in.
type chosen struct{ group, line string }

func (w *starter) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

func (w *starter) attribute(name string) (mapping.SuggestedAttribute, bool) {
	for _, a := range w.suggestion.Attributes {
		if a.Name == name {
			return a, true
		}
	}
	return mapping.SuggestedAttribute{}, false
}

// choose picks the criteria whose facts the mapping has.
func (w *starter) choose() {
	for _, r := range starterFacts {
		if a, ok := w.attribute(r.attribute); ok && typeOf(a) == r.typ {
			w.add(r)
		}
	}
	if len(w.fit) == 0 {
		w.anything()
	}
	for _, a := range w.suggestion.Activities {
		if r, ok := starterActivity(a.Name); ok {
			w.engagement = append(w.engagement, chosen{r.group, activityLine(r, a)})
		}
	}
	w.silence()
}

func (w *starter) add(r starterFact) {
	w.live[r.attribute] = true
	c := chosen{r.group, fmt.Sprintf("{name: %s, when: %s, points: %d}", r.name, conditionText(r.when), r.points)}
	if r.engagement {
		w.engagement = append(w.engagement, c)
	} else {
		w.fit = append(w.fit, c)
	}
}

// anything makes a fit score where the usual facts are missing: whoever told more about themselves is a better lead.
func (w *starter) anything() {
	for _, a := range w.suggestion.Attributes {
		if len(w.fit) < 5 && !w.live[a.Name] && identifier.MatchString(a.Name) && typeOf(a) == scoring.Text {
			w.add(starterFact{attribute: a.Name, group: "answers", name: "Told their " + strings.ReplaceAll(a.Name, "_", " "), when: "known(" + a.Name + ")", points: 20})
		}
	}
	if len(w.fit) == 0 && w.suggestion.Identity != "" {
		a := mapping.AttributeSpec{Name: "contact", From: []string{w.suggestion.Identity}}
		w.suggestion.Attributes = append(w.suggestion.Attributes, mapping.SuggestedAttribute{AttributeSpec: a, Why: "whether they can be reached"})
		w.add(starterFact{attribute: "contact", group: "answers", name: "Can be reached", when: "known(contact)", points: 50})
	}
}

// silence takes points from who did nothing lately, where dates say so.
func (w *starter) silence() {
	var dated []string
	for _, a := range w.suggestion.Activities {
		if a.From != mapping.Counter || a.Last != "" {
			dated = append(dated, a.Name)
		}
	}
	if len(dated) > 0 {
		w.engagement = append(w.engagement, chosen{"against", fmt.Sprintf("{name: Silent for 90 days, inactive: 90d, of: [%s], points: -20}", listing(dated))})
	}
}

func activityLine(r starterKind, a mapping.SuggestedActivity) string {
	keys := r.keys
	if a.From == mapping.Counter && a.Last == "" {
		keys += ", decay: none" // without a date there is no age
	}
	return fmt.Sprintf("{name: %s, activity: %s, %s}", r.name, a.Name, keys)
}

func (w *starter) head(connection string) {
	w.line("# yaml-language-server: $schema=%s", SchemaURL)
	w.line("#")
	w.line("# A first model, written by bareme init from the fields of your CRM. It is yours to change.")
	w.line("# Look at what it would do with: bareme preview. Every key is explained in docs/configuration.md.")
	w.line("version: %d\n", Version)
	w.line("connections:")
	if message, _ := checkName(connection); message != "" {
		connection = "crm"
	}
	w.line("  - {name: %s, crm: %s}%s\n", connection, w.crm, w.ifFile("", "   # the token comes from the environment"))
	if w.suggestion.Identity == "" {
		w.line("identity: \"\"   # no field looks like an e-mail address\n")
		return
	}
	w.line("identity: %s   # who a person is\n", scalarText(w.suggestion.Identity))
}

func (w *starter) ifFile(yes, no string) string {
	if w.crm == "file" {
		return yes
	}
	return no
}

func (w *starter) people() {
	w.line("people:")
	if len(w.suggestion.Attributes) > 0 {
		w.line("  # What is known of a person. Lines with # are found in your CRM and not used yet.")
		w.line("  %sattributes:", comment(len(w.live) == 0))
	}
	for _, a := range w.suggestion.Attributes {
		if !identifier.MatchString(a.Name) || reserved[a.Name] {
			continue
		}
		w.line("    %s%s: %s   # %s", comment(!w.live[a.Name]), a.Name, attributeText(a), remark(a.Why))
	}
	if len(w.suggestion.Activities) > 0 {
		w.line("\n  # What people did. A counter is a number that grows and the date of the last time.")
		w.line("  activity:")
	} else {
		w.line("  activity: {}")
	}
	for _, a := range w.suggestion.Activities {
		w.line("    %s: %s   # %s", a.Name, activityText(a), remark(a.Why))
	}
	w.line("")
}

func comment(yes bool) string {
	if yes {
		return "# "
	}
	return ""
}

func (w *starter) scores() {
	w.line("# Points are opinions: read them with your sales team and change them.")
	w.line("scores:")
	if len(w.fit) > 0 || len(w.engagement) == 0 {
		w.line("  # Fit: are they who you sell to?")
		w.line("  fit:\n    max: 100\n    groups:")
		w.groups(w.fit)
	}
	if len(w.fit) > 0 {
		w.ideas()
	}
	if len(w.engagement) > 0 {
		w.line("  # Engagement: do they show it?%s", w.ifFile("", " Points halve every 30 days unless a criterion says otherwise."))
		w.line("  engagement:\n    max: 100%s\n    groups:", w.halfLife())
		w.groups(w.engagement)
	}
	w.line("")
}

// halfLife is set where activity has dates.
func (w *starter) halfLife() string {
	for _, a := range w.suggestion.Activities {
		if _, known := starterActivity(a.Name); known && (a.From != mapping.Counter || a.Last != "") {
			return "\n    half_life: 30d"
		}
	}
	return ""
}

// groups writes criteria under their groups, in the order the groups first appear.
func (w *starter) groups(list []chosen) {
	if len(list) == 0 { // nothing at all is known: a file that still loads, to start from
		list = []chosen{{"answers", "{name: Replace this by a criterion of yours, when: true, points: 1}"}}
	}
	done := map[string]bool{}
	for _, first := range list {
		if done[first.group] {
			continue
		}
		done[first.group] = true
		w.line("      %s:\n        criteria:", first.group)
		for _, c := range list {
			if c.group == first.group {
				w.line("          - %s", c.line)
			}
		}
	}
}

// ideas writes, as comments, criteria whose values only the author knows.
func (w *starter) ideas() {
	for _, idea := range starterIdeas {
		a, ok := w.attribute(idea.attribute)
		if ok && typeOf(a) == scoring.Text {
			w.line("          # - {name: %s, when: '%s', points: %d}", idea.name, idea.when, idea.points)
		}
	}
}

func (w *starter) both() bool { return len(w.fit) > 0 && len(w.engagement) > 0 }

func (w *starter) grade() {
	if !w.both() {
		return
	}
	w.line("grade:")
	w.line("  matrix: {rows: fit, columns: engagement, row_cuts: [70, 45, 20], column_cuts: [60, 35, 10]}")
	w.line("  label:   # the first that has the grade wins")
	w.line("    hot: \"A1 A2 B1\"\n    warm: \"A3 B2 B3 C1\"\n    cold: \"*\"\n")
}

func (w *starter) write() {
	keys := []string{mapping.KeyScore}
	if w.both() {
		keys = append(keys, mapping.KeyGrade, mapping.KeyLabel, "fit", "engagement")
	}
	if w.crm != "file" {
		keys = append(keys, mapping.KeyTrend, mapping.KeyScoredAt)
	}
	keys = append(keys, mapping.KeyReasons, mapping.KeyUnscored)
	w.line("write:\n  people:   # %s", w.ifFile("the columns added to the output", "bareme provision creates these fields"))
	for _, k := range keys {
		w.line("    %s: %s", k, w.target(k))
	}
	if w.crm != "file" {
		w.line("  min_change: 1      # smaller moves are not worth a write")
		w.line("  max_changed: 30%%   # a run that would change more asks first")
	}
	w.line("  language: en       # of the reasons: en or fr\n")
}

// target is the field a result is written to, by a name the CRM takes: the one that the shipped Salesforce metadata has.
func (w *starter) target(key string) string {
	if w.crm != "salesforce" {
		return "bareme_" + key
	}
	parts := strings.Split("bareme_"+key, "_")
	for i, part := range parts {
		parts[i] = strings.ToUpper(part[:1]) + part[1:]
	}
	return strings.Join(parts, "_") + "__c"
}

func (w *starter) rest() {
	if len(w.suggestion.SkipIf) > 0 {
		w.line("privacy:\n  skip_if:   # who opted out is not scored")
		for _, c := range w.suggestion.SkipIf {
			w.line("    %s: [%s]", scalarText(c.Field), quotedList(c.In))
		}
		w.line("%s", w.ifFile("", "  retain: 3y\n"))
	}
	if w.crm == "file" {
		w.line("trend: {over: 0d}   # a spreadsheet has no past")
		return
	}
	w.line("schedule:")
	w.line("  sync: %q      # pull, score and write what changed", defaultSync)
	w.line("  rescore: %q      # every night: points fall with time", defaultRescore)
	w.line("  timezone: UTC")
}

// typeOf is the type an attribute will have.
func typeOf(a mapping.SuggestedAttribute) scoring.Type {
	if a.Type != scoring.Unknown {
		return a.Type
	}
	for _, t := range mapping.Transforms() {
		if t.Name == a.Transform {
			return t.Type
		}
	}
	return scoring.Text
}

func attributeText(a mapping.SuggestedAttribute) string {
	from := make([]string, 0, len(a.From))
	for _, f := range a.From {
		from = append(from, scalarText(f))
	}
	text := "{from: " + listing(from)
	if len(from) > 1 {
		text = "{from: [" + listing(from) + "]"
	}
	if a.Transform != "" {
		text += ", transform: " + a.Transform
	} else if name := typeWord(a.Type); name != "" {
		text += ", type: " + name
	}
	if a.Currency != "" {
		text += ", currency: " + a.Currency
	}
	return text + "}"
}

// typeWord is a type as the model file writes it, "" where it goes without saying.
func typeWord(t scoring.Type) string {
	for _, word := range attributeShape.field("type").shape.choices {
		if t != scoring.Text && attributeType(word) == t {
			return word
		}
	}
	return ""
}

func activityText(a mapping.SuggestedActivity) string {
	text := "{from: " + a.From
	for _, part := range []struct{ key, value string }{
		{"count", a.Count}, {"last", a.Last}, {"time", a.Time}, {"amount", a.Amount}, {"currency", a.Currency},
	} {
		if part.value != "" {
			text += ", " + part.key + ": " + scalarText(part.value)
		}
	}
	if len(a.When) > 0 {
		var when []string
		for _, c := range a.When {
			when = append(when, scalarText(c.Field)+": ["+quotedList(c.In)+"]")
		}
		text += ", when: {" + listing(when) + "}"
	}
	return text + "}"
}

func quotedList(texts []string) string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, doubleQuote(t))
	}
	return listing(out)
}

var plainText = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)

// scalarText writes a text so that YAML reads the same text: plain where that is safe anywhere.
func scalarText(text string) string {
	switch strings.ToLower(text) {
	case "true", "false", "null", "yes", "no", "on", "off":
		return doubleQuote(text)
	}
	if plainText.MatchString(text) {
		return text
	}
	if strings.ContainsRune(text, '"') && !strings.ContainsAny(text, "'\\") && !strings.ContainsFunc(text, unicode.IsControl) {
		return "'" + text + "'"
	}
	return doubleQuote(text)
}

// plainCondition is what a condition may hold to need no quotes, within { } too.
var plainCondition = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_ .<>=&|()+*/"-]*$`)

func conditionText(when string) string {
	if plainCondition.MatchString(when) {
		return when
	}
	return scalarText(when)
}

// doubleQuote writes a JSON string, which YAML reads alike.
func doubleQuote(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// remark makes one short line of a reason.
func remark(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, text)
	if utf8.RuneCountInString(text) > 100 {
		text = string([]rune(text)[:100]) + "…"
	}
	return text
}
