package salesforce

import (
	"os"
	"strings"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// Settings are the connector's environment variables, as package envconfig reads them: BAREME_SALESFORCE_LOGIN_URL and so
// on under the prefix the program gives.
type Settings struct {
	LoginURL         string      `split_words:"true" desc:"My Domain of the org, like https://example.my.salesforce.com"`
	ClientID         string      `split_words:"true" desc:"Consumer key of the external client app"`
	ClientSecret     rest.Secret `split_words:"true" desc:"Consumer secret, for the client credentials flow"`
	ClientSecretFile string      `split_words:"true" desc:"File that holds the consumer secret"`
	Username         string      `split_words:"true" desc:"JWT bearer flow: the user to act as"`
	KeyFile          string      `split_words:"true" desc:"JWT bearer flow: file with the RSA private key (PEM)"`
	Audience         string      `split_words:"true" desc:"JWT bearer flow: the audience; without it https://login.salesforce.com, or https://test.salesforce.com for a sandbox's My Domain"`
	APIVersion       string      `split_words:"true" default:"66.0" desc:"Version of the API"`
	People           []string    `split_words:"true" default:"Lead,Contact" desc:"Objects that are people: Lead, Contact or both"`
	OrgShare         float64     `split_words:"true" default:"0.8" desc:"Share of the org's calls in 24 hours, by all programs, beyond which a run stops"`
	RunShare         float64     `split_words:"true" default:"0.25" desc:"Share of the org's calls in 24 hours that one run may spend"`
	BulkRead         int         `split_words:"true" default:"20000" desc:"Rows above which a read goes through Bulk API 2.0"`
	BulkWrite        int         `split_words:"true" default:"2000" desc:"Records above which a write goes through Bulk API 2.0"`
	Loopback         bool        `split_words:"true" desc:"Accept a simulated Salesforce on this machine"`
}

// Options turns settings into options; a secret in a file is read here, the private key when it is needed.
func (s Settings) Options() (Options, error) {
	o := Options{
		LoginURL: s.LoginURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal(),
		JWT:        JWT{Username: s.Username, KeyFile: s.KeyFile, Audience: s.Audience},
		APIVersion: s.APIVersion, People: s.People, OrgShare: s.OrgShare, RunShare: s.RunShare,
		BulkRead: s.BulkRead, BulkWrite: s.BulkWrite, Loopback: s.Loopback,
	}
	if s.ClientSecretFile == "" {
		return o, nil
	}
	raw, err := os.ReadFile(s.ClientSecretFile)
	if err != nil {
		return Options{}, &crm.Error{Kind: crm.ErrAuth, Op: opLogin, Message: "the file of the consumer secret cannot be read", Err: err}
	}
	o.ClientSecret = strings.TrimSpace(string(raw))
	return o, nil
}
