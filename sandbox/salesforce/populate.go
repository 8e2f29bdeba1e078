package salesforce

import (
	"fmt"
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/population"
)

// LeadID and ContactID are the ids that person i of the population has in every org that knows them, so that another
// sandbox can refer to them.
func LeadID(i int) string { return recordID("00Q", uint64(i)+1) }

// ContactID is the id of person i as a contact.
func ContactID(i int) string { return recordID("003", uint64(i)+1) }

// AccountID is the id of company i of the population as an account.
func AccountID(i int) string { return recordID("001", uint64(i)+1) }

// strangers is how many people only this org knows, for each of those it shares with the other CRM's population.
const strangers = 4 // one for four

// seeder turns people of the population into records.
type seeder struct {
	founder
	now       time.Time
	users     []string
	accounts  []string
	campaigns []string
	archive   time.Time // activities before it are archived
}

// populate fills a new org from the invented population. People the HubSpot sandbox knows under the same seed, size and
// moment have the same names and e-mail addresses here.
func (s *Sandbox) populate(o Options) {
	if o.People == 0 {
		return
	}
	companies := o.Companies
	if companies == 0 {
		companies = o.People / 10
	}
	now := s.Now()
	all := o.People + o.People/strangers
	w := population.New(o.Seed, all, companies, now)
	p := &seeder{founder: founder{s, s.adminID}, now: now, archive: now.AddDate(-1, 0, 0)}
	p.organise(w)
	for i := range w.Companies() {
		p.accounts = append(p.accounts, p.account(w.Company(i)))
	}
	for i, person := range w.People() {
		standing := w.Elsewhere(i)
		if i >= o.People && !standing.Lead {
			standing.Contact = true
		}
		p.person(i, person, standing)
	}
	for _, name := range []string{"lead", "contact"} {
		s.objects[name].next = uint64(all) + 1
	}
	p.conflicts(w)
}

