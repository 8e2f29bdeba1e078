package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/sandbox/hubspot"
)

func (p *program) sandboxCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Start a made-up CRM to try things on",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.sandboxHubSpotCommand(), p.sandboxSalesforceCommand())
	return cmd
}

func (p *program) sandboxHubSpotCommand() *cobra.Command {
	var listen string
	var people int
	var seed int64
	var noLimits, connected bool
	var lag, latency time.Duration
	cmd := &cobra.Command{
		Use:   "hubspot",
		Short: "Start a made-up HubSpot account",
		Long: `Serves a simulated HubSpot account with invented people, companies, deals and engagements, real rate limits and real
error answers. What it supports is listed in sandbox/README.md; it is controlled under /_sandbox/.`,
		Example: example("bareme sandbox hubspot --listen 127.0.0.1:8787 --people 2000 --seed 1",
			"BAREME_HUBSPOT_BASE_URL=http://127.0.0.1:8787 BAREME_HUBSPOT_TOKEN=pat-na1-sandbox bareme check"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := hubspot.Options{Seed: seed, People: people, IndexLag: lag, Latency: latency, Salesforce: connected}
			if noLimits { // told in the headers, so that clients do not hold themselves back
				o.Limits = hubspot.Limits{Burst: 1_000_000, Search: 1_000_000, Associations: 1_000_000, Daily: 1_000_000_000}
			}
			box := hubspot.New(o)
			s, err := serve(cmd.Context(), listen, box)
			if err != nil {
				return err
			}
			p.printf("HubSpot sandbox with %s at %s\n", counted(people, "person", "people"), s.url)
			p.printf("  export BAREME_HUBSPOT_BASE_URL=%s BAREME_HUBSPOT_TOKEN=%s\n  Ctrl-C ends it.\n", s.url, sandboxToken)
			return s.until(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8787", "the loopback address to listen on")
	cmd.Flags().IntVar(&people, "people", 2000, "how many people")
	cmd.Flags().Int64Var(&seed, "seed", 1, "the same seed gives the same people")
	cmd.Flags().BoolVar(&noLimits, "no-limits", false, "without HubSpot's rate limits")
	cmd.Flags().BoolVar(&connected, "salesforce", false, "connected with the Salesforce sandbox of the same seed and size: contacts carry their ids there")
	cmd.Flags().DurationVar(&lag, "index-lag", 0, "how far search lags behind writes")
	cmd.Flags().DurationVar(&latency, "latency", 0, "how long every answer takes")
	return cmd
}

// sandboxToken opens every sandbox: it protects nothing.
const sandboxToken = "pat-na1-sandbox"

// served is a sandbox behind a listener.
type served struct {
	url    string
	server *http.Server
	failed chan error
}

// serve starts a handler on a loopback address and returns at once.
func serve(ctx context.Context, listen string, h http.Handler) (*served, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, usagef("--listen %q is not an address: write it like 127.0.0.1:8787", listen)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usagef("--listen %s: a sandbox listens on a loopback address only, such as 127.0.0.1:8787", listen)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, err
	}
	s := &served{
		url:    "http://" + l.Addr().String(),
		server: &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second},
		failed: make(chan error, 1),
	}
	go func() { s.failed <- s.server.Serve(l) }()
	return s, nil
}

// until serves until ctx ends or serving fails.
func (s *served) until(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return s.close()
	case err := <-s.failed:
		return err
	}
}

func (s *served) close() error {
	if err := s.server.Close(); err != nil {
		return err
	}
	if err := <-s.failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
