package scoring

import (
	"fmt"
	"testing"
	"time"
)

// benchNow is the moment of every benchmark.
var benchNow = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// benchModel has 20 criteria: 12 conditions and 8 on activity, in two scores, with caps, decay, tiers and windows.
func benchModel(tb testing.TB) *Model {
	tb.Helper()
	schema := Schema{Activities: []string{"email_open", "email_click", "page_view", "form", "meeting", "call", "webinar", "download"}}
	for i := range 10 {
		schema.Attributes = append(schema.Attributes, Attribute{fmt.Sprintf("number%d", i), Number}, Attribute{fmt.Sprintf("text%d", i), Text})
	}
	fit := GroupSpec{Name: "profile", Path: "$.scores.fit.groups.profile", Max: pointer(60)}
	for i := range 6 {
		fit.Criteria = append(fit.Criteria,
			CriterionSpec{Name: fmt.Sprintf("size %d", i), When: fmt.Sprintf("number%d >= 50 && number%d <= 1000", i, i), Points: 10},
			CriterionSpec{Name: fmt.Sprintf("job %d", i), When: fmt.Sprintf(`text%d in ["director", "vp", "c-level"]`, i), Points: 5})
	}
	intent := GroupSpec{Name: "intent", Path: "$.scores.engagement.groups.intent", Max: pointer(80)}
	for i, kind := range schema.Activities {
		c := CriterionSpec{Name: kind, Activity: kind, Points: 5, Each: true, Cap: pointer(25)}
		switch i % 4 {
		case 1:
			c.Within = Duration(90 * day)
		case 2:
			c.Each, c.Cap, c.Points, c.Tiers = false, nil, 0, []TierSpec{{1, 5}, {3, 10}}
		case 3:
			c.Each, c.Cap, c.Points = false, nil, 20
		}
		intent.Criteria = append(intent.Criteria, c)
	}
	m, problems := Compile(Spec{
		Filters: FilterSpec{Opens: CountOpens},
		Scores: []ScoreSpec{
			{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []GroupSpec{fit}},
			{Name: "engagement", Path: "$.scores.engagement", Max: 100, Decay: Decay{HalfLife: Duration(30 * day)}, Groups: []GroupSpec{intent}},
		},
		Grade:  &GradeSpec{Path: "$.grade.matrix", Rows: "fit", Columns: "engagement", RowCuts: []float64{75, 50, 25}, ColCuts: []float64{75, 50, 25}},
		Labels: []LabelSpec{{Path: "$.grade.label.hot", Label: "hot", Grades: []string{"A1", "A2"}}, {Path: "$.grade.label.cold", Label: "cold", Grades: []string{"*"}}},
	}, schema)
	if m == nil {
		tb.Fatal(problems)
	}
	return m
}

// benchSubjects have 20 values and 20 events each, all different.
func benchSubjects(m *Model) []Subject {
	texts := []string{"director", "vp", "engineer", "intern", "c-level"}
	list := make([]Subject, 512)
	for i := range list {
		s := &list[i]
		for j := range m.schema.Attributes {
			v := Value{Type: Number, Num: float64((i*37 + j*101) % 2000)}
			if j%2 == 1 {
				v = Value{Type: Text, Str: texts[(i+j)%len(texts)]}
			}
			s.Values = append(s.Values, v)
		}
		for j := range 20 {
			age := time.Duration((i*53+j*977)%4000) * time.Hour
			s.Events = append(s.Events, Event{Kind: uint16((i + j) % 8), Count: 1, At: benchNow.Add(-age).UnixMilli()})
		}
	}
	return list
}

func pointer(f float64) *float64 { return &f }

func BenchmarkScore(b *testing.B) {
	m := benchModel(b)
	subjects := benchSubjects(m)
	var r Result
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Score(&subjects[i%len(subjects)], benchNow, &r)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "subjects/s")
}

func BenchmarkUnmarshal(b *testing.B) {
	m := benchModel(b)
	var blobs [][]byte
	for _, s := range benchSubjects(m) {
		blob, err := s.AppendBinary(nil)
		if err != nil {
			b.Fatal(err)
		}
		blobs = append(blobs, blob)
	}
	var s Subject
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := s.UnmarshalBinary(blobs[i%len(blobs)]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(blobs[0])), "bytes")
}

func BenchmarkReasons(b *testing.B) {
	m := benchModel(b)
	subjects := benchSubjects(m)
	var r Result
	m.Score(&subjects[0], benchNow, &r)
	b.ReportAllocs()
	for b.Loop() {
		m.Summary(m.Reasons(&r, benchNow, "en"), 255)
	}
}
