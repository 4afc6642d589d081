package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/admux/admux/gateway"
	"github.com/admux/admux/gateway/jobs"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/all"
)

type serveCmd struct {
	storeFlags
	logFlags

	Listen    string `help:"Address to listen on; port 0 picks one." env:"ADMUX_LISTEN" default:"127.0.0.1:8080"`
	PublicURL string `help:"Address under which callers and browsers reach it; the address it listens on otherwise." env:"ADMUX_PUBLIC_URL" placeholder:"URL"`
	NoMigrate bool   `help:"Leave the database's schema as it is." env:"ADMUX_NO_MIGRATE"`

	RequestTimeout     string `help:"Longest time of a call." env:"ADMUX_REQUEST_TIMEOUT" default:"60s"`
	ReportTimeout      string `help:"Longest time that nothing of a report leaves; one that moves may take any time." env:"ADMUX_REPORT_TIMEOUT" default:"1h"`
	PassthroughTimeout string `help:"Longest time of a passthrough call." env:"ADMUX_PASSTHROUGH_TIMEOUT" default:"5m"`
	ShutdownTimeout    string `help:"How long calls under way may go on after the first signal." env:"ADMUX_SHUTDOWN_TIMEOUT" default:"30s"`
	CallRetention      string `help:"How long the log of calls is kept." env:"ADMUX_CALL_RETENTION" default:"720h"`

	CacheSize      int64  `name:"report-cache-size" help:"Most MiB, of each workspace, of what platforms have answered: final days are not asked for again, and restated ones are told; 0: nothing is kept." env:"ADMUX_REPORT_CACHE_SIZE" default:"256"`
	CacheRetention string `name:"report-cache-retention" help:"How long that is kept after it was last read; restated numbers can be asked for as far back." env:"ADMUX_REPORT_CACHE_RETENTION" default:"840h"`

	ResultsURL   string `help:"Bucket for the results of report jobs: s3://BUCKET?region=…, file:///FOLDER or a folder. With SQLite a folder beside the database otherwise; gateways that share a PostgreSQL database have to share the bucket." env:"ADMUX_RESULTS_URL" placeholder:"URL"`
	JobWorkers   int    `help:"Report jobs worked on at once." env:"ADMUX_JOB_WORKERS" default:"4"`
	JobLease     string `help:"How long a worker that shows no life keeps its report job." env:"ADMUX_JOB_LEASE" default:"30s"`
	JobRetention string `help:"How long a report job and its result are kept after its end." env:"ADMUX_JOB_RETENTION" default:"24h"`

	WriteLease string `help:"How long a create with an Idempotency-Key may show no life before another call with that key goes on with it; longer than a platform takes to carry out what was sent to it." env:"ADMUX_WRITE_LEASE" default:"15s"`

	RatesURL string `help:"File of the European Central Bank's euro reference rates, fetched daily, by which reports are converted; empty: none is fetched." env:"ADMUX_RATES_URL" default:"https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml" placeholder:"URL"`

	RateLimit      string   `help:"Calls a second and API key; 0 is no limit." env:"ADMUX_RATE_LIMIT" default:"1000"`
	TrustedProxies []string `help:"Addresses and networks whose X-Forwarded-For is believed." env:"ADMUX_TRUSTED_PROXIES" placeholder:"CIDR"`
	AllowOrigins   []string `help:"Origins whose pages may call the API (CORS)." env:"ADMUX_ALLOW_ORIGINS" placeholder:"ORIGIN"`
}

// Help adds what comes from the environment alone.
func (serveCmd) Help() string {
	return keyHelp + "\n\n" + appsHelp(providers.NewRegistry(all.All()...))
}

// Run serves until the first signal, then lets what is under way end.
func (s *serveCmd) Run(ctx context.Context, std *streams, command *kong.Context) (err error) {
	plan, err := s.plan(std, os.Getenv)
	if err != nil {
		return usageError{err}
	}
	for _, name := range unknownVariables(os.Environ(), command.Model.Node, plan.config.Registry) {
		plan.config.Log.WarnContext(ctx, "environment variable means nothing to admux", slog.String("name", name))
	}
	if plan.config.Store, err = store.Open(ctx, s.DatabaseURL, plan.ring, plan.storeOptions); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plan.config.Store.Close()) }()
	server, err := gateway.New(ctx, plan.config)
	if err != nil {
		return usageError{err}
	}
	defer time.AfterFunc(settled, letGo).Stop()
	return server.Run(ctx)
}

// settled is after how long nobody waits for the start any more.
const settled = 2 * time.Second

// letGo gives back what starting took and serving does not need, such as the document's and the migrations' texts: half
// of the memory in use. Pools let go of what they hold at the second collection.
func letGo() {
	runtime.GC()
	debug.FreeOSMemory()
}

// servePlan is a configuration without a fault; nothing is opened yet.
type servePlan struct {
	ring         *store.Keyring
	storeOptions store.Options
	config       gateway.Config
}

