package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// Every Salesforce sandbox opens to these: they protect nothing.
const (
	sandboxClientID     = "sandbox-client"
	sandboxClientSecret = "sandbox-secret"
)

func (p *program) sandboxSalesforceCommand() *cobra.Command {
	var listen, keyFile string
	var people int
	var seed int64
	var noLimits, personAccounts, individuals bool
	var latency time.Duration
	cmd := &cobra.Command{
		Use:   "salesforce",
		Short: "Start a made-up Salesforce org",
		Long: `Serves a simulated Salesforce org with invented leads, contacts, accounts, opportunities and activities, real quotas and
real error answers. With the same seed and size it holds about half of the HubSpot sandbox's people, under the same e-mail
addresses. What it supports is listed in sandbox/README.md; it is controlled under /_sandbox/.`,
		Example: example("bareme sandbox salesforce --listen 127.0.0.1:8788 --people 2000 --seed 1",
			"bareme sandbox salesforce --key-file sandbox-key.pem   # for JWT bearer"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := salesforce.Options{Seed: seed, People: people, Latency: latency, PersonAccounts: personAccounts, Individuals: individuals}
			if noLimits { // told in the headers, so that clients do not hold themselves back
				o.Limits = salesforce.Limits{Daily: 1_000_000_000, Concurrent: 1_000_000}
			}
			box := salesforce.New(o)
			if keyFile != "" {
				if err := writeSandboxKey(box, keyFile); err != nil {
					return err
				}
			}
			s, err := serve(cmd.Context(), listen, box)
			if err != nil {
				return err
			}
			p.printf("Salesforce sandbox from a population of %s at %s\n", counted(people, "person", "people"), s.url)
			p.printf("  login URL %s, client id %s, client secret %s, user %s\n", s.url, sandboxClientID, sandboxClientSecret, salesforce.WorkerUser)
			p.printf("  export BAREME_SALESFORCE_LOGIN_URL=%s BAREME_SALESFORCE_LOOPBACK=true\n", s.url)
			if keyFile == "" {
				p.printf("  export BAREME_SALESFORCE_CLIENT_ID=%s BAREME_SALESFORCE_CLIENT_SECRET=%s\n", sandboxClientID, sandboxClientSecret)
			} else {
				p.printf("  export BAREME_SALESFORCE_CLIENT_ID=%s BAREME_SALESFORCE_USERNAME=%s BAREME_SALESFORCE_KEY_FILE=%s\n", sandboxClientID, salesforce.WorkerUser, keyFile)
			}
			p.printf("  Ctrl-C ends it.\n")
			return s.until(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8788", "the loopback address to listen on")
	cmd.Flags().IntVar(&people, "people", 2000, "size of the population, as of the HubSpot sandbox; about half of them are in the org")
	cmd.Flags().Int64Var(&seed, "seed", 1, "the same seed gives the same people")
	cmd.Flags().BoolVar(&noLimits, "no-limits", false, "without Salesforce's quotas")
	cmd.Flags().BoolVar(&personAccounts, "person-accounts", false, "people without a company are person accounts")
	cmd.Flags().BoolVar(&individuals, "individuals", false, "Data Protection and Privacy is on: people may have an Individual")
	cmd.Flags().StringVar(&keyFile, "key-file", "", "write a new private key for JWT bearer to this file")
	cmd.Flags().DurationVar(&latency, "latency", 0, "how long every answer takes")
	return cmd
}

// writeSandboxKey puts a new key into the sandbox and its private half into a file that only the owner can read.
func writeSandboxKey(box *salesforce.Sandbox, file string) error {
	key, err := box.SigningKey()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Clean(file), key, 0o600)
}
