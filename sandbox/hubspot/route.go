package hubspot

import (
	"net/http"
	"net/url"
	"strings"
)

// operation is what a method and path ask for.
type operation struct {
	name   string // as the request log calls it
	class  limitClass
	scopes []string
	open   bool // needs no token and counts against no limit
	run    func(*call) (int, any, *apiError)
}

// route finds the operation of a call and takes object, id and dialect out of the path. Both dialects lead to the same
// area and rest: /crm/objects/2026-09/contacts/batch/read and /crm/v3/objects/contacts/batch/read.
func (s *Sandbox) route(c *call) operation {
	segments := pathSegments(c.r.URL)
	area, rest := "", []string(nil)
	switch {
	case len(segments) >= 3 && segments[0] == "crm" && (segments[1] == "v3" || segments[1] == "v4"):
		area, rest = segments[2], segments[3:]
		if wants := map[string]string{"associations": "v4"}[area]; wants != "" && wants != segments[1] {
			area = ""
		}
	case len(segments) >= 3 && segments[0] == "crm" && supported(segments[2]):
		area, rest, c.dated = segments[1], segments[3:], true
	case len(segments) >= 3 && (segments[0] == "account-info" || segments[0] == "oauth"):
		area, rest, c.dated = segments[0], segments[2:], supported(segments[1])
		if !c.dated && segments[1] != "v3" && segments[1] != "v1" {
			area = ""
		}
	}
	var op operation
	switch area {
	case "objects":
		op = s.routeObjects(c, rest)
	case "properties":
		op = s.routeProperties(c, rest)
	case "associations":
		op = s.routeAssociations(c, rest)
	case "owners":
		op = s.routeOwners(c, rest)
	case "pipelines":
		op = s.routePipelines(c, rest)
	case "limits", "account-info", "oauth":
		op = s.routeAccount(c, area, strings.Join(rest, "/"))
	}
	if op.run == nil {
		return operation{name: "unknown", class: burstLimit, run: unknownPath}
	}
	return op
}

// supported lists the dated versions that answer in November 2026.
func supported(version string) bool {
	return version == "2025-09" || version == "2026-03" || version == "2026-09"
}

func pathSegments(u *url.URL) []string {
	raw := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, s := range raw {
		if plain, err := url.PathUnescape(s); err == nil {
			raw[i] = plain
		}
	}
	return raw
}

func unknownPath(*call) (int, any, *apiError) {
	return 0, nil, fail(http.StatusNotFound, "OBJECT_NOT_FOUND", "Unable to find a resource at this path")
}

func unknownObject(c *call) (int, any, *apiError) {
	return 0, nil, badRequest("Unable to infer object type from: %s", c.id)
}

// routeObjects serves /crm/objects/….
func (s *Sandbox) routeObjects(c *call, rest []string) operation {
	if len(rest) == 0 {
		return operation{}
	}
	t := s.byName[rest[0]]
	if t == nil {
		c.id = rest[0]
		return operation{name: "unknown", class: burstLimit, run: unknownObject}
	}
	c.table = t
	rest = rest[1:]
	if len(rest) >= 3 && rest[1] == "associations" {
		return s.routeRecordLinks(c, rest)
	}
	read, write := readScopes(t), writeScopes(t)
	op := func(name string, scopes []string, run func(*call) (int, any, *apiError)) operation {
		return operation{name: name, class: burstLimit, scopes: scopes, run: run}
	}
	switch c.r.Method + " " + strings.Join(rest, "/") {
	case "GET ":
		return op("list", read, s.list)
	case "POST ":
		return op("create", write, s.create)
	case "POST batch/read":
		return op("batch_read", read, s.batchRead)
	case "POST batch/update":
		return op("batch_update", write, s.batchUpdate)
	case "POST batch/upsert":
		return op("batch_upsert", write, s.batchUpsert)
	case "POST batch/create":
		return op("batch_create", write, s.batchCreate)
	case "POST batch/archive":
		return op("batch_archive", write, s.batchArchive)
	case "POST search":
		o := op("search", read, s.search)
		o.class = searchLimit
		return o
	case "POST merge":
		return op("merge", write, s.mergeCall)
	case "POST gdpr-delete":
		return op("gdpr_delete", write, s.gdprCall)
	}
	if len(rest) != 1 {
		return operation{}
	}
	c.id = rest[0]
	switch c.r.Method {
	case http.MethodGet:
		return op("read", read, s.get)
	case http.MethodPatch:
		return op("update", write, s.patch)
	case http.MethodDelete:
		return op("archive", write, s.archiveCall)
	}
	return operation{}
}

func readScopes(t *table) []string {
	scopes := []string{"crm.objects." + t.meta.scope + ".read"}
	if t.kind == emails {
		scopes = append(scopes, "sales-email-read")
	}
	return scopes
}

func writeScopes(t *table) []string { return []string{"crm.objects." + t.meta.scope + ".write"} }
