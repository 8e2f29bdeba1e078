package salesforce

import "github.com/bareme/bareme/connectors/internal/rest"

// Settings are the connector's environment variables, as package envconfig reads them: BAREME_SALESFORCE_LOGIN_URL and so
// on under the prefix the program gives.
type Settings struct {
	LoginURL         string      `split_words:"true" desc:"My Domain of the org, like https://example.my.salesforce.com"`
	ClientID         string      `split_words:"true" desc:"Consumer key of the external client app"`
	ClientSecret     rest.Secret `split_words:"true" desc:"Consumer secret, for the client credentials flow"`
	ClientSecretFile string      `split_words:"true" desc:"File that holds the consumer secret; read again at each login"`
	Username         string      `split_words:"true" desc:"JWT bearer flow: the user to act as"`
	KeyFile          string      `split_words:"true" desc:"JWT bearer flow: file with the RSA private key (PEM); read again at each login"`
	Audience         string      `split_words:"true" desc:"JWT bearer flow: the audience; without it https://login.salesforce.com, or https://test.salesforce.com for a sandbox's My Domain"`
	APIVersion       string      `split_words:"true" default:"66.0" desc:"Version of the API"`
	People           []string    `split_words:"true" default:"Lead,Contact" desc:"Objects that are people: Lead, Contact or both"`
	OrgShare         float64     `split_words:"true" default:"0.8" desc:"Share of the org's calls in 24 hours, by all programs, beyond which a run stops"`
	RunShare         float64     `split_words:"true" default:"0.25" desc:"Share of the org's calls in 24 hours that one run may spend"`
	BulkRead         int         `split_words:"true" default:"20000" desc:"Rows above which a read goes through Bulk API 2.0"`
	BulkWrite        int         `split_words:"true" default:"2000" desc:"Records above which a write goes through Bulk API 2.0"`
	Loopback         bool        `split_words:"true" desc:"Accept a simulated Salesforce on this machine"`
}

// Options turns settings into options. Files are read when a connector is made of them, and at each login.
func (s Settings) Options() Options {
	return Options{
		LoginURL: s.LoginURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal(), ClientSecretFile: s.ClientSecretFile,
		JWT:        JWT{Username: s.Username, KeyFile: s.KeyFile, Audience: s.Audience},
		APIVersion: s.APIVersion, People: s.People, OrgShare: s.OrgShare, RunShare: s.RunShare,
		BulkRead: s.BulkRead, BulkWrite: s.BulkWrite, Loopback: s.Loopback,
	}
}
