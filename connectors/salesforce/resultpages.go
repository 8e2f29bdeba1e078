package salesforce

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// sideBySide is how many pages of results are fetched at a time.
const sideBySide = 4

// resultPage is one page of a query job's results, in a file.
type resultPage struct {
	locator string
	file    *rest.Spool
	next    string // locator of the next page, "" after the last
}

// resultPages yields the pages from the cursor's on, in order, some fetched ahead side by side. A page's file is closed
// when the next one is asked for.
//
// Salesforce: Bulk API 2.0, get parallel results for a query job.
func (p *pull) resultPages(ctx context.Context, at cursor) iter.Seq2[resultPage, error] {
	return func(yield func(resultPage, error) bool) {
		locators, err := p.locators(ctx, at.Job)
		if missing(err) || coded(err, "NOT_FOUND") { // before version 58 there is no such list
			p.oneByOne(ctx, at)(yield)
			return
		}
		if err != nil {
			yield(resultPage{}, err)
			return
		}
		from := 0
		if at.Page != "" {
			if from = slices.Index(locators, at.Page); from < 0 {
				p.oneByOne(ctx, at)(yield)
				return
			}
		}
		p.fetchAll(ctx, at.Job, locators[from:])(yield)
	}
}

// locators lists the pages of a job's results.
func (p *pull) locators(ctx context.Context, job string) ([]string, error) {
	req := p.c.jobRequest(p.op, p.o.ours, http.MethodGet, queryJobs+"/"+job+"/resultPages", nil)
	var out []string
	for {
		got, err := rest.Call[wireResultPages](ctx, p.c.rest, req)
		if err != nil {
			return nil, err
		}
		for _, page := range got.Pages {
			link, err := p.c.linked(req, page.URL+page.Link)
			if err != nil {
				return nil, err
			}
			locator, ok := locatorOf(link.Query)
			if !ok || slices.Contains(out, locator) {
				return nil, stuck(p.op, p.o.ours)
			}
			out = append(out, locator)
		}
		next := got.Next + got.NextOld
		if got.Done || next == "" || len(got.Pages) == 0 {
			return out, nil
		}
		if req, err = p.c.linked(req, next); err != nil {
			return nil, err
		}
	}
}

// fetchAll fetches pages side by side and yields them in order.
func (p *pull) fetchAll(ctx context.Context, job string, locators []string) iter.Seq2[resultPage, error] {
	type fetched struct {
		page resultPage
		err  error
	}
	return func(yield func(resultPage, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var working sync.WaitGroup
		waiting := make([]chan fetched, len(locators))
		start := func(i int) {
			if i >= len(locators) {
				return
			}
			waiting[i] = make(chan fetched, 1)
			working.Go(func() {
				page, err := p.fetch(ctx, job, locators[i])
				waiting[i] <- fetched{page, err}
			})
		}
		taken := 0
		defer func() {
			cancel()
			working.Wait()
			for _, ch := range waiting[taken:] { // what nobody came for
				if ch != nil {
					(<-ch).page.close()
				}
			}
		}()
		for i := range min(sideBySide, len(locators)) {
			start(i)
		}
		for i := range locators {
			got := <-waiting[i]
			taken = i + 1
			start(i + sideBySide)
			more := yield(got.page, got.err)
			got.page.close()
			if !more || got.err != nil {
				return
			}
		}
	}
}

// oneByOne follows the pages by the locator that each names for the next.
func (p *pull) oneByOne(ctx context.Context, at cursor) iter.Seq2[resultPage, error] {
	return func(yield func(resultPage, error) bool) {
		for locator := at.Page; ; {
			page, err := p.fetch(ctx, at.Job, locator)
			if err == nil && page.next == locator && locator != "" {
				page.close()
				page, err = resultPage{}, stuck(p.op, p.o.ours)
			}
			more := yield(page, err)
			page.close()
			if !more || err != nil || page.next == "" {
				return
			}
			locator = page.next
		}
	}
}

// fetch reads one page of results into a file.
func (p *pull) fetch(ctx context.Context, job, locator string) (resultPage, error) {
	query := url.Values{}
	if locator != "" {
		query.Set("locator", locator)
	}
	answer, err := p.c.rest.Do(ctx, rest.Request{
		Op: p.op, Kind: kindResult, Object: p.o.ours, Method: http.MethodGet, Path: p.c.path(queryJobs + "/" + job + "/results"),
		Query: query, Header: headers("Accept", asCSV), Spool: true,
	})
	if err != nil {
		return resultPage{}, err
	}
	page := resultPage{locator: locator, file: answer.File}
	next := answer.Header.Get("Sforce-Locator")
	if next == "null" {
		next = ""
	}
	if !locatorShape.MatchString(next) || page.file == nil {
		page.close()
		return resultPage{}, &crm.Error{Kind: crm.ErrUnavailable, Op: p.op, Object: p.o.ours, Message: "a page of bulk results is not one"}
	}
	page.next = next
	return page, nil
}

func (r resultPage) close() {
	if r.file != nil {
		_ = r.file.Close() // a temporary file, and nothing is left to lose
	}
}
