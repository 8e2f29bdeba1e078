package salesforce

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/population"
)

// IDs are the ids of the live records of an object, in order.
func (s *Sandbox) IDs(object string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := s.objects[strings.ToLower(object)]
	if o == nil {
		return nil
	}
	var out []string
	for _, r := range o.rows {
		if !r.deleted {
			out = append(out, r.id)
		}
	}
	return out
}

// Drift lets n things happen in the org, as on an ordinary day: meetings and calls are held, opportunities move, leads
// arrive and are converted, users edit, merge and delete. It says what happened, in words. The same org, seed and number
// of earlier calls give the same day.
func (s *Sandbox) Drift(n int) []string {
	s.mu.Lock()
	s.drifts++
	d := &driftDay{s: s, now: s.Now().Truncate(time.Second), rand: rand.New(rand.NewPCG(uint64(s.seed), uint64(s.drifts)))}
	s.mu.Unlock()
	events := []func() (string, error){
		d.meets, d.calls, d.opens, d.moves, d.emails, d.arrives, d.meets, d.changesJob, d.responds, d.wins,
		d.calls, d.converts, d.edits, d.meets, d.merges, d.moves, d.optsOut, d.responds, d.leaves, d.opens,
	}
	var did []string
	for i := range n {
		words, err := events[i%len(events)]()
		if err != nil {
			words = "nothing came of: " + words + ": " + err.Error()
		}
		did = append(did, words)
	}
	return did
}

// driftDay is one day's chance.
type driftDay struct {
	s    *Sandbox
	now  time.Time
	rand *rand.Rand
}

// any draws a live record; "" when there is none.
func (d *driftDay) any(object string) string {
	ids := d.s.IDs(object)
	if len(ids) == 0 {
		return ""
	}
	return ids[d.rand.IntN(len(ids))]
}

func (d *driftDay) today() string { return d.now.Format(time.DateOnly) }

// person draws a contact, or, one time in three, a lead that is not converted.
func (d *driftDay) person() string {
	if d.rand.IntN(3) == 0 {
		if id := d.lead(); id != "" {
			return id
		}
	}
	return d.any("Contact")
}

// lead draws a lead that is not converted.
func (d *driftDay) lead() string {
	converted, err := d.s.Values("Lead", "IsConverted")
	if err != nil {
		return ""
	}
	ids := d.s.IDs("Lead")
	if len(ids) == 0 {
		return ""
	}
	from := d.rand.IntN(len(ids))
	for i := range ids {
		if id := ids[(from+i)%len(ids)]; converted[id]["IsConverted"] == "false" {
			return id
		}
	}
	return ""
}

func (d *driftDay) meets() (string, error) {
	id := d.person()
	start := d.now.Add(-time.Duration(1+d.rand.IntN(8)) * time.Hour)
	_, err := d.s.Create("Event", map[string]any{"WhoId": id, "Subject": "Démonstration", "StartDateTime": start, "DurationInMinutes": 45, "Type": "Meeting"})
	return "a meeting with " + id + " was held", err
}

func (d *driftDay) calls() (string, error) {
	id := d.person()
	_, err := d.s.Create("Task", map[string]any{"WhoId": id, "Subject": "Qualification", "TaskSubtype": "Call", "Status": "Completed",
		"ActivityDate": d.today(), "CallType": "Outbound", "CallDurationInSeconds": 240})
	return id + " was called", err
}

func (d *driftDay) emails() (string, error) {
	id := d.any("Contact")
	at := d.now.Add(-time.Duration(d.rand.IntN(500)) * time.Minute)
	message, err := d.s.Create("EmailMessage", map[string]any{"Subject": "Relance devis", "Incoming": true, "Status": "1", "MessageDate": at})
	if err == nil {
		_, err = d.s.Create("EmailMessageRelation", map[string]any{"EmailMessageId": message, "RelationId": id, "RelationType": "FromAddress"})
	}
	return id + " answered an e-mail", err
}

func (d *driftDay) responds() (string, error) {
	id, campaign := d.person(), d.any("Campaign")
	values := map[string]any{"CampaignId": campaign, "Status": "Responded", "ContactId": id}
	if strings.HasPrefix(id, "00Q") {
		values["LeadId"] = id
		delete(values, "ContactId")
	}
	_, err := d.s.Create("CampaignMember", values)
	return id + " responded to a campaign", err
}

func (d *driftDay) opens() (string, error) {
	id := d.any("Contact")
	amount := 1000 * (1 + d.rand.IntN(60))
	opportunity, err := d.s.Create("Opportunity", map[string]any{"Name": "Licence Pro", "StageName": "Qualification", "Amount": amount,
		"CloseDate": d.now.AddDate(0, 2, 0).Format(time.DateOnly), "ContactId": id})
	if err == nil {
		_, err = d.s.Create("OpportunityContactRole", map[string]any{"OpportunityId": opportunity, "ContactId": id, "IsPrimary": true})
	}
	return fmt.Sprintf("an opportunity of %d with %s was opened", amount, id), err
}

func (d *driftDay) moves() (string, error) { return d.stage("Negotiation/Review", "moved on") }
func (d *driftDay) wins() (string, error)  { return d.stage("Closed Won", "was won") }

func (d *driftDay) stage(stage, words string) (string, error) {
	closed, err := d.s.Values("Opportunity", "IsClosed")
	for _, id := range d.s.IDs("Opportunity") {
		if closed[id]["IsClosed"] == "false" {
			return "opportunity " + id + " " + words, d.s.Change(id, map[string]any{"StageName": stage}, 0)
		}
	}
	return "no opportunity is open", err
}

func (d *driftDay) arrives() (string, error) {
	name := strconv.FormatUint(d.rand.Uint64()%1_000_000, 36)
	id, err := d.s.Create("Lead", map[string]any{"LastName": "Lead " + name, "Company": "Nouveau " + name, "Title": "Directrice Marketing",
		"Email": "lead." + name + "@nouveau.example", "Country": "France", "LeadSource": "Web"})
	return "lead " + id + " is new", err
}

func (d *driftDay) converts() (string, error) {
	id := d.lead()
	contact, err := d.s.Convert(id, "", "", "")
	return "lead " + id + " was converted to " + contact, err
}

func (d *driftDay) changesJob() (string, error) {
	id, title := d.person(), population.JobTitle(d.rand.Uint64(), d.rand.IntN(2) == 0)
	return id + " is now " + title, d.s.Change(id, map[string]any{"Title": title}, 0)
}

func (d *driftDay) edits() (string, error) {
	id := d.any("Account")
	return "a user set the industry of account " + id, d.s.Change(id, map[string]any{"Industry": "Technology"}, 0)
}

func (d *driftDay) optsOut() (string, error) {
	id := d.person()
	return id + " unsubscribed", d.s.Change(id, map[string]any{"HasOptedOutOfEmail": true}, 0)
}

func (d *driftDay) leaves() (string, error) {
	id := d.any("Contact")
	return "contact " + id + " was deleted", d.s.Delete(id)
}

func (d *driftDay) merges() (string, error) {
	id, other := d.any("Contact"), d.any("Contact")
	if id == other {
		return id + " was looked at for doubles", nil
	}
	return "contact " + other + " was merged into " + id, d.s.Merge(id, other)
}
