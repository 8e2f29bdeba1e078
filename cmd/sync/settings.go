package main

//go:generate go test . -run TestConfigurationReferenceIsCurrent -update

import (
	"time"

	"github.com/bareme/bareme/alert/channel"
	"github.com/bareme/bareme/connectors"
	"github.com/bareme/bareme/worker"
)

// Settings are what the program takes from the environment, each under the prefix BAREME_. Secrets come from here and
// from nowhere else: the model file holds none.
type Settings struct {
	Model           string `default:"bareme.yaml" desc:"the model file"`
	State           string `desc:"the state file; without it, bareme.db in the platform's state directory"`
	DatabaseURL     secret `split_words:"true" desc:"PostgreSQL database for state, such as postgres://user:password@host/database?sslmode=verify-full; lets several processes work together. Without it, state is in the state file"`
	DatabaseURLFile string `split_words:"true" desc:"file that holds the database URL; read again for each new connection"`

	KeepRuns   int `split_words:"true" default:"90" desc:"days that the reports of runs, and alerts that were sent or given up, are kept, but for the last 20 runs; 0: for ever"`
	KeepLedger int `split_words:"true" default:"400" desc:"days that the ledger keeps what was written and why, but for the last 20 entries of a record; 0: for ever"`

	LogLevel  string `split_words:"true" default:"warn" desc:"debug, info, warn or error"`
	LogFormat string `split_words:"true" default:"text" desc:"text or json"`

	connectors.Settings
	AlertSettings
}

// AlertSettings are those of the channels alerts go through.
type AlertSettings = channel.Settings

// keptAnyhow is how many of the last runs, and of the last entries of a record, stay however old they are.
const keptAnyhow = 20

func (s *Settings) retention() worker.Retention {
	const day = 24 * time.Hour
	return worker.Retention{Runs: time.Duration(s.KeepRuns) * day, Ledger: time.Duration(s.KeepLedger) * day, Last: keptAnyhow}
}
