package mapping

import (
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// The tables of what to look for. They are never changed.

var (
	onPeople    = []string{crm.People}
	onBoth      = []string{crm.Companies, crm.People}
	countTypes  = []crm.Type{crm.Number, crm.Text}
	dateTypes   = []crm.Type{crm.Date, crm.DateTime, crm.Text}
	choiceTypes = []crm.Type{crm.Choice, crm.Text, crm.Choices}
)

var identityConcept = concept{
	name: "identity", types: []crm.Type{crm.Text}, shares: true, exact: []string{"email", "Email"},
	alike: []string{"email", "e mail", "email address", "e mail address", "adresse email", "adresse e mail",
		"courriel", "mail"},
	unlike: []string{"not", "last", "domain", "opt", "count", "number", "status", "owner", "date", "additional",
		"open", "click"},
}

var optOutConcept = concept{
	name: "opted out", types: []crm.Type{crm.Bool, crm.Choice, crm.Text}, shares: true,
	exact: []string{"hs_email_optout", "HasOptedOutOfEmail"},
	alike: []string{"do not email", "do not mail", "opted out", "opt out", "optout", "unsubscribed", "desabonne",
		"desinscrit", "desinscrite", "ne pas contacter"},
	unlike: []string{"date", "reason", "source"},
}

// objections are fields by which people refuse to be profiled, whatever they allow otherwise: those of Salesforce's object
// Individual.
var objections = []string{"Individual.HasOptedOutProcessing", "Individual.HasOptedOutProfiling", "Individual.ShouldForget"}

var attributeConcepts = []concept{
	{name: "seniority", objects: onPeople, transform: "seniority", types: []crm.Type{crm.Text}, shares: true,
		exact:  []string{"jobtitle", "Title"},
		alike:  []string{"job title", "title", "position", "poste", "intitule de poste", "intitule du poste", "fonction", "titre"},
		unlike: []string{"salutation", "civilite", "page", "event", "email", "count", "description"},
		why:    "decision makers score by their title"},
	{name: "department", objects: onPeople, transform: "function", types: []crm.Type{crm.Text}, shares: true,
		exact:  []string{"jobtitle", "Title"},
		alike:  []string{"job title", "title", "position", "poste", "intitule de poste", "intitule du poste", "fonction", "titre"},
		unlike: []string{"salutation", "civilite", "page", "event", "email", "count", "description"},
		why:    "which department buys"},
	{name: "occupation", objects: onPeople, types: choiceTypes, alike: []string{"occupation", "current occupation",
		"profession", "situation professionnelle", "metier", "categorie socioprofessionnelle", "csp"},
		why: "what people do for a living"},
	{name: "employees", objects: onBoth, typ: scoring.Number, banded: true, exact: []string{"numberofemployees",
		"NumberOfEmployees", "numemployees"}, types: []crm.Type{crm.Number, crm.Choice, crm.Text},
		alike: []string{"number of employees", "employees", "company size", "employee count", "headcount", "effectif",
			"effectifs", "nombre d employes", "nombre de salaries", "salaries", "taille de l entreprise",
			"taille entreprise"},
		why: "size of the company"},
	{name: "industry", objects: onBoth, types: choiceTypes, exact: []string{"industry", "Industry"},
		alike: []string{"industry", "sector", "secteur", "secteur d activite", "branche", "domaine d activite",
			"business sector"}, why: "line of business"},
	{name: "revenue", objects: onBoth, typ: scoring.Number, types: countTypes, exact: []string{"annualrevenue",
		"AnnualRevenue"},
		alike:  []string{"annual revenue", "revenue", "turnover", "chiffre d affaires", "ca annuel"},
		unlike: []string{"total", "deal", "recent", "score", "currency", "range"}, why: "turnover of the company"},
	{name: "country", objects: []string{crm.People, crm.Companies}, transform: "country", types: choiceTypes,
		exact: []string{"country", "Country", "MailingCountry", "hs_country_region_code", "BillingCountry"},
		also:  []string{"Country", "MailingCountry"},
		alike: []string{"country", "country region", "pays", "pays region", "land"}, unlike: []string{"phone", "code",
			"ip", "landing"}, why: "where you sell"},
	{name: "free_mail", objects: onPeople, transform: "free_mail", types: []crm.Type{crm.Text}, shares: true,
		exact: identityConcept.exact,
		alike: identityConcept.alike, unlike: identityConcept.unlike, why: "a private address instead of a company's"},
	{name: "disposable", objects: onPeople, transform: "disposable", types: []crm.Type{crm.Text}, shares: true,
		exact: identityConcept.exact,
		alike: identityConcept.alike, unlike: identityConcept.unlike, why: "a throw-away address"},
	{name: "lead_source", objects: onPeople, types: choiceTypes, exact: []string{"hs_analytics_source", "LeadSource"},
		alike: []string{"lead source", "source", "original source", "original traffic source", "source du lead",
			"source d origine", "provenance", "origine du contact", "canal", "canal d acquisition"},
		unlike: []string{"record", "id", "data", "drill", "url", "detail", "latest", "last", "object"},
		why:    "where people come from"},
	{name: "lead_origin", objects: onPeople, types: choiceTypes, alike: []string{"lead origin", "origin", "origine",
		"origine du lead"}, unlike: []string{"id", "url", "date", "contact"}, why: "how people got in"},
	{name: "heard_from", objects: onPeople, types: choiceTypes, alike: []string{"how did you hear about",
		"how did you hear", "comment nous avez vous connus", "comment avez vous connu"},
		why: "how people heard of you"},
	{name: "lifecycle", objects: onPeople, types: choiceTypes, exact: []string{"lifecyclestage"},
		alike: []string{"lifecycle stage", "lifecycle", "phase du cycle de vie", "etape du cycle de vie",
			"cycle de vie"},
		unlike: []string{"date", "time", "cumulative"}, why: "customers and leads are not the same"},
	{name: "lead_status", objects: onPeople, types: choiceTypes, exact: []string{"hs_lead_status", "Status"},
		alike:  []string{"lead status", "statut du lead", "statut", "statut du prospect"},
		unlike: []string{"email", "marketing", "subscription", "membership"}, why: "what sales found out"},
	{name: "budget", objects: onPeople, typ: scoring.Number, types: countTypes, alike: []string{"budget",
		"budget annuel", "estimated budget", "budget estime"}, why: "money to spend"},
	{name: "interest", objects: onPeople, types: choiceTypes, alike: []string{"product interest", "interested in",
		"specialization", "specialisation", "centre d interet", "interesse par", "produit souhaite",
		"topic of interest"}, why: "what people want"},
	{name: "time_on_site", objects: onPeople, typ: scoring.Number, types: countTypes,
		alike: []string{"total time spent on website", "time spent on website", "time on site", "time on website",
			"temps passe sur le site"}, why: "time spent on your pages"},
	{name: "pages_per_visit", objects: onPeople, typ: scoring.Number, types: countTypes,
		exact: []string{"hs_analytics_average_page_views"}, alike: []string{"page views per visit", "pages per visit",
			"pages par visite", "pages vues par visite"}, why: "depth of visits"},
	{name: "created", objects: onPeople, typ: scoring.Date, types: dateTypes, exact: []string{"createdate",
		"CreatedDate"}, alike: []string{"create date", "created date", "created at", "creation date",
		"date de creation", "created on"}, why: "age of the record"},
}

// counterConcept is activity of which only a count and the latest date are kept.
type counterConcept struct {
	name        string
	count, last concept
	needsCount  bool // the date alone would say too little
	why         string
}

var counterConcepts = []counterConcept{
	{name: "form", why: "filled in a form",
		count: concept{types: countTypes, exact: []string{"num_conversion_events"},
			alike: []string{"number of form submissions", "form submissions", "formulaires remplis",
				"nombre de formulaires envoyes"}, unlike: []string{"unique"}},
		last: concept{types: dateTypes, exact: []string{"recent_conversion_date"},
			alike:  []string{"recent conversion date", "last form submission date", "date du dernier formulaire"},
			unlike: []string{"first"}}},
	{name: "email_click", why: "clicked in a marketing e-mail",
		count: concept{types: countTypes, exact: []string{"hs_email_click"}, alike: []string{"emails clicked",
			"email clicks", "e mail clicks", "marketing emails clicked", "clics e mail", "clics email",
			"e mails cliques"}, unlike: []string{"last", "first"}},
		last: concept{types: dateTypes, exact: []string{"hs_email_last_click_date"},
			alike: []string{"last email click date", "last marketing email click date", "last email click",
				"dernier clic e mail", "dernier clic email"}, unlike: []string{"first"}}},
	{name: "email_open", why: "opened a marketing e-mail (weak: mail programs open by themselves)",
		count: concept{types: countTypes, exact: []string{"hs_email_open"}, alike: []string{"emails opened",
			"email opens", "e mail opens", "marketing emails opened", "ouvertures e mail", "ouvertures email",
			"e mails ouverts"}, unlike: []string{"last", "first"}},
		last: concept{types: dateTypes, exact: []string{"hs_email_last_open_date"},
			alike: []string{"last email open date", "last marketing email open date", "last email open",
				"derniere ouverture e mail", "derniere ouverture email"}, unlike: []string{"first"}}},
	{name: "email_reply", why: "replied to a marketing e-mail",
		count: concept{types: countTypes, exact: []string{"hs_email_replied"}, alike: []string{"emails replied",
			"email replies", "reponses e mail", "reponses email"}, unlike: []string{"last", "first"}},
		last: concept{types: dateTypes, exact: []string{"hs_email_last_reply_date"},
			alike: []string{"last email reply date", "derniere reponse e mail"}, unlike: []string{"first"}}},
	{name: "sales_reply", why: "replied to a salesperson",
		last: concept{types: dateTypes, exact: []string{"hs_sales_email_last_replied"},
			alike: []string{"recent sales email replied date"}}, count: never},
	{name: "page_view", needsCount: true, why: "looked at your pages",
		count: concept{types: countTypes, exact: []string{"hs_analytics_num_page_views"},
			alike:  []string{"number of pageviews", "page views", "pageviews", "pages vues", "nombre de pages vues"},
			unlike: []string{"per", "average", "par"}},
		last: concept{types: dateTypes, exact: []string{"hs_analytics_last_timestamp"},
			alike: []string{"last page view date", "time last seen", "derniere page vue"}, unlike: []string{"first"}}},
	{name: "visit", needsCount: true, why: "came to your site",
		count: concept{types: countTypes, exact: []string{"hs_analytics_num_visits"}, alike: []string{"total visits",
			"number of sessions", "number of visits", "visits", "sessions", "nombre de visites", "nombre de sessions",
			"visites"}, unlike: []string{"per", "average", "par", "last"}},
		last: concept{types: dateTypes, exact: []string{"hs_analytics_last_visit_timestamp"},
			alike: []string{"last visit date", "last visit", "time of last session", "derniere visite",
				"date de derniere visite"}, unlike: []string{"first"}}},
	{name: "download", needsCount: true, why: "downloaded something",
		count: concept{types: countTypes, alike: []string{"downloads", "number of downloads", "telechargements",
			"nombre de telechargements"}, unlike: []string{"last"}},
		last: concept{types: dateTypes, alike: []string{"last download date", "last download", "dernier telechargement"}}},
	{name: "webinar", needsCount: true, why: "attended a webinar",
		count: concept{types: []crm.Type{crm.Number}, alike: []string{"webinars attended", "webinars",
			"number of webinars", "webinaires", "webinaires suivis"}, unlike: []string{"last"}},
		last: concept{types: dateTypes, alike: []string{"last webinar date", "last webinar attended", "dernier webinaire"}}},
}

// never is a concept no field has.
var never = concept{types: []crm.Type{"none"}}

// sourceConcept is activity a CRM keeps as records.
type sourceConcept struct {
	name, source string
	when         []Condition // the first whose field exists and can have the value
	always       string      // a field that tells that every record counts, where the object has it
	time         []string    // fields with the moment, better than the CRM's own; the first that exists
	why          string
}

func (c sourceConcept) timeIn(s crm.Schema) string {
	for _, name := range c.time {
		if _, ok := s.Field(name); ok {
			return name
		}
	}
	return ""
}

var sourceConcepts = []sourceConcept{
	{name: "meeting", source: crm.Meetings,
		why: "a meeting was held", when: []Condition{{"hs_meeting_outcome", []string{"COMPLETED"}}}, always: "StartDateTime"},
	{name: "call", source: crm.Calls,
		why: "someone answered the phone", when: []Condition{{"hs_call_status", []string{"COMPLETED"}}}, always: "CallDurationInSeconds"},
	{name: "campaign", source: crm.Campaigns,
		why: "answered a campaign", when: []Condition{{"HasResponded", []string{"true"}}}},
	{name: "sales_reply", source: crm.Emails,
		why: "wrote to a salesperson", when: []Condition{{"Incoming", []string{"true"}}}},
	{name: "deal_open", source: crm.Deals, why: "is about to buy", time: []string{"CreatedDate"}, when: []Condition{{"IsClosed", []string{"false"}}}},
	{name: "purchase", source: crm.Deals, why: "bought something", time: []string{"closedate", "CloseDate"},
		when: []Condition{{"hs_is_closed_won", []string{"true"}}, {"dealstage", []string{"closedwon"}}, {"IsWon", []string{"true"}}, {"StageName", []string{"Closed Won"}}}},
}
