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
	for i := range archive.Files[1:] {
		f := &archive.Files[1+i]
		lang := "en"
		switch filepath.Ext(f.Name) {
		case ".yaml":
			subject, now = loadSubject(t, f.Data, schema)
			continue
		case ".fr":
			lang = "fr"
		}
		got := account(m, &subject, now, lang)
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
func account(m *Model, s *Subject, now time.Time, lang string) string {
	var r, past Result
	m.Score(s, now, &r)
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
	if trend := m.Trend(s, now, &r, &past); trend != "" {
		fmt.Fprintf(&b, "trend %s\n", trend.Word(lang))
	}
	b.WriteString("\n")
	for _, reason := range m.Reasons(&r, now, lang) {
		if reason.Points == 0 {
			fmt.Fprintf(&b, "%s\n", reason.Text)
			continue
		}
		fmt.Fprintf(&b, "%+8.6g  %s: %s\n", reason.Points.Float(), reason.Score, reason.Text)
	}
	return b.String()
}
