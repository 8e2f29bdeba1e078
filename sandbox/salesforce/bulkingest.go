package salesforce

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
)

const (
	largestUpload = 150 << 20 // bytes of a file once it is written to the base of 64
	largestInline = 100_000   // characters of a file that comes with the creation of its job
)

// ingestRequest is the body of POST /jobs/ingest.
type ingestRequest struct {
	Object, Operation, ContentType, ColumnDelimiter, LineEnding, ExternalIDFieldName, AssignmentRuleID string
}

// createIngestJob serves POST /jobs/ingest, with the file in the same request or to come.
func (s *Sandbox) createIngestJob(c *call) (int, any, *apiError) {
	var in ingestRequest
	file, inline, err := c.readIngest(&in)
	if err != nil {
		return 0, nil, err
	}
	j := &job{operation: in.Operation, external: in.ExternalIDFieldName, rule: in.AssignmentRuleID, state: jobOpen}
	if j.dialect, err = readDialect(in.ColumnDelimiter, in.LineEnding); err != nil {
		return 0, nil, err
	}
	if err := s.checkIngest(c, in, j); err != nil {
		return 0, nil, err
	}
	c.object = j.object
	s.bulk.mu.Lock()
	defer s.bulk.mu.Unlock()
	s.bulk.file(c, j)
	j.fault = s.bulk.nextFault(j)
	if inline {
		j.upload, j.uploaded, j.state = file, true, jobUploaded
	}
	return http.StatusOK, j.info(false), nil
}

// readIngest reads the request: JSON, or the parts "job" and "content" of a form.
func (c *call) readIngest(in *ingestRequest) (file []byte, inline bool, err *apiError) {
	kind, params, bad := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if bad != nil || kind != "multipart/form-data" {
		return nil, false, c.decode(in)
	}
	wrong := func(format string, args ...any) *apiError {
		return fail(http.StatusBadRequest, "INVALIDMULTIPARTREQUEST", format, args...)
	}
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	found := map[string][]byte{}
	for {
		part, bad := parts.NextPart()
		if bad == io.EOF { //nolint:errorlint // the reader returns it as it is
			break
		}
		if bad != nil {
			return nil, false, wrong("The form could not be read")
		}
		text, bad := io.ReadAll(part)
		if bad != nil {
			return nil, false, wrong("The form could not be read")
		}
		found[part.FormName()] = text
	}
	if len(found) != 2 || found["job"] == nil || found["content"] == nil {
		return nil, false, wrong("The form must have the parts job and content")
	}
	if len(found["content"]) > largestInline {
		return nil, false, wrong("The content of a multipart request may have %d characters at most", largestInline)
	}
	if bad := json.Unmarshal(found["job"], in); bad != nil {
		return nil, false, unreadable(bad)
	}
	return found["content"], true, nil
}

func (s *Sandbox) checkIngest(c *call, in ingestRequest, j *job) *apiError {
	s.mu.RLock()
	defer s.mu.RUnlock()
	wrong := func(format string, args ...any) *apiError {
		return fail(http.StatusBadRequest, "INVALIDJOB", "InvalidJob : "+format, args...)
	}
	o := c.viewer().object(in.Object)
	_, known := j.does()
	switch {
	case o == nil:
		return fail(http.StatusBadRequest, "INVALIDENTITY", "InvalidEntity : Entity '%s' is not supported by the Bulk API.", in.Object)
	case !known:
		return wrong("Invalid operation: %s", in.Operation)
	case in.ContentType != "" && in.ContentType != "CSV":
		return wrong("Unsupported content type: %s", in.ContentType)
	case in.Operation == "upsert" && in.ExternalIDFieldName == "":
		return wrong("External ID was blank for %s. An External ID must be specified for upsert.", o.name)
	case in.Operation != "upsert" && in.ExternalIDFieldName != "":
		return wrong("External ID can only be specified for upsert.")
	}
	if f := c.viewer().field(o, in.ExternalIDFieldName); in.Operation == "upsert" && (f == nil || !f.externalID && !f.lookup && f.Name != "Id") {
		return wrong("Field name provided, %s does not match an External ID for %s", in.ExternalIDFieldName, o.name)
	}
	j.object = o.name
	return s.checkBatches(c)
}

// checkBatches refuses a job when the day's batches are spent.
func (s *Sandbox) checkBatches(c *call) *apiError {
	s.gate.Lock()
	defer s.gate.Unlock()
	if within(s.quota.batches, c.at) >= s.quota.limits.BulkBatches {
		return fail(http.StatusBadRequest, "EXCEEDEDQUOTA", "ExceededQuota : ApiBatchItems Limit exceeded.")
	}
	return nil
}

// does is what a job does to its rows.
func (j *job) does() (operation, bool) {
	names := []string{"insert", "update", "upsert", "delete", "hardDelete"}
	i := slices.Index(names, j.operation)
	return operation(max(i, 0)), i >= 0 // in the order of the operations
}

// uploadBatch serves PUT /jobs/ingest/{id}/batches: the file, once.
func (s *Sandbox) uploadBatch(c *call, j *job) (int, any, *apiError) {
	switch {
	case j.state != jobOpen:
		return 0, nil, badJobState("The job is %s: it takes no more data", j.state)
	case j.uploaded:
		return 0, nil, badJobState("Found multiple contents for job: <%s>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job "+
			"and make sure you only do 'PUT' once on a given Job.", j.id)
	case !strings.HasPrefix(c.r.Header.Get("Content-Type"), "text/csv"):
		return 0, nil, fail(http.StatusBadRequest, "INVALIDREQUEST", "Unsupported content type: %s", c.r.Header.Get("Content-Type"))
	case (len(c.body)+2)/3*4 > largestUpload:
		return 0, nil, fail(http.StatusRequestEntityTooLarge, "EXCEEDED_MAX_SIZE_REQUEST", "The size of a request exceeds the limit")
	}
	j.upload, j.uploaded, j.touched = c.body, true, c.at
	return http.StatusCreated, nil, nil
}
