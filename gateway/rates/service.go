package rates

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

// DefaultURL is the bank's file of the last 90 days: a gateway that was down for less than that misses none.
const DefaultURL = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml"

// When the bank publishes, and when it is asked again for what it has not published yet, or what could not be read.
const (
	published = 16*time.Hour + 10*time.Minute // of a day in Frankfurt
	again     = time.Hour
	spread    = 10 * time.Minute // so that not every gateway asks at the same moment
	timeout   = time.Minute
)

// Store keeps fetched rates. *store.Store is one.
type Store interface {
	PutRates(ctx context.Context, rates []store.Rate) (changed int64, err error)
	Rates(ctx context.Context, currencies []string, from, to normalize.Day) ([]store.Rate, error)
	RateSpans(ctx context.Context) (map[string]store.RateSpan, error)
}

// Config is what a Service is made of. Store and Log are required.
type Config struct {
	Store Store
	URL   string            // of the bank's file; empty: nothing is fetched
	HTTP  http.RoundTripper // nil: http.DefaultTransport
	Now   func() time.Time  // nil: time.Now
	Log   *slog.Logger
}

// Service knows the rates of days, and fetches new ones. It is safe for concurrent use.
type Service struct {
	cfg     Config
	http    *http.Client
	bundled *snapshot
	zone    *time.Location
}

var (
	errEmpty    = errors.New("it is empty")
	errRedirect = errors.New("it leads to another host")
)

// New makes a Service. It fetches nothing until Run or Fetch.
func New(cfg Config) (*Service, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	bundled, err := readSnapshot(bundledCSV)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil { // no zone files: an hour early in summer costs one more question
		zone = time.FixedZone("CET", 3600)
	}
	client := &http.Client{Transport: cfg.HTTP, Timeout: timeout, CheckRedirect: sameHost}
	return &Service{cfg: cfg, http: client, bundled: bundled, zone: zone}, nil
}

// sameHost lets a file move, but not to somebody else.
func sameHost(r *http.Request, via []*http.Request) error {
	if len(via) > 3 || r.URL.Host != via[0].URL.Host || r.URL.Scheme != via[0].URL.Scheme {
		return errRedirect
	}
	return nil
}

// Run fetches what is missing, now and whenever the bank should have published more, until ctx ends. It returns nil: what
// cannot be fetched is logged, and the rates that there are stay.
func (s *Service) Run(ctx context.Context) error {
	if s.cfg.URL == "" {
		return nil
	}
	for wait := time.Duration(0); ; wait = again + rand.N(spread) { //nolint:gosec // no secret
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		if err := s.fetchDue(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "reference rates of currencies could not be fetched", slog.String("error", err.Error()))
		}
	}
}

func (s *Service) fetchDue(ctx context.Context) error {
	due, err := s.due(ctx)
	if err != nil || !due {
		return err
	}
	return s.Fetch(ctx)
}

// due tells whether the bank should have published a day that is not in the store. Of its holidays nothing is known
// here: on them it is asked in vain.
func (s *Service) due(ctx context.Context) (bool, error) {
	spans, err := s.cfg.Store.RateSpans(ctx)
	if err != nil {
		return false, err
	}
	var newest normalize.Day
	for _, span := range spans {
		if newest.Before(span.Last) {
			newest = span.Last
		}
	}
	last := s.cfg.Now().In(s.zone).Add(-published)
	for last.Weekday() == time.Saturday || last.Weekday() == time.Sunday {
		last = last.AddDate(0, 0, -1)
	}
	return newest.Before(normalize.DayOf(last)), nil
}

// Fetch reads the bank's file into the store, whole or not at all. Its error never holds the URL, which may hold a password.
func (s *Service) Fetch(ctx context.Context) error {
	rates, err := s.download(ctx)
	if err != nil {
		return err
	}
	tomorrow := normalize.DayOf(s.cfg.Now().In(s.zone)).Add(1)
	newest := normalize.Day{}
	for _, r := range rates {
		if newest.Before(r.Day) {
			newest = r.Day
		}
	}
	if !newest.Before(tomorrow) {
		return fmt.Errorf("rates: the file has rates of %s, a day that is still to come", newest)
	}
	changed, err := s.cfg.Store.PutRates(ctx, rates)
	if err != nil {
		return err
	}
	s.cfg.Log.InfoContext(ctx, "reference rates of currencies fetched", slog.String("until", newest.String()), slog.Int64("changed", changed))
	return nil
}

func (s *Service) download(ctx context.Context) ([]store.Rate, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.URL, http.NoBody)
	if err != nil {
		return nil, errors.New("rates: the URL of the reference rates is none")
	}
	req.Header.Set("Accept", "application/xml, text/xml")
	res, err := s.http.Do(req)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err
		}
		return nil, fmt.Errorf("rates: %s: %w", req.URL.Host, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, res.Body, 4096) // so that the connection can be used again
		return nil, fmt.Errorf("rates: %s answers %d", req.URL.Host, res.StatusCode)
	}
	return Parse(res.Body)
}

// Table reads the rates of currencies over a range of days, and what the days before it leave to it.
func (s *Service) Table(ctx context.Context, currencies []string, days normalize.DayRange) (*Table, error) {
	wide := normalize.DayRange{From: days.From.Add(-MaxAge), To: days.To}
	// The days after show whether the bank was closed on the last ones, or has not published yet.
	stored, err := s.cfg.Store.Rates(ctx, currencies, wide.From, wide.To.Add(MaxAge))
	if err != nil {
		return nil, err
	}
	spans, err := s.cfg.Store.RateSpans(ctx)
	if err != nil {
		return nil, err
	}
	t := &Table{points: map[string][]Point{}, spans: map[string]store.RateSpan{}, fetched: spans, bundled: s.bundled.source()}
	s.bundled.spans(t)
	for c, span := range spans {
		t.span(c, span)
	}
	of := map[string][]Point{}
	for _, r := range stored {
		of[r.Currency] = append(of[r.Currency], Point{Day: r.Day, PerEuro: r.PerEuro})
	}
	for _, c := range currencies {
		t.add(c, of[c]...)
		s.bundled.into(t, c, wide)
	}
	return t, nil
}
