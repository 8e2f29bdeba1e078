package salesforce

import (
	"strings"

	"github.com/bareme/bareme/sandbox/population"
)

// individualText is the object that comes with Data Protection and Privacy, as objects.txt would have it.
//
// Salesforce: Object Reference, Individual.
const individualText = `
Individual 0PK Individual Individuals
  MasterRecordId reference(Individual) readonly
  LastName string(80) required part=Name
  FirstName string(40) part=Name
  Salutation picklist(Mr.|Ms.|Mrs.|Dr.|Prof.) part=Name
  Name string(121) calculated
  OwnerId reference(User) child=Individuals
  BirthDate date
  DeathDate date
  IndividualsAge picklist(13_or_Older|16_or_Older)
  HasOptedOutTracking boolean
  HasOptedOutProfiling boolean
  HasOptedOutProcessing boolean
  HasOptedOutSolicit boolean
  HasOptedOutGeoTracking boolean
  ShouldForget boolean
  SendIndividualData boolean
  CanStorePiiElsewhere boolean
`

// addIndividuals adds what Data Protection and Privacy brings: the object, and the fields of leads and contacts that name
// whose data they are.
func (s *Sandbox) addIndividuals() {
	all, err := readObjects(individualText)
	if err != nil {
		return // cannot happen: a test reads the object
	}
	for _, o := range all {
		s.order = append(s.order, o)
		s.objects[strings.ToLower(o.name)] = o
	}
	for _, name := range []string{"lead", "contact"} {
		o := s.objects[name]
		f, err := newField("IndividualId", "reference(Individual)")
		if err != nil {
			return // as above
		}
		f.child = o.plural
		o.addField(f)
	}
}

// individual makes what one person in eight has said about their data, and returns its id; "" for the others. Who
// unsubscribed has opted out of being solicited, and some besides of being profiled, of being processed at all, or have
// asked to be forgotten.
func (p *seeder) individual(i int, x population.Person) string {
	if p.s.objects["individual"] == nil || i%8 != 3 {
		return ""
	}
	said := i / 8 % 8
	return p.row("individual", at{x.Created, x.Modified}, values{"FirstName": x.First, "LastName": x.Last, "OwnerId": p.owner(x),
		"HasOptedOutSolicit": x.OptedOut, "HasOptedOutProfiling": said == 0 || said == 1, "HasOptedOutProcessing": said == 1,
		"HasOptedOutTracking": said == 2, "ShouldForget": said == 3}).id
}
