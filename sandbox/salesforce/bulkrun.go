package salesforce

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// chunkRows is how many rows triggers see at once.
const chunkRows = 200

// nullMark is what stands in a cell for null; an empty cell leaves the field as it is.
const nullMark = "#N/A"

// ingest is how far the rows of a job are.
type ingest struct {
	read         bool
	header       []string
	rows         [][]string
	results      []result // of the rows done
	done, failed int      // failed ones are among those done
	batches      int
}

// runIngestJob does the batches that are due, and ends the job when none is left.
func (s *Sandbox) runIngestJob(c *call, j *job) {
	j.touched = c.at
	if !j.ingest.read && !s.openUpload(j) {
		return
	}
	in := &j.ingest
	for due := s.bulk.settings.Batches; in.done < len(in.rows); {
		if j.fault != nil && in.batches >= j.fault.Batches {
			break
		}
		s.runBatch(c, j)
		if due--; due == 0 && in.done < len(in.rows) {
			return
		}
	}
	j.state = jobComplete
	if j.fault != nil {
		j.state, j.message = j.fault.State, j.fault.words()
	}
}

// openUpload reads the file, and fails the job if it is no good as a whole.
func (s *Sandbox) openUpload(j *job) bool {
	in := &j.ingest
	var err error
	in.read = true
	in.header, in.rows, err = j.dialect.read(j.upload)
	j.upload = nil
	switch {
	case errors.Is(err, errLineEnding):
		j.message = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is " + j.dialect.ending
	case err != nil:
		j.message = "InvalidBatch : Failed to parse CSV: " + err.Error() + ". Batch will not be retried."
	default:
		if wrong := s.checkHeader(j); wrong != "" {
			j.message = "InvalidBatch : InvalidBatch : " + wrong + ". Batch will not be retried."
		}
	}
	if j.message != "" {
		j.state = jobFailed
		return false
	}
	in.results = make([]result, 0, len(in.rows))
	return true
}

// checkHeader finds the column that is no field the user may see.
func (s *Sandbox) checkHeader(j *job) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seen := viewer{s: s, user: j.user}
	o := seen.object(j.object)
	if o == nil {
		return "Entity '" + j.object + "' is not supported by the Bulk API"
	}
	does, _ := j.does()
	for _, name := range j.ingest.header {
		if (does == deleteRows || does == hardDeleteRows) && !strings.EqualFold(name, "Id") {
			return "Delete batch must only specify ids"
		}
		plain, _, dotted := strings.Cut(name, ".")
		known := seen.field(o, name) != nil
		if dotted {
			known = slices.ContainsFunc(seen.fields(o), func(f *field) bool { return f.Relationship != "" && strings.EqualFold(f.Relationship, plain) })
		}
		if !known {
			return "Field name not found : " + name
		}
	}
	return ""
}

// runBatch writes the next batch, chunk by chunk, through the one path by which rows are written.
func (s *Sandbox) runBatch(c *call, j *job) {
	in := &j.ingest
	does, _ := j.does()
	w := saving{viewer: viewer{s: s, user: j.user}, operation: does, external: j.external, assign: j.rule != ""}
	in.batches++
	s.gate.Lock()
	s.quota.batches[hourOf(c.at)]++
	s.gate.Unlock()
	for end := min(len(in.rows), in.done+s.bulk.settings.BatchRows); in.done < end; {
		chunk := in.rows[in.done:min(end, in.done+chunkRows)]
		inputs := make([]input, len(chunk))
		for i, cells := range chunk {
			inputs[i] = j.input(cells)
		}
		for i, r := range s.save(w, inputs) {
			if r.err != nil {
				in.failed++
				if r.id == "" {
					r.id = inputs[i].id
				}
			}
			in.results = append(in.results, r)
		}
		in.done += len(chunk)
	}
}

// input is a row of the file as the org writes it.
func (j *job) input(cells []string) input {
	in := input{object: j.object, values: map[string]any{}}
	for i, name := range j.ingest.header {
		switch v := cells[i]; {
		case strings.EqualFold(name, "Id"):
			in.id = v
		case v == nullMark:
			in.values[name] = nil
		case v != "":
			in.values[name] = v
		}
	}
	return in
}

// rowSet picks the rows of one of the three result files: their leading columns, and whether row i is among them.
type rowSet struct {
	columns []string
	row     func(in *ingest, i int) ([]string, bool)
}

func successfulRows() rowSet {
	return rowSet{[]string{"sf__Id", "sf__Created"}, func(in *ingest, i int) ([]string, bool) {
		if i >= in.done || in.results[i].err != nil {
			return nil, false
		}
		return []string{in.results[i].id, strconv.FormatBool(in.results[i].created)}, true
	}}
}

func failedRows() rowSet {
	return rowSet{[]string{"sf__Id", "sf__Error"}, func(in *ingest, i int) ([]string, bool) {
		if i >= in.done || in.results[i].err == nil {
			return nil, false
		}
		return []string{in.results[i].id, in.results[i].err.Bulk()}, true
	}}
}

func unprocessedRows() rowSet {
	return rowSet{nil, func(in *ingest, i int) ([]string, bool) { return nil, i >= in.done }}
}

// ingestResults serves the result files of an ingest job that is over. Batches run side by side: they come in reverse, so
// that nobody relies on the order of the upload.
func (s *Sandbox) ingestResults(set rowSet) func(*call, *job) (int, any, *apiError) {
	return func(c *call, j *job) (int, any, *apiError) {
		if !j.over() {
			return 0, nil, fail(http.StatusPreconditionFailed, "JOB_NOT_COMPLETE", "The results of a job that is %s are not there yet", j.state)
		}
		in := &j.ingest
		if !in.read && j.uploaded { // ended before a row was looked at
			in.header, in.rows, _ = j.dialect.read(j.upload) // a file that cannot be read has no rows to give back
		}
		var out []byte
		if header := append(slices.Clone(set.columns), in.header...); len(header) > 0 {
			out = j.dialect.append(nil, header)
		}
		batch := s.bulk.settings.BatchRows
		for start := (len(in.rows) - 1) / batch * batch; start >= 0 && len(in.rows) > 0; start -= batch {
			for i := start; i < min(len(in.rows), start+batch); i++ {
				if lead, ok := set.row(in, i); ok {
					out = j.dialect.append(out, append(lead, in.rows[i]...))
					c.records++
				}
			}
		}
		return http.StatusOK, textBody{"text/csv", out}, nil
	}
}
