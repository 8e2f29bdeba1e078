package salesforce

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// bulk yields what is left of a part by a bulk job: a new one, or the one in the cursor. A job that is gone is replaced by
// a new one for the same window: its rows come again, and none is lost.
//
// Salesforce: Bulk API 2.0, query jobs.
func (p *pull) bulk(ctx context.Context, part part, at cursor) iter.Seq2[haul, error] {
	return func(yield func(haul, error) bool) {
		resumed := at.Job != ""
		var err error
		if !resumed {
			at, err = p.startQuery(ctx, part, at)
		}
		if coded(err, "INVALIDENTITY", "FEATURENOTENABLED", "INVALIDJOB", "API_ERROR") { // not for Bulk, or not for this user
			page, err := p.c.ask(ctx, p.op, p.o.ours, p.soql(part, at, true))
			p.pages(ctx, part, at, page, err)(yield)
			return
		}
		var job wireJob
		if err == nil {
			job, err = p.c.await(ctx, p.op, p.o.ours, queryJobs, at.Job)
		}
		if resumed && missing(err) {
			p.c.log.WithField("object", part.entity).Warn("the bulk job of the last run is gone; its window is read again")
			p.byREST(ctx, part, at.begin(at.Part))(yield)
			return
		}
		if err == nil && job.State != stateComplete {
			err = job.failure(p.op, p.o.ours)
		}
		if err != nil {
			yield(haul{}, err)
			return
		}
		p.results(ctx, part, at, job)(yield)
	}
}

func missing(err error) bool { return errors.Is(err, crm.ErrNotFound) }

// startQuery creates the job. One whose answer was lost is left to Salesforce, which forgets it after a week.
func (p *pull) startQuery(ctx context.Context, part part, at cursor) (cursor, error) {
	q := p.soql(part, at, false)
	operation := "query"
	if q.all {
		operation = "queryAll"
	}
	req := p.c.jobRequest(p.op, p.o.ours, http.MethodPost, queryJobs,
		wireNewJob{Operation: operation, Query: q.String(), Delimiter: "COMMA", LineEnding: "LF"})
	answer, err := p.c.rest.Do(ctx, req)
	if err != nil {
		return at, err
	}
	job, err := rest.Decode[wireJob](req, answer)
	if err != nil {
		return at, err
	}
	id, ok := long(job.ID)
	if !ok {
		return at, &crm.Error{Kind: crm.ErrUnavailable, Op: p.op, Object: p.o.ours, Message: "the answer does not name a job"}
	}
	if at.Until == 0 {
		at.Until = p.c.serverTime(answer).Unix()
	}
	at.Job = id
	return at, nil
}

// results yields a finished job's rows, page by page of its results and slice by slice of each page.
func (p *pull) results(ctx context.Context, part part, at cursor, job wireJob) iter.Seq2[haul, error] {
	return func(yield func(haul, error) bool) {
		if job.Processed == 0 {
			yield(haul{part: part, next: at.ended()}, nil)
			return
		}
		whole := at.Page == "" && at.Row == 0
		seen := 0
		for page, err := range p.resultPages(ctx, at) {
			if err != nil {
				yield(haul{}, err)
				return
			}
			if page.locator != at.Page {
				at.Page, at.Row = page.locator, 0
			}
			for rows, err := range p.slices(page, at.Row) {
				if err != nil {
					yield(haul{}, err)
					return
				}
				if len(rows) == 0 {
					continue
				}
				seen += len(rows)
				at.Row += len(rows)
				if !yield(haul{part: part, rows: rows, next: at, total: job.Processed}, nil) {
					return
				}
			}
		}
		if whole && seen != job.Processed {
			yield(haul{}, &crm.Error{Kind: crm.ErrUnavailable, Op: p.op, Object: p.o.ours,
				Message: "the bulk job's results are not complete", Hint: "The next run reads them again"})
			return
		}
		yield(haul{part: part, next: at.ended(), total: job.Processed}, nil)
	}
}

// slices reads a page of results from its file, skipping the rows that were handed over already.
func (p *pull) slices(page resultPage, skip int) iter.Seq2[[]row, error] {
	return func(yield func([]row, error) bool) {
		lines := linesOf(page.file)
		var header []string
		var rows []row
		for n := -1; ; n++ {
			line, err := lines.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				yield(nil, &crm.Error{Kind: crm.ErrUnavailable, Op: p.op, Object: p.o.ours, Message: "a bulk result is not a CSV file"})
				return
			}
			if header == nil {
				header = cloned(line)
				continue
			}
			if n < skip {
				continue
			}
			rows = append(rows, csvRow(header, line))
			if len(rows) == p.c.o.PageSize {
				if !yield(rows, nil) {
					return
				}
				rows = nil
			}
		}
		yield(rows, nil)
	}
}

// linesOf reads a result line by line, past the byte order mark that some gateways put before it. The cells of a line
// are good until the next one is read.
func linesOf(file io.Reader) *csv.Reader {
	buffered := bufio.NewReader(file)
	const mark = "\ufeff"
	if begin, err := buffered.Peek(len(mark)); err == nil && string(begin) == mark {
		_, _ = buffered.Discard(len(mark)) // they have been read already
	}
	lines := csv.NewReader(buffered)
	lines.ReuseRecord = true
	return lines
}

// cloned keeps a header beyond the line it came in.
func cloned(line []string) []string {
	out := make([]string, len(line))
	for i, cell := range line {
		out[i] = strings.Clone(cell)
	}
	return out
}

// locatorOf is the locator in a link to results.
func locatorOf(query url.Values) (string, bool) {
	l := query.Get("locator")
	return l, locatorShape.MatchString(l)
}
