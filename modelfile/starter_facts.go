package modelfile

import "github.com/bareme/bareme/scoring"

// starterFact is a criterion on a fact, used when the mapping has the attribute.
type starterFact struct {
	attribute  string
	typ        scoring.Type
	engagement bool
	group      string
	name, when string
	points     int
}

// starterFacts are what a first model scores, in the order of the file.
var starterFacts = []starterFact{
	{"employees", scoring.Number, false, "company", "50 to 1000 employees", "employees >= 50 && employees <= 1000", 30},
	{"employees", scoring.Number, false, "company", "More than 1000 employees", "employees > 1000", 15},
	{"employees", scoring.Number, false, "company", "Fewer than 10 employees", "employees < 10", -10},
	{"company_size", scoring.Text, false, "company", "51 to 1000 employees", `company_size in ["51-200", "201-500", "501-1000"]`, 30},
	{"company_size", scoring.Text, false, "company", "More than 1000 employees", `company_size in ["1001-5000", "5001+"]`, 15},
	{"company_size", scoring.Text, false, "company", "At most 10 employees", `company_size == "1-10"`, -10},
	{"seniority", scoring.Text, false, "person", "Decides", `seniority in ["c-level", "owner", "vp", "director"]`, 30},
	{"seniority", scoring.Text, false, "person", "Leads a team", `seniority == "manager"`, 15},
	{"seniority", scoring.Text, false, "person", "Student or intern", `seniority == "intern"`, -40},
	{"department", scoring.Text, false, "person", "Department you help", `department in ["sales", "marketing", "operations", "it"]`, 20},
	{"free_mail", scoring.Bool, false, "address", "Company address", "not free_mail", 20},
	{"disposable", scoring.Bool, false, "address", "Disposable address", "disposable", -40},
	{"time_on_site", scoring.Number, true, "website", "Spent time on the website", "time_on_site >= 300", 15},
	{"time_on_site", scoring.Number, true, "website", "Spent much time on the website", "time_on_site >= 900", 30},
	{"pages_per_visit", scoring.Number, true, "website", "Three pages or more per visit", "pages_per_visit >= 3", 10},
}

// starterIdeas need values only the author knows; they are written as comments.
var starterIdeas = []starterFact{
	{attribute: "industry", name: "Industry we know", when: `industry in ["…", "…"]`, points: 15},
	{attribute: "country", name: "Country we serve", when: `country in ["FR", "BE"]`, points: 10},
	{attribute: "lead_source", name: "Came by recommendation", when: `lead_source == "…"`, points: 15},
	{attribute: "lifecycle", name: "Already a customer", when: `lifecycle == "customer"`, points: -20},
	{attribute: "occupation", name: "Occupation we serve", when: `occupation in ["…", "…"]`, points: 20},
}

// starterKind is a criterion on a kind of activity.
type starterKind struct{ activity, group, name, keys string }

// starterActivity finds the criterion for a suggested kind of activity.
func starterActivity(name string) (starterKind, bool) {
	for _, k := range []starterKind{
		{"email_click", "interest", "Clicked an e-mail", "points: 5, each: true, cap: 20"},
		{"page_view", "interest", "Viewed pages", "tiers: {1: 2, 5: 6, 15: 12, 40: 18}"},
		{"visit", "interest", "Came to the website", "tiers: {1: 2, 3: 5, 8: 10}"},
		{"download", "interest", "Downloaded something", "points: 8, each: true, cap: 16"},
		{"form", "interest", "Filled in a form", "points: 15, each: true, cap: 30"},
		{"campaign", "interest", "Answered a campaign", "points: 15, each: true, cap: 30"},
		{"webinar", "interest", "Attended a webinar", "points: 15, each: true, cap: 30"},
		{"email_reply", "conversation", "Answered a marketing e-mail", "points: 15, each: true, cap: 30"},
		{"sales_reply", "conversation", "Answered a salesperson", "points: 20"},
		{"call", "conversation", "Spoke on the phone", "points: 15, each: true, cap: 30"},
		{"meeting", "conversation", "Met us", "points: 30, each: true, cap: 50"},
		{"deal_open", "conversation", "Has an open opportunity", "points: 20"},
		{"purchase", "conversation", "Bought before", "points: 20"},
	} {
		if k.activity == name {
			return k, true
		}
	}
	return starterKind{}, false
}
