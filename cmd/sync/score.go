package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/connectors/file"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

func (p *program) scoreCommand() *cobra.Command {
	var in, out, sheet string
	cmd := &cobra.Command{
		Use:   "score --in FILE --out FILE",
		Short: "Score a spreadsheet",
		Long: `Scores the rows of a CSV or XLSX file, such as the export of a CRM, through the same mapping, scoring and reasons as a
sync, and writes the file again with the scores as added columns. Cells a spreadsheet would run as a formula are
neutralised. The identity of the model file names the column that tells people apart.`,
		Example: example("bareme score --in Leads.csv --model examples/leads-csv.yaml --out scored.csv",
			"bareme score --in export.xlsx --sheet Contacts --model bareme.yaml --out scored.xlsx"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if in == "" || out == "" {
				return usagef("score needs a file to read and one to write: bareme score --in Leads.csv --out scored.csv")
			}
			return p.score(cmd.Context(), in, out, sheet)
		},
	}
	cmd.Flags().StringVar(&in, "in", "", "the CSV or XLSX file to read")
	cmd.Flags().StringVar(&out, "out", "", "the file to write: .csv, .tsv or .xlsx")
	cmd.Flags().StringVar(&sheet, "sheet", "", "the worksheet of an XLSX file (default: the first)")
	return cmd
}

// scoredFile is what scoring a file came to.
type scoredFile struct {
	In         string         `json:"in"`
	Out        string         `json:"out"`
	Rows       int            `json:"rows"`
	Took       time.Duration  `json:"took_ns"`
	Warnings   map[string]int `json:"warnings,omitempty"`
	Population worker.Tally   `json:"population"`
}

func (p *program) score(ctx context.Context, in, out, sheet string) error {
	model, err := p.load()
	if err != nil {
		return err
	}
	if err := noPurchases(model); err != nil {
		return err
	}
	now, err := p.clock()
	if err != nil {
		return err
	}
	start := time.Now()
	rows, err := file.Open(ctx, in, file.Options{IDColumn: model.Mapper.Identity(), Sheet: sheet})
	if err != nil {
		return usageError{err}
	}
	if err := checkColumns(ctx, model, rows); err != nil {
		return err
	}
	bar := p.progress()
	s := newSheetScorer(ctx, model, rows, now(), bar)
	defer s.stop()
	n, err := rows.WriteCopy(ctx, out, s.columns(), s.cells)
	bar.end()
	if err != nil {
		return err
	}
	done := scoredFile{In: in, Out: out, Rows: n, Took: time.Since(start), Warnings: s.warnings, Population: s.tally}
	if p.json() {
		return p.printJSON(done)
	}
	p.printf("Scored %s of %s into %s in %s\n\n", counted(n, "row", "rows"), in, out, done.Took.Round(time.Millisecond))
	p.printPopulation(done.Population)
	p.printWarnings(done.Warnings)
	return nil
}

// noPurchases refuses a model with a score by purchases: a row is a person, and holds no purchase.
func noPurchases(model *modelfile.File) error {
	for _, s := range model.Scoring.Scores {
		if s.RFM != nil {
			return usagef("%s: the score %q counts purchases, and a spreadsheet of people holds none: take the score out, or score from the CRM with bareme sync", model.Name, s.Name)
		}
	}
	return nil
}

// checkColumns compares the model with the columns of the file. What the model writes becomes columns of its own.
func checkColumns(ctx context.Context, model *modelfile.File, rows *file.Sheet) error {
	schema, err := rows.Describe(ctx, crm.People)
	if err != nil {
		return err
	}
	schema.Fields = append(schema.Fields, model.Mapper.WriteFields(model.Model)...)
	return validate(model, map[string]crm.Schema{crm.People: schema})
}

// sheetScorer scores the rows of a file one after another, in step with the copy that is being written.
type sheetScorer struct {
	model    *modelfile.File
	now      time.Time
	bar      *progress
	total    int
	next     func() (crm.Page[crm.Record], error, bool)
	stop     func()
	page     []crm.Record
	written  []mapping.WriteField
	subject  scoring.Subject
	result   scoring.Result
	past     scoring.Result
	tally    worker.Tally
	warnings map[string]int
}

func newSheetScorer(ctx context.Context, model *modelfile.File, rows *file.Sheet, now time.Time, bar *progress) *sheetScorer {
	s := &sheetScorer{
		model: model, now: now.UTC(), bar: bar, total: rows.Rows(), written: model.Mapper.Written(),
		tally:    worker.Tally{Grades: map[string]int{}, Labels: map[string]int{}, Trends: map[string]int{}},
		warnings: map[string]int{},
	}
	s.next, s.stop = iter.Pull2(rows.Records(ctx, crm.Query{Object: crm.People, Fields: model.Mapper.Need().Read[crm.People]}))
	return s
}

func (s *sheetScorer) columns() []string {
	names := make([]string, len(s.written))
	for i, f := range s.written {
		names[i] = f.Field
	}
	return names
}

// cells scores the row of that id, which is the next one.
func (s *sheetScorer) cells(id string) ([]string, error) {
	for len(s.page) == 0 {
		page, err, ok := s.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("row %q was not there when the file was read again: it changed meanwhile", id)
		}
		s.page = page.Items
	}
	rec := s.page[0]
	s.page = s.page[1:]
	if rec.ID != id {
		return nil, fmt.Errorf("rows moved while the file was read: it changed meanwhile")
	}
	shown := s.score(rec.Fields)
	values := make([]string, len(s.written))
	for i, f := range s.written {
		values[i] = shown[f.Field]
	}
	return values, nil
}

func (s *sheetScorer) score(fields crm.Fields) crm.Fields {
	mapper, model := s.model.Mapper, s.model.Model
	s.tally.People++
	if s.tally.People%1000 == 0 || s.tally.People == s.total {
		s.bar.Step("scoring rows", s.tally.People, s.total)
	}
	if reason, skip := mapper.Skip(fields); skip {
		s.tally.Unscored++
		return mapper.Show(model, &s.result, "", s.now, reason)
	}
	input := mapping.Input{Person: fields}
	for _, warning := range mapper.Subject(input, s.now, &s.subject) {
		s.warnings[warning.Name+": "+warning.Message]++
	}
	if reason, lapsed := mapper.Lapsed(&input, &s.subject, s.now); lapsed {
		s.tally.Unscored++
		return mapper.Show(model, &s.result, "", s.now, reason)
	}
	model.Score(&s.subject, s.now, &s.result)
	trend := string(model.Trend(&s.subject, s.now, &s.result, &s.past))
	byHand, warning := mapper.Override(fields)
	if warning.Message != "" {
		s.warnings[warning.Name+": "+warning.Message]++
	}
	model.Override(&s.result, byHand, s.now)
	s.tally.Count(worker.Planned{
		Scored: s.result.Scored, Score: s.result.Overall.Float(), Grade: s.result.Grade, Label: s.result.Label, Trend: trend,
	})
	return mapper.Show(model, &s.result, trend, s.now, "")
}
