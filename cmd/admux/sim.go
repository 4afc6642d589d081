package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/all"
)

type simCmd struct {
	Platform string `arg:"" help:"Integration type, such as linkedinads."`

	Listen       string   `help:"Address to listen on; port 0 picks one." default:"127.0.0.1:9000"`
	Size         string   `help:"How much there is in it: small, medium or large." enum:"small,medium,large" default:"small"`
	ClientID     string   `help:"Client id of the one app that it knows." default:"admux-sim"`
	ClientSecret string   `help:"Secret of that app; nothing here is real." default:"admux-sim-secret"`
	RedirectURL  []string `help:"Where consent may return to, exactly." default:"http://127.0.0.1:8080/oauth/callback"`
}

// Help says how a gateway is pointed at it.
func (simCmd) Help() string {
	return `A simulator stands for all hosts of its platform, with state: what is written can be read back, what the platform refuses
is refused. Point a gateway at it with ADMUX_<TYPE>_BASE_URL. Under /_sim are its ledger, its clock, and faults to arm.`
}

// Run serves until a signal.
func (s *simCmd) Run(ctx context.Context, std *streams) error {
	sims := all.Sims()
	i := slices.IndexFunc(sims, func(one all.Sim) bool { return one.ID == s.Platform })
	if i < 0 {
		var ids []string
		for _, one := range sims {
			ids = append(ids, one.ID)
		}
		return usageError{fmt.Errorf("there is no simulator of %q: %s", s.Platform, strings.Join(ids, ", "))}
	}
	listener, err := listen(ctx, s.Listen)
	if err != nil {
		return err
	}
	handler := sims[i].New(all.SimOptions{
		Size: s.Size, ClientID: s.ClientID, ClientSecret: s.ClientSecret, RedirectURLs: s.RedirectURL,
	})
	fmt.Fprintf(std.out, "%s is simulated at http://%s\n", s.Platform, listener.Addr())
	return serveHandler(ctx, listener, handler)
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", address)
}

// serveHandler serves until the context ends. A simulator may be holding an answer back on purpose (an armed stall), so
// that what does not end soon is cut.
func serveHandler(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	quick, cancel := quickly(ctx)
	defer cancel()
	if err := server.Shutdown(quick); err != nil {
		_ = server.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
