package hubspot

import (
	"errors"
	"fmt"

	"github.com/kelseyhightower/envconfig"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// Prefix begins the name of every environment variable of this connector.
const Prefix = "BAREME_HUBSPOT"

// Settings are the connector's environment variables, BAREME_HUBSPOT_TOKEN and so on.
type Settings struct {
	Token            rest.Secret `envconfig:"TOKEN" desc:"Service key or private app token"`
	TokenFile        string      `envconfig:"TOKEN_FILE" desc:"File that holds the token; read again when HubSpot refuses the token"`
	BaseURL          string      `envconfig:"BASE_URL" default:"https://api.hubapi.com" desc:"Root of the API; http is accepted on this machine only"`
	APIVersion       string      `envconfig:"API_VERSION" default:"2026-09" desc:"Dated version of the API, or v3 for the undated paths"`
	ClientID         string      `envconfig:"CLIENT_ID" desc:"OAuth: client id of the app"`
	ClientSecret     rest.Secret `envconfig:"CLIENT_SECRET" desc:"OAuth: client secret of the app"`
	ClientSecretFile string      `envconfig:"CLIENT_SECRET_FILE" desc:"OAuth: file that holds the client secret"`
	RefreshToken     rest.Secret `envconfig:"REFRESH_TOKEN" desc:"OAuth: refresh token of the installation"`
	RefreshTokenFile string      `envconfig:"REFRESH_TOKEN_FILE" desc:"OAuth: file that holds the refresh token"`
	DailyShare       float64     `envconfig:"DAILY_SHARE" default:"0.5" desc:"Share of the calls left today that one run may spend, above 0 and up to 1"`
}

// Load reads the settings from the environment. Its errors name the variable and never its value.
func Load() (Settings, error) {
	var s Settings
	err := envconfig.Process(Prefix, &s)
	var parse *envconfig.ParseError
	if errors.As(err, &parse) {
		// envconfig's own text prints the value, and so does the cause it wraps.
		return Settings{}, &crm.Error{Kind: crm.ErrInvalid, Op: "settings", Field: parse.KeyName,
			Message: fmt.Sprintf("the value is not a %s", parse.TypeName)}
	}
	if err != nil {
		return Settings{}, &crm.Error{Kind: crm.ErrInvalid, Op: "settings", Message: "the environment cannot be read"}
	}
	return s, nil
}

// Options turns settings into options; secrets in files are read here, except the token, which is read when needed.
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
	return o, nil
}

func either(secret rest.Secret, path string) (string, error) {
	if path == "" {
		return secret.Reveal(), nil
	}
	fromFile, err := readCredential(path)
	return fromFile.Reveal(), err
}
