package salesforce

import (
	"fmt"
	"strings"
	"time"
)

// The users every org has.
const (
	WorkerUser = "worker@bareme.example" // of client credentials
	AdminUser  = "admin@bareme.example"
)

// founder makes the records of a new org: as the platform, without rules, at moments of its choosing.
type founder struct {
	s  *Sandbox
	by string
}

// at says when a record came about and when it was last changed.
type at struct{ created, modified time.Time }

func seconds(t time.Time) int64 { return t.Unix() * 1000 }

// values are a record's values by field, of the Go types of package soql; what is empty is left out.
type values map[string]any

func (p founder) row(object string, when at, v values) *row {
	o := p.s.objects[object]
	r := o.newRow(seconds(when.created), p.by)
	r.modified, r.stamp = seconds(when.modified), seconds(when.modified)
	for _, f := range o.fields {
		switch {
		case f.place < 0:
		case f.defaultTo != "":
			r.values[f.place] = f.defaultTo
		case f.kind == "boolean":
			r.values[f.place] = false
		}
	}
	for name, value := range v {
		if f := o.must(name); value != nil && value != "" && f.place >= 0 {
			r.values[f.place] = value
		}
	}
	o.add(r)
	(&tx{s: p.s, now: r.modified}).derive(r, &row{o: o})
	return r
}

// found makes what an org has before anybody enters data: users, profiles, stages and so on.
func (s *Sandbox) found() {
	now := s.Now()
	s.schemaChanged = now.AddDate(-3, 0, 0)
	when := at{now.AddDate(-4, 0, 0), now.AddDate(-4, 0, 0)}
	p := founder{s: s}
	p.row("organization", when, values{"Name": "Sandbox", "InstanceName": "FRA1", "IsSandbox": true, "OrganizationType": "Developer Edition",
		"TimeZoneSidKey": "GMT", "DefaultLocaleSidKey": "en_US"}).id = s.orgID
	o := s.objects["organization"]
	o.byID = map[string]*row{s.orgID: o.rows[0]}
	profile := p.row("profile", when, values{"Name": "System Administrator"})
	minimum := p.row("profile", when, values{"Name": "Minimum Access - API Only Integrations"})
	admin := p.user(when, AdminUser, "", "Administrator", profile.id)
	worker := p.user(when, WorkerUser, "", "Worker", minimum.id)
	s.queue = p.row("group", when, values{"Name": "Unassigned Leads", "DeveloperName": "Unassigned_Leads", "Type": "Queue"}).id
	s.assignTo, s.workerID, s.adminID = s.queue, worker.id, admin.id
	for i, name := range s.objects["lead"].must("Status").options {
		p.row("leadstatus", when, values{"MasterLabel": name, "ApiName": name, "SortOrder": float64(i + 1), "IsDefault": i == 0,
			"IsConverted": strings.HasSuffix(name, "- Converted")})
	}
	for i, name := range s.objects["opportunity"].must("StageName").options {
		st := stages[name]
		p.row("opportunitystage", when, values{"MasterLabel": name, "ApiName": name, "SortOrder": float64(i + 1), "IsActive": true,
			"IsClosed": st.closed, "IsWon": st.won, "ForecastCategoryName": st.category, "DefaultProbability": st.probability})
	}
}

func (p founder) user(when at, username, first, last, profile string) *row {
	return p.row("user", when, values{"Username": username, "FirstName": first, "LastName": last, "Email": username, "IsActive": true,
		"Alias": fmt.Sprintf("u%d", len(p.s.objects["user"].rows)), "UserType": "Standard", "ProfileId": profile, "TimeZoneSidKey": "GMT",
		"LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US"})
}

// worker is the user id of client credentials.
func (s *Sandbox) worker() string { return s.workerID }

// AssignTo sets the owner that the lead assignment rule gives: a user or a queue; "": the rule is off.
func (s *Sandbox) AssignTo(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.assignTo = id
	if full, ok := fullID(id); ok {
		s.assignTo = full
	}
}
