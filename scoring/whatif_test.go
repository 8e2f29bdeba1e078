package scoring

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"
)

// TestWhatWouldChangeCases compares what the people of testdata/whatif are told.
func TestWhatWouldChangeCases(t *testing.T) {
	files, err := filepath.Glob("testdata/whatif/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		spec, schema := loadModel(t, archive.Files[0].Data)
		m := mustCompileFor(t, spec, schema)
		var s Subject
		var now time.Time
		for i := range archive.Files[1:] {
			f := &archive.Files[1+i]
			lang := "en"
			switch filepath.Ext(f.Name) {
			case ".yaml":
				s, _, now = loadSubject(t, f.Data, schema)
				continue
			case ".fr":
				lang = "fr"
			}
			var r Result
			m.Score(&s, now, &r)
			var b strings.Builder
			for _, c := range m.WhatWouldChange(&s, now, &r, lang) {
				b.WriteString(map[bool]string{true: "↑ ", false: "↓ "}[c.Lift] + c.Text + "\n")
			}
			if *update {
				f.Data = []byte(b.String())
			} else if diff := cmp.Diff(string(f.Data), b.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", f.Name, diff)
			}
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func mustCompileFor(t *testing.T, spec Spec, schema Schema) *Model {
	t.Helper()
	m, problems := Compile(spec, schema)
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// TestChangesComeTrue: whoever does what a change says gets the grade it promises, on each day it names and for each
// value in its range.
func TestChangesComeTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mustCompile(t, drawSpec(t, false))
		s := drawSubject(t, testSchema, 5)
		before := Subject{Values: slices.Clone(s.Values), Events: slices.Clone(s.Events)}
		var today, then Result
		m.Score(&s, testNow, &today)
		changes := m.WhatWouldChange(&s, testNow, &today, "en")
		gets := func(c Change, now time.Time) {
			t.Helper()
			changed, at := c.Applied(&s, now)
			m.Score(&changed, at, &then)
			if then.Grade != c.To || c.From != today.Grade || c.To == c.From {
				t.Fatalf("%s: it is %q", c.Text, then.Grade)
			}
		}
		for _, c := range changes {
			gets(c, testNow)
			switch c.Kind {
			case ByActivity:
				for day := testNow; !day.After(*c.Until); day = day.AddDate(0, 0, 1) {
					gets(c, day)
				}
			case ByFact:
				if c.Fact.Range != nil {
					c.Value.Num = within(t, *c.Fact.Range)
					gets(c, testNow)
				}
			}
		}
		if diff := cmp.Diff(before, s, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("the subject was changed: %s", diff)
		}
		again := m.WhatWouldChange(&s, testNow, &today, "en")
		if diff := cmp.Diff(changes, again); diff != "" {
			t.Fatalf("another answer the second time: %s", diff)
		}
		for _, c := range m.WhatWouldChange(&s, testNow, &today, "fr") {
			if c.Text == "" {
				t.Fatalf("no words for %+v", c)
			}
		}
	})
}

// within draws a number of a range.
func within(t *rapid.T, r Range) float64 {
	from, to := -1e6, 1e6
	if r.From != nil {
		from = *r.From
	}
	if r.To != nil {
		to = *r.To
	}
	x := rapid.Float64Range(from, to).Draw(t, "within")
	if r.Above && x == from || r.Below && x == to {
		return from + (to-from)/2
	}
	return x
}
