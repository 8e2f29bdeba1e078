package hubspot

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// routeAccount serves /account-info/…, /oauth/… and /crm/limits/….
func (s *Sandbox) routeAccount(c *call, area, rest string) operation {
	switch c.r.Method + " " + area + " " + rest {
	case "GET account-info details":
		return operation{name: "account", class: burstLimit, run: s.account}
	case "GET account-info api-usage/daily/private-apps":
		return operation{name: "usage", class: burstLimit, run: s.usage}
	case "POST oauth token":
		return operation{name: "token", open: true, run: s.token}
	case "GET limits custom-properties":
		return operation{name: "property_limits", class: burstLimit, run: s.propertyLimits}
	}
	return operation{}
}

func (s *Sandbox) account(c *call) (int, any, *apiError) {
	_, seconds := c.at.In(s.zone).Zone()
	sign := "+"
	if seconds < 0 {
		sign = "-"
	}
	shift := time.Duration(seconds) * time.Second
	return http.StatusOK, map[string]any{
		"portalId": s.portalID, "accountType": "STANDARD", "timeZone": s.zone.String(), "companyCurrency": s.currency,
		"additionalCurrencies": []string{}, "utcOffset": fmt.Sprintf("%s%02d:%02d", sign, int(shift.Abs().Hours()), int(shift.Abs().Minutes())%60),
		"utcOffsetMilliseconds": shift.Milliseconds(), "uiDomain": "app.hubspot.com", "dataHostingLocation": "na1",
	}, nil
}

func (s *Sandbox) usage(c *call) (int, any, *apiError) {
	s.gate.Lock()
	defer s.gate.Unlock()
	return http.StatusOK, map[string]any{"results": []map[string]any{{
		"name": "private-apps-api-calls-daily", "usageLimit": s.limit.limits.Daily, "currentUsage": s.limit.used,
		"collectedAt": isoTime(c.now), "fetchStatus": "SUCCESS", "resetsAt": isoTime(s.limit.midnight(c.at).UnixMilli()),
	}}}, nil
}

func (s *Sandbox) propertyLimits(*call) (int, any, *apiError) {
	const perObject, inAll = 1000, 10_000
	s.mu.RLock()
	defer s.mu.RUnlock()
	sum, by := 0, []map[string]any{}
	for _, t := range s.tables {
		own := 0
		for _, p := range t.props {
			if !p.HubspotDefined && p.ArchivedAt == 0 {
				own++
			}
		}
		sum += own
		title := strings.ToUpper(t.meta.singular[:1]) + t.meta.singular[1:]
		by = append(by, map[string]any{"objectTypeId": t.meta.typeID, "singularLabel": title, "pluralLabel": title + "s",
			"limit": perObject, "usage": own, "percentage": float64(own) / perObject * 100})
	}
	return http.StatusOK, map[string]any{"byObjectType": by, "overallLimit": inAll, "overallUsage": sum, "overallPercentage": float64(sum) / inAll * 100}, nil
}

// owner is a user or queue records can be assigned to.
type owner struct {
	ID        string      `json:"id"`
	Email     string      `json:"email"`
	FirstName string      `json:"firstName"`
	LastName  string      `json:"lastName"`
	Type      string      `json:"type"`
	UserID    int64       `json:"userId"`
	CreatedAt string      `json:"createdAt"`
	UpdatedAt string      `json:"updatedAt"`
	Teams     []ownerTeam `json:"teams,omitempty"`
	Archived  bool        `json:"archived"`
}

type ownerTeam struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Primary bool   `json:"primary"`
}

// routeOwners serves /crm/owners/….
func (s *Sandbox) routeOwners(c *call, rest []string) operation {
	if c.r.Method != http.MethodGet || len(rest) > 1 {
		return operation{}
	}
	scopes := []string{"crm.objects.owners.read"}
	if len(rest) == 1 {
		c.id = rest[0]
		return operation{name: "owner_read", class: burstLimit, scopes: scopes, run: s.getOwner}
	}
	return operation{name: "owners_list", class: burstLimit, scopes: scopes, run: s.listOwners}
}

func (s *Sandbox) listOwners(c *call) (int, any, *apiError) {
	limit := 100
	if c.r.URL.Query().Has("limit") {
		var err *apiError
		if limit, err = c.limit(500); err != nil {
			return 0, nil, err
		}
	}
	email := strings.ToLower(c.r.URL.Query().Get("email"))
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []owner
	for _, o := range s.owners {
		if o.Archived == c.archived() && (email == "" || o.Email == email) {
			all = append(all, o)
		}
	}
	start := 0
	if after := c.r.URL.Query().Get("after"); after != "" {
		start = 1 + slices.IndexFunc(all, func(o owner) bool { return o.ID == after })
	}
	end := min(len(all), start+limit)
	out := map[string]any{"results": append([]owner{}, all[start:end]...)}
	c.records = end - start
	if end < len(all) {
		out["paging"] = map[string]any{"next": map[string]string{"after": all[end-1].ID}}
	}
	return http.StatusOK, out, nil
}

func (s *Sandbox) getOwner(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, o := range s.owners {
		if o.ID == c.id || c.r.URL.Query().Get("idProperty") == "userId" && itoa(o.UserID) == c.id {
			return http.StatusOK, o, nil
		}
	}
	return 0, nil, notFound()
}

// routePipelines serves GET /crm/pipelines/…/deals: the one pipeline a new account has.
func (s *Sandbox) routePipelines(c *call, rest []string) operation {
	if c.r.Method != http.MethodGet || len(rest) != 1 || s.byName[rest[0]] != s.tables[deals] {
		return operation{}
	}
	c.table = s.tables[deals]
	return operation{name: "pipelines", class: burstLimit, scopes: readScopes(c.table), run: s.pipelines}
}

func (s *Sandbox) pipelines(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	probability := map[string]string{"appointmentscheduled": "0.2", "qualifiedtobuy": "0.4", "presentationscheduled": "0.6",
		"decisionmakerboughtin": "0.8", "contractsent": "0.9", "closedwon": "1.0", "closedlost": "0.0"}
	p := s.tables[deals].props["dealstage"]
	stages := []map[string]any{}
	for i, o := range p.Options {
		closed := strings.HasPrefix(o.Value, "closed")
		stages = append(stages, map[string]any{"id": o.Value, "label": o.Label, "displayOrder": i, "archived": false,
			"createdAt": isoTime(p.CreatedAt), "updatedAt": isoTime(p.CreatedAt), "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
			"metadata": map[string]string{"isClosed": fmt.Sprint(closed), "probability": probability[o.Value]}})
	}
	return http.StatusOK, map[string]any{"results": []map[string]any{{"id": "default", "label": "Sales Pipeline", "displayOrder": 0,
		"archived": false, "createdAt": isoTime(p.CreatedAt), "updatedAt": isoTime(p.CreatedAt), "stages": stages}}}, nil
}
