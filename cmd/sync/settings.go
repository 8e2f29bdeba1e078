package main

//go:generate go test . -run TestConfigurationReferenceIsCurrent -update

import "github.com/bareme/bareme/connectors"

// Settings are what the program takes from the environment, each under the prefix BAREME_. Secrets come from here and
// from nowhere else: the model file holds none.
type Settings struct {
	Model           string `default:"bareme.yaml" desc:"the model file"`
	State           string `desc:"the state file; without it, bareme.db in the platform's state directory"`
	DatabaseURL     secret `split_words:"true" desc:"PostgreSQL database for state, such as postgres://user:password@host/database?sslmode=verify-full; lets several processes work together. Without it, state is in the state file"`
	DatabaseURLFile string `split_words:"true" desc:"file that holds the database URL"`

	LogLevel  string `split_words:"true" default:"warn" desc:"debug, info, warn or error"`
	LogFormat string `split_words:"true" default:"text" desc:"text or json"`

	connectors.Settings
}
