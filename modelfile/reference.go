package modelfile

import (
	"fmt"
	"strings"

	"github.com/bareme/bareme/mapping"
)

// EnvironmentHeading begins the part of the reference about environment settings: what stands before it depends on the
// model file alone.
const EnvironmentHeading = "\n## Environment"

// Setting is one environment setting, for the reference.
type Setting struct{ Env, Default, Meaning string }

// Reference is docs/configuration.md: every key of the model file, from the same shapes the file is checked with, and
// the environment settings given.
func Reference(settings []Setting) []byte {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, s := range referenceOrder() {
		section(&b, s)
	}
	b.WriteString("\n### Transforms\n\n| Transform | Gives |\n|---|---|\n")
	for _, t := range mapping.Transforms() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", t.Name, cell(t.Help))
	}
	environment(&b, settings)
	return []byte(b.String())
}

const referenceHead = `# Configuration

<!-- Generated from modelfile/keys.go and the settings of the program by "go generate ./modelfile". Do not edit. -->

The [model file](#the-model-file) says what is read, how it is scored and where scores go. The
[environment](#environment) holds secrets and what differs between machines. [model-file.md](model-file.md) explains how
to write a model file; this page lists every key.

## The model file

| Written as | Means |
|---|---|
| text | Any text. Quotes are needed where YAML would read something else: around ` + "`*`, `@`, `%`" + ` at the start, ` + "`: `" + ` and ` + "` #`" + ` anywhere. |
| name | Letters without accents, digits and ` + "`_`" + `, not beginning with a digit. |
| number | Digits, with a point before decimals: ` + "`12`, `-40`, `0.5`" + `. |
| duration | A whole number and a unit: ` + "`12h`, `30d`, `2w`, `3mo`, `1y`" + `. A day is 24 hours, a month 30 days, a year 365 days. |
| percentage | A number from 0 to 100 and a percent sign: ` + "`30%`" + `. |
| schedule | Five cron fields: minute, hour, day of the month, month, day of the week. |
| condition | What must be true, over the attributes: ` + "`employees >= 50 && country == \"FR\"`" + `. Put it in single quotes when it holds ` + "`[ ] { } : #`" + ` or begins with a quote. |

Anchors, aliases, tags and a second document are refused, as are files above 1 MB.
`

// referenceOrder is the order of sections: the shapes in which they are met, each once.
func referenceOrder() []*shape {
	return []*shape{fileShape, connectionShape, currenciesShape, peopleShape, attributeShape, activityShape, scoreShape, measureShape, frequencyShape, groupShape,
		criterionShape, intervalShape, erosionShape, overallShape, adjustShape, gradeShape, matrixShape, thirdsShape, thirdShape,
		stageShape, filtersShape, burstsShape, scannersShape, ignoreShape, trendShape, companiesShape, companyAttributeShape, companyActivityShape, writeShape, overrideShape, alertShape, quietShape, privacyShape, scheduleShape}
}

func section(b *strings.Builder, s *shape) {
	fmt.Fprintf(b, "\n### %s\n\n", s.title)
	if s.about != "" {
		fmt.Fprintf(b, "%s\n\n", s.about)
	}
	b.WriteString("| Key | Type | Default | Meaning | Example |\n|---|---|---|---|---|\n")
	for _, f := range s.fields {
		fallback := f.fallback
		switch {
		case f.required:
			fallback = "**required**"
		case fallback == "":
			fallback = "–"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", f.key, f.shape.words(), cell(fallback), cell(f.about), code(f.example))
	}
}

func environment(b *strings.Builder, settings []Setting) {
	b.WriteString(EnvironmentHeading + "\n\n")
	if len(settings) == 0 {
		b.WriteString("The program reads no setting from the environment.\n")
		return
	}
	b.WriteString("Secrets come from here and never from the model file.\n\n| Variable | Default | Meaning |\n|---|---|---|\n")
	for _, s := range settings {
		fallback := "–"
		if s.Default != "" {
			fallback = code(s.Default)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", s.Env, fallback, cell(s.Meaning))
	}
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func code(text string) string {
	if text == "" {
		return "–"
	}
	return "`" + cell(text) + "`"
}
