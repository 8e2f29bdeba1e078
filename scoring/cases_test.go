package scoring

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what comes out into the cases of testdata")

// TestCases scores every person of every file testdata/*.txt and compares the whole account. A file holds model.yaml,
// then a person (ann.yaml) followed by what is expected (ann.want). A person of whom ann.fr is expected is told in French.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { runCase(t, file) })
	}
}

func runCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	spec, schema := loadModel(t, archive.Files[0].Data)
	m, problems := Compile(spec, schema)
	if m == nil {
		t.Fatal(problems)
	}
	var subject Subject
	var now time.Time
	var was string
	for i := range archive.Files[1:] {
		f := &archive.Files[1+i]
		lang := "en"
		switch filepath.Ext(f.Name) {
		case ".yaml":
			subject, was, now = loadSubject(t, f.Data, schema)
			continue
		case ".fr":
			lang = "fr"
		}
		got := account(m, &subject, was, now, lang)
		if *update {
			f.Data = []byte(got)
		} else if diff := cmp.Diff(string(f.Data), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// account tells a result as an admin would want to check it.
func account(m *Model, s *Subject, was string, now time.Time, lang string) string {
	var r, past Result
	m.ScoreFrom(s, was, now, &r)
	var b strings.Builder
	for i, name := range m.Scores() {
		if r.Scores[i].Known {
			fmt.Fprintf(&b, "%s %s\n", name, r.Scores[i].Points)
		} else {
			fmt.Fprintf(&b, "%s unknown\n", name)
		}
	}
	if r.Scored {
		fmt.Fprintf(&b, "overall %s\n", r.Overall)
	} else {
		fmt.Fprintf(&b, "%s\n", m.Unscored(&r, lang))
	}
	if r.Grade != "" {
		fmt.Fprintf(&b, "grade %s %s\n", r.Grade, r.Label)
	}
	if next := m.Next(&r, lang); next != "" {
		fmt.Fprintf(&b, "next: %s\n", next)
	}
	if len(m.Stages()) > 0 {
		fmt.Fprintf(&b, "stage %s, route %s\n", StageWord(r.Stage, lang), RouteWord(r.Route, lang))
	}
	if len(m.rollUps) > 0 {
		fmt.Fprintf(&b, "takes part: %v\n", r.Counted)
	}
	for _, text := range m.Dropped(&r, lang) {
		fmt.Fprintf(&b, "dropped: %s\n", text)
	}
	if trend := m.Trend(s, now, &r, &past); trend != "" {
		fmt.Fprintf(&b, "trend %s\n", trend.Word(lang))
	}
	b.WriteString("\n")
	for _, reason := range m.Reasons(&r, now, lang) {
		if reason.Points == 0 {
			fmt.Fprintf(&b, "%s\n", reason.Text)
			continue
		}
		of := reason.Score
		if reason.Overall {
			of = "overall"
		}
		fmt.Fprintf(&b, "%+8.6g  %s: %s\n", reason.Points.Float(), of, reason.Text)
	}
	if m.schema.Company == nil {
		return b.String()
	}
	for _, f := range m.Breakdown(&r) {
		if f.Family == "" {
			fmt.Fprintf(&b, "%+8.6g  %s: limits\n", f.Points.Float(), f.Score)
			continue
		}
		fmt.Fprintf(&b, "%+8.6g  %s: in all %s (%s)\n", f.Points.Float(), f.Score, f.Family.Word(lang), f.Family.Nature().Word(lang))
	}
	return b.String()
}