// organise makes users and campaigns.
func (p *seeder) organise(w *population.World) {
	long := at{p.now.AddDate(-4, 0, 0), p.now.AddDate(-1, 0, 0)}
	for _, o := range w.Owners() {
		p.users = append(p.users, p.user(long, o.Email, o.First, o.Last, p.s.objects["profile"].rows[0].id).id)
	}
	for i, name := range []string{"Newsletter", "Webinar", "Trade show", "White paper", "Product launch", "Customer day"} {
		start := p.now.AddDate(0, -3*(6-i), 0)
		p.campaigns = append(p.campaigns, p.row("campaign", at{start, start}, values{"Name": fmt.Sprintf("%s %d", name, start.Year()),
			"Type": []string{"Email", "Webinar", "Trade Show", "Advertisement", "Email", "Conference"}[i], "Status": "In Progress", "IsActive": true,
			"StartDate": day(start), "OwnerId": p.users[i]}).id)
	}
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

func (p *seeder) account(c population.Company) string {
	v := values{"Name": c.Name, "Website": "https://www." + c.Domain, "Industry": industry(c.Industry), "BillingCountry": c.Country,
		"BillingCity": c.City, "YearStarted": fmt.Sprint(c.Founded), "OwnerId": p.users[len(p.accounts)%len(p.users)], "Type": "Prospect"}
	if c.Employees > 0 {
		v["NumberOfEmployees"] = float64(c.Employees)
	}
	if c.Revenue > 0 {
		v["AnnualRevenue"] = float64(c.Revenue)
	}
	return p.row("account", at{c.Created, c.Created}, v).id
}

// industry puts the population's industries into Salesforce's.
func industry(name string) string {
	for part, of := range map[string]string{"SOFTWARE": "Technology", "INFORMATION": "Technology", "CONSULTING": "Consulting", "FINANCIAL": "Finance",
		"MARKETING": "Media", "MACHINERY": "Machinery", "CONSTRUCTION": "Construction", "RETAIL": "Retail", "HOSPITAL_": "Healthcare",
		"LOGISTICS": "Transportation", "INSURANCE": "Insurance", "FOOD": "Food & Beverage", "EDUCATION": "Education", "BANKING": "Banking",
		"PHARMA": "Biotechnology", "TELECOM": "Telecommunications", "RENEWABLES": "Energy", "HOSPITALITY": "Hospitality", "AUTOMOTIVE": "Manufacturing",
		"CHEMICALS": "Manufacturing", "NON_PROFIT": "Not For Profit", "GOVERNMENT": "Government", "TEXTILES": "Manufacturing"} {
		if strings.HasPrefix(name, part) {
			return of
		}
	}
	if name == "" {
		return ""
	}
	return "Other"
}

// person makes the records of one person: a lead, a contact, or both when the lead was converted.
func (p *seeder) person(i int, x population.Person, standing population.Standing) {
	id, individual := "", ""
	if standing.Contact || standing.Lead {
		individual = p.individual(i, x)
	}
	if standing.Contact {
		id = p.contact(i, x, individual)
	}
	if standing.Lead {
		lead := p.lead(i, x, id, individual)
		if id == "" {
			id = lead
		}
	}
	if id == "" {
		return
	}
	p.activities(x, id)
	p.memberships(i, x, id)
	if standing.Contact {
		p.deals(x, id)
	}
}

func (p *seeder) owner(x population.Person) string {
	if x.Owner < 0 {
		return p.s.adminID
	}
	return p.users[x.Owner]
}

// identity are the values leads and contacts share.
func (p *seeder) identity(x population.Person, individual string) values {
	v := values{"FirstName": x.First, "LastName": x.Last, "Email": x.Email, "Title": x.Title, "Phone": x.Phone, "OwnerId": p.owner(x),
		"LeadSource": map[string]string{"ORGANIC_SEARCH": "Web", "DIRECT_TRAFFIC": "Web", "PAID_SEARCH": "Web", "REFERRALS": "Partner Referral",
			"OFFLINE": "Phone Inquiry"}[x.Source], "HasOptedOutOfEmail": x.OptedOut, "IndividualId": individual}
	if x.Bounced {
		v["EmailBouncedReason"], v["EmailBouncedDate"] = "5.1.1 unknown user", x.Modified.Truncate(time.Second)
	}
	if last := p.lastActivity(x); !last.IsZero() {
		v["LastActivityDate"] = day(last)
	}
	return v
}

func (p *seeder) lastActivity(x population.Person) time.Time {
	last := time.Time{}
	for _, a := range x.Activities {
		if a.At.Before(p.now) && a.Kind != "note" {
			last = a.At
		}
	}
	return last
}

func (p *seeder) contact(i int, x population.Person, individual string) string {
	v := p.identity(x, individual)
	v["MailingCountry"], v["MailingCity"] = x.Country, x.City
	if x.Company >= 0 {
		v["AccountId"] = p.accounts[x.Company]
	} else if p.s.personAccounts {
		return p.personAccount(i, x, v)
	}
	p.s.objects["contact"].next = uint64(i) + 1
	return p.row("contact", at{x.Created, x.Modified}, v).id
}

// personAccount makes the account and the contact of a person who works for nobody.
func (p *seeder) personAccount(i int, x population.Person, v values) string {
	when := at{x.Created, x.Modified}
	account := p.row("account", when, values{"Name": strings.TrimSpace(x.First + " " + x.Last), "OwnerId": p.owner(x), "IsPersonAccount": true,
		"PersonContactId": ContactID(i)})
	v["AccountId"], v["IsPersonAccount"] = account.id, true
	p.s.objects["contact"].next = uint64(i) + 1
	return p.row("contact", when, v).id
}

// leadStatuses by the population's.
func leadStatus(x population.Person) string {
	switch x.Status {
	case "", "NEW", "OPEN":
		return "Open - Not Contacted"
	case "UNQUALIFIED", "BAD_TIMING":
		return "Closed - Not Converted"
	}
	return "Working - Contacted"
}

// lead makes a lead; with a contact's id a converted one.
func (p *seeder) lead(i int, x population.Person, contact, individual string) string {
	v := p.identity(x, individual)
	v["Country"], v["City"], v["Status"], v["Company"] = x.Country, x.City, leadStatus(x), "[not provided]"
	if x.Company >= 0 {
		v["Company"] = p.s.objects["account"].byID[p.accounts[x.Company]].text("Name")
	}
	when := at{x.Created, x.Modified}
	if contact != "" {
		v["IsConverted"], v["Status"], v["ConvertedContactId"] = true, "Closed - Converted", contact
		v["ConvertedAccountId"] = p.s.objects["contact"].byID[contact].get(p.s.objects["contact"].must("AccountId"))
		v["ConvertedDate"] = day(x.Modified)
	}
	p.s.objects["lead"].next = uint64(i) + 1
	return p.row("lead", when, v).id
}

// conflicts are what every real org has: two contacts of one address, and mailboxes that several people share.
func (p *seeder) conflicts(w *population.World) {
	o := p.s.objects["contact"]
	twice := 0
	for i, r := range o.rows[:len(o.rows):len(o.rows)] {
		if email := r.text("Email"); email != "" && i%53 == 20 {
			twice++
			p.row("contact", at{moment(r.created), moment(r.modified)}, values{"FirstName": r.text("FirstName"), "LastName": r.text("LastName"),
				"Email": strings.ToUpper(email[:1]) + email[1:], "AccountId": p.accounts[twice%len(p.accounts)], "OwnerId": r.text("OwnerId")})
		}
	}
	for i, account := range p.accounts {
		if i%20 != 3 {
			continue
		}
		c := w.Company(i)
		for _, desk := range []string{"Reception", "Purchasing"} {
			p.row("contact", at{c.Created, c.Created}, values{"LastName": desk, "Email": "info@" + c.Domain, "AccountId": account, "OwnerId": p.users[i%len(p.users)]})
		}
	}
}