// plan reads the whole configuration and tells every fault of it at once.
func (s *serveCmd) plan(std *streams, env func(string) string) (servePlan, error) {
	var faults []error
	note := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	log, err := s.logger(std.err)
	note(err)
	err = s.check()
	note(err)
	var ring *store.Keyring
	if err == nil { // a key file is made beside the database only where that makes sense
		ring, err = s.keyring(env)
		note(err)
	}
	registry := providers.NewRegistry(all.All()...)
	platforms, err := readApps(registry, env)
	note(err)
	note(s.checkAddresses())
	rate, err := s.rate()
	note(err)
	config := gateway.Config{
		Listen: s.Listen, PublicURL: strings.TrimRight(s.PublicURL, "/"),
		Registry: registry, BaseURLs: platforms.baseURLs, Apps: platforms.byType,
		Log: log, Version: buildVersion(), RateLimit: rate,
		RequestTimeout:     duration("--request-timeout", s.RequestTimeout, &faults),
		PassthroughTimeout: duration("--passthrough-timeout", s.PassthroughTimeout, &faults),
		ReportTimeout:      duration("--report-timeout", s.ReportTimeout, &faults),
		ShutdownTimeout:    duration("--shutdown-timeout", s.ShutdownTimeout, &faults),
		CacheBytes:         s.cacheBytes(&faults), CacheKeep: duration("--report-cache-retention", s.CacheRetention, &faults),
		TrustedProxies: s.TrustedProxies, AllowOrigins: s.AllowOrigins, RatesURL: s.RatesURL,
		WriteLease: duration("--write-lease", s.WriteLease, &faults),
		ResultsURL: s.results(), Jobs: jobs.Options{Workers: s.JobWorkers,
			LeaseFor: duration("--job-lease", s.JobLease, &faults), Keep: duration("--job-retention", s.JobRetention, &faults)},
	}
	if s.JobWorkers < 0 || s.JobWorkers > 1000 {
		note(errors.New("--job-workers: a number from 1 to 1000 is needed, 0 for the default"))
	}
	keep := duration("--call-retention", s.CallRetention, &faults)
	return servePlan{
		ring:         ring,
		storeOptions: store.Options{Log: log, SkipMigrations: s.NoMigrate, Calls: store.CallOptions{KeepFor: keep}},
		config:       config,
	}, errors.Join(faults...)
}

// results is where results of report jobs are kept when nobody says: beside the SQLite database, else in the user's own
// folder for what can be made again.
func (s *serveCmd) results() string {
	if s.ResultsURL != "" {
		return s.ResultsURL
	}
	if path, ok := sqlitePath(s.DatabaseURL); ok {
		if path == "" {
			return "" // as private as the database
		}
		return path + ".results"
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "admux", "results")
	}
	return ""
}

func (s *serveCmd) checkAddresses() error {
	var faults []error
	if _, port, err := net.SplitHostPort(s.Listen); err != nil {
		faults = append(faults, errors.New("--listen: HOST:PORT is needed, such as 127.0.0.1:8080 or :8080"))
	} else if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		faults = append(faults, fmt.Errorf("--listen: %d is no port", n))
	}
	if s.PublicURL != "" && !isAbsolute(s.PublicURL) {
		faults = append(faults, errors.New("--public-url: an absolute http or https URL is needed"))
	}
	if s.RatesURL != "" && !isAbsolute(s.RatesURL) {
		faults = append(faults, errors.New("--rates-url: an absolute http or https URL is needed, or none"))
	}
	for _, network := range s.TrustedProxies {
		_, noPrefix := netip.ParsePrefix(network)
		if _, noAddress := netip.ParseAddr(network); noPrefix != nil && noAddress != nil {
			faults = append(faults, fmt.Errorf("--trusted-proxies: %q is neither an address nor a network such as 10.0.0.0/8", network))
		}
	}
	for _, origin := range s.AllowOrigins {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			faults = append(faults, fmt.Errorf("--allow-origins: %q is no origin such as https://app.example.com", origin))
		}
	}
	return errors.Join(faults...)
}

// cacheBytes turns the flag's 0 into the gateway's word for "nothing is kept".
func (s *serveCmd) cacheBytes(faults *[]error) int64 {
	const most = 1 << 20 // a TiB
	switch {
	case s.CacheSize < 0 || s.CacheSize > most:
		*faults = append(*faults, fmt.Errorf("--report-cache-size: a number of MiB from 0 to %d is needed", most))
	case s.CacheSize == 0:
		return -1
	}
	return s.CacheSize << 20
}

// rate turns the flag's 0 into the gateway's word for "no limit".
func (s *serveCmd) rate() (float64, error) {
	rate, err := strconv.ParseFloat(s.RateLimit, 64)
	if err != nil || rate < 0 || rate > 1e9 {
		return 0, errors.New("--rate-limit: a number of calls a second is needed, 0 for no limit")
	}
	if rate == 0 {
		return -1, nil
	}
	return rate, nil
}

// unknownVariables lists ADMUX_ variables that no flag and no platform reads: a misspelt one is told, not ignored.
// Those that Kubernetes makes for a service of this name are not ours.
func unknownVariables(environ []string, root *kong.Node, registry *providers.Registry) []string {
	known := map[string]bool{"ADMUX_KEY": true, "ADMUX_API_KEY": true}
	collectVariables(root, known)
	for _, p := range registry.All() {
		spec := p.Spec()
		for _, name := range []string{"CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URL", "BASE_URL"} {
			known[variable(spec, name)] = true
		}
		for _, s := range spec.Settings {
			known[variable(spec, s.Name)] = true
		}
	}
	var unknown []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		ours := strings.HasPrefix(name, "ADMUX_") && !strings.HasPrefix(name, "ADMUX_SERVICE_") && !strings.HasPrefix(name, "ADMUX_PORT")
		if ours && !known[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

func collectVariables(node *kong.Node, into map[string]bool) {
	for _, flag := range node.Flags {
		for _, name := range flag.Envs {
			into[name] = true
		}
	}
	for _, child := range node.Children {
		collectVariables(child, into)
	}
}

// quickly bounds what is done after the context of the process has ended.
func quickly(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}
