package watch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Health answers the probes of an orchestrator: /livez while the process serves at all, /readyz while it is Ready. A
// worker is not killed because the CRM is away: that is for alerts, not for probes.
func (w *Watch) Health() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(out http.ResponseWriter, _ *http.Request) { answer(out, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(out http.ResponseWriter, _ *http.Request) {
		if w.ready.Load() {
			answer(out, http.StatusOK, "ok")
			return
		}
		answer(out, http.StatusServiceUnavailable, "starting or stopping")
	})
	return mux
}

// Metrics answers /metrics in the formats Prometheus asks for.
func (w *Watch) Metrics() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(w.registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	return mux
}

func answer(out http.ResponseWriter, status int, text string) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.WriteHeader(status)
	_, _ = fmt.Fprintln(out, text) // whoever asked may have gone
}

// Server is a listener that answers until it is closed.
type Server struct {
	// Address is where it listens, with the port that was chosen for ":0".
	Address string

	server *http.Server
	ended  chan error
}

// Serve listens at once and answers in the background. An address in use is an error that names it.
func Serve(ctx context.Context, address string, h http.Handler) (*Server, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	s := &Server{
		Address: l.Addr().String(),
		server: &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
			WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10},
		ended: make(chan error, 1),
	}
	go func() { s.ended <- s.server.Serve(l) }()
	return s, nil
}

// Close stops listening and lets answers under way finish, for a second at most.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		_ = s.server.Close() // whoever still reads is cut off
	}
	if err := <-s.ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", s.Address, err)
	}
	return nil
}
