package ops

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/admux/admux/providers"
)

// Metrics is what the service counts, in a registry of its own.
type Metrics struct {
	registry    *prometheus.Registry
	requests    *prometheus.CounterVec
	seconds     *prometheus.HistogramVec
	upstream    *prometheus.CounterVec
	upSeconds   *prometheus.HistogramVec
	refreshes   *prometheus.CounterVec
	unspecified *prometheus.CounterVec
}

// NewMetrics registers everything once.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: counter("http_requests_total", "Requests answered, by route pattern, method and status.", "route", "method", "status"),
		seconds: histogram("http_request_seconds", "Time that requests took.",
			[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}, "route", "method"),
		upstream: counter("upstream_requests_total", "Calls to platforms, by status; `error` where no answer came.", "platform", "status"),
		upSeconds: histogram("upstream_request_seconds", "Time until a platform's headers arrived.",
			[]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}, "platform"),
		refreshes:   counter("token_refreshes_total", "Calls to platforms' token endpoints, by outcome.", "platform", "outcome"),
		unspecified: counter("unspecified_values_total", "Values of platforms that have no counterpart of ours.", "platform", "object", "field"),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.upstream, m.upSeconds, m.refreshes, m.unspecified,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "admux", Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "admux", Name: name, Help: help, Buckets: buckets}, labels)
}

// Request counts an answered request. Route is a pattern, never a path.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	method = known(method)
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route, method).Observe(took.Seconds())
}

// known keeps callers from making up labels.
func known(method string) string {
	if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}, method) {
		return method
	}
	return "other"
}

// Unspecified counts a platform's value that has no counterpart of ours.
func (m *Metrics) Unspecified(platform string, object providers.Object, field string) {
	m.unspecified.WithLabelValues(platform, string(object), field).Inc()
}

// Sunset exports how many days the spoken version of each platform's API has left, where the platform has said so.
func (m *Metrics) Sunset(specs []providers.Spec, now func() time.Time) {
	for _, s := range specs {
		if s.Sunset.IsZero() {
			continue
		}
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: "admux", Name: "platform_version_sunset_days", Help: "Days until the spoken version of a platform's API dies.",
			ConstLabels: prometheus.Labels{"platform": s.ID, "version": s.APIVersion},
		}, func() float64 { return s.Sunset.Sub(now()).Hours() / 24 }))
	}
}

// Dropped exports how many calls were not logged.
func (m *Metrics) Dropped(count func() int64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Namespace: "admux", Name: "apicalls_dropped_total", Help: "Calls that could not be logged.",
	}, func() float64 { return float64(count()) }))
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
