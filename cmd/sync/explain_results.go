package main

import (
	"fmt"
	"strings"

	"github.com/bareme/bareme/worker"
)

// printNext tells what to do next, where in the lifecycle the person is, and where they go.
func (p *program) printNext(e worker.Explanation, t tongue) {
	words := [...]string{"Next", "Stage", "Route"}
	if t.french {
		words = [...]string{"À faire", "Étape", "Orientation"}
	}
	var parts []string
	for i, text := range []string{e.Next, e.Stage, e.Route} {
		if text != "" {
			parts = append(parts, words[i]+t.colon()+text)
		}
	}
	if len(parts) > 0 {
		p.printf("  %s\n", strings.Join(parts, "   "))
	}
}

// printFamilies tells what each kind of knowledge gave to a score, where there are several.
func (p *program) printFamilies(e worker.Explanation, score string, t tongue) {
	var parts []string
	for _, f := range e.Families {
		if f.Score != score {
			continue
		}
		word := f.Word
		if f.Family == "" {
			word = pick(t.french, "limites", "limits")
		}
		parts = append(parts, fmt.Sprintf("%s %s", word, t.number(fmt.Sprintf("%+.1f", f.Points))))
	}
	if len(parts) > 1 {
		p.printf("           %s%s%s\n", pick(t.french, "par famille", "by family"), t.colon(), strings.Join(parts, ", "))
	}
}

// printDropped tells what the filters left out.
func (p *program) printDropped(e worker.Explanation) {
	if len(e.Dropped) > 0 {
		p.printf("\n")
	}
	for _, text := range e.Dropped {
		p.printf("%s\n", text)
	}
}
