// Package connectors is the list of CRMs Barème can read and write. A new one is a folder and one line here.
package connectors

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
)

// Settings are what connectors take from the environment, secrets included.
type Settings struct {
	HubSpot    hubspot.Settings    `envconfig:"HUBSPOT"`
	Salesforce salesforce.Settings `envconfig:"SALESFORCE"`
}

// An Opener makes the connector of one CRM from its settings.
type Opener func(Settings, func() time.Time, *logrus.Entry) (crm.Connector, error)

// known is the list.
var known = map[string]Opener{
	"hubspot":    openHubSpot,
	"salesforce": openSalesforce,
}

// Names lists the CRMs that can be opened, in order.
func Names() []string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Open makes the connector of the CRM of that name, on the machine's clock or one that stands for it. It makes no call: a
// wrong credential shows at the first one.
func Open(name string, s Settings, now func() time.Time, log *logrus.Entry) (crm.Connector, error) {
	open, ok := known[name]
	if !ok {
		return nil, &crm.Error{Kind: crm.ErrInvalid, Message: fmt.Sprintf("no connector for %q", name),
			Hint: "Known are: " + strings.Join(Names(), ", ")}
	}
	return open(s, now, log)
}

func openHubSpot(s Settings, now func() time.Time, log *logrus.Entry) (crm.Connector, error) {
	o, err := s.HubSpot.Options()
	if err != nil {
		return nil, err
	}
	o.Now, o.Logger = now, log
	return hubspot.New(o)
}

func openSalesforce(s Settings, now func() time.Time, log *logrus.Entry) (crm.Connector, error) {
	o := s.Salesforce.Options()
	o.Now, o.Logger = now, log
	return salesforce.New(o)
}
