package salesforce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// failedRow is a record a job refused, and why.
type failedRow struct {
	id  string
	why wireError
}

// ingested is what became of the rows of a job.
type ingested struct {
	written []string
	failed  []failedRow
	left    int // not processed
}

// jobResults reads the three files of results of a job that has ended. All rows together must be as many as were
// uploaded: otherwise nothing can be said about those that are missing. The number uploaded is -1 when it is not known.
//
// Salesforce: Bulk API 2.0, get job successful, failed and unprocessed record results.
func (c *Connector) jobResults(ctx context.Context, op, ours string, job wireJob, uploaded int) (ingested, error) {
	var out ingested
	id := job.ID
	if job.Processed > job.Failed {
		err := c.resultRows(ctx, op, ours, id, "/successfulResults", []string{colResult}, func(r row) {
			if id, ok := long(r[colResult]); ok {
				out.written = append(out.written, id)
			}
		})
		if err != nil {
			return ingested{}, err
		}
	}
	if job.Failed > 0 {
		err := c.resultRows(ctx, op, ours, id, "/failedResults", []string{colResult, colError, colID}, func(r row) {
			id, ok := long(r[colResult])
			if !ok {
				id, ok = long(r[colID])
			}
			if ok {
				out.failed = append(out.failed, failedRow{id, rowError(r[colError])})
			}
		})
		if err != nil {
			return ingested{}, err
		}
	}
	if uploaded < 0 || job.State != stateComplete || uploaded != job.Processed {
		err := c.resultRows(ctx, op, ours, id, "/unprocessedrecords", nil, func(row) { out.left++ })
		if err != nil {
			return ingested{}, err
		}
	}
	if sum := len(out.written) + len(out.failed) + out.left; uploaded >= 0 && sum != uploaded {
		return ingested{}, &crm.Error{Kind: crm.ErrUnavailable, Op: op, Object: ours,
			Message: fmt.Sprintf("the bulk job %s answers %d of %d records: %d written, %d refused, %d not processed",
				id, sum, uploaded, len(out.written), len(out.failed), out.left),
			Hint: "The next run looks them up"}
	}
	return out, nil
}

// The columns that results have besides those of the upload.
const (
	colResult = "sf__Id"
	colError  = "sf__Error"
)

// resultRows reads the columns of one file of results row by row. The others repeat what was uploaded.
func (c *Connector) resultRows(ctx context.Context, op, ours, job, name string, columns []string, take func(row)) error {
	answer, err := c.rest.Do(ctx, rest.Request{Op: op, Kind: kindResult, Object: ours, Method: http.MethodGet,
		Path: c.path(ingestJobs + "/" + job + name), Header: headers("Accept", asCSV), Spool: true})
	if err != nil {
		return err
	}
	defer func() { _ = answer.File.Close() }() // a temporary file, and nothing is left to lose
	lines := linesOf(answer.File)
	var header []string
	for {
		line, err := lines.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &crm.Error{Kind: crm.ErrUnavailable, Op: op, Object: ours, Message: "a bulk result is not a CSV file"}
		case header == nil:
			header = cloned(line)
		default:
			r := make(row, len(columns))
			for i, column := range header {
				if slices.Contains(columns, column) {
					r.put(column, strings.Clone(line[i]))
				}
			}
			take(r)
		}
	}
}
