package hubspot

import "github.com/bareme/bareme/connectors/internal/rest"

// Settings are the connector's environment variables, as package envconfig reads them: BAREME_HUBSPOT_TOKEN and so on
// under the prefix the program gives. The names come from the fields: an envconfig tag would make envconfig take TOKEN and
// BASE_URL without the prefix, too.
type Settings struct {
	Token            rest.Secret `split_words:"true" desc:"Service key or private app token"`
	TokenFile        string      `split_words:"true" desc:"File that holds the token; read again when HubSpot refuses the token"`
	BaseURL          string      `split_words:"true" default:"https://api.hubapi.com" desc:"Root of the API; http is accepted on this machine only"`
	APIVersion       string      `split_words:"true" default:"2026-09" desc:"Dated version of the API, or v3 for the undated paths"`
	ClientID         string      `split_words:"true" desc:"OAuth: client id of the app"`
	ClientSecret     rest.Secret `split_words:"true" desc:"OAuth: client secret of the app"`
	ClientSecretFile string      `split_words:"true" desc:"OAuth: file that holds the client secret; read again when HubSpot refuses it"`
	RefreshToken     rest.Secret `split_words:"true" desc:"OAuth: refresh token of the installation"`
	RefreshTokenFile string      `split_words:"true" desc:"OAuth: file that holds the refresh token; read again when HubSpot refuses it"`
	DailyShare       float64     `split_words:"true" default:"0.5" desc:"Share of the calls left today that one run may spend, above 0 and up to 1"`
}

// Options turns settings into options; secrets in files are read here, except the token, which is read when needed;
// all are read again when HubSpot refuses them.
func (s Settings) Options() (Options, error) {
	o := Options{BaseURL: s.BaseURL, Dialect: s.APIVersion, Token: s.Token.Reveal(), TokenFile: s.TokenFile, DailyShare: s.DailyShare}
	var err error
	o.OAuth.ClientID = s.ClientID
	if o.OAuth.ClientSecret, err = either(s.ClientSecret, s.ClientSecretFile); err != nil {
		return Options{}, err
	}
	if o.OAuth.RefreshToken, err = either(s.RefreshToken, s.RefreshTokenFile); err != nil {
		return Options{}, err
	}
	o.OAuth.ClientSecretFile, o.OAuth.RefreshTokenFile = s.ClientSecretFile, s.RefreshTokenFile
	return o, nil
}

func either(secret rest.Secret, path string) (string, error) {
	if path == "" {
		return secret.Reveal(), nil
	}
	fromFile, err := readCredential(path)
	return fromFile.Reveal(), err
}
