package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// target is what callers ask for again and again: one call after the other.
type target struct {
	name string
	asks []ask
	pid  int // of the process between the callers and the platform; 0: there is none
}

// ask is one call.
type ask struct {
	method, url string
	header      http.Header
	body        []byte
}

// sample is what callers saw.
type sample struct {
	each []time.Duration
	took time.Duration
	cpu  time.Duration // of the process between
}

func (s *sample) join(o sample) {
	s.each = append(s.each, o.each...)
	s.took += o.took
	s.cpu += o.cpu
}

func (s *sample) median() time.Duration {
	slices.Sort(s.each)
	return s.each[len(s.each)/2]
}

func (s *sample) perSecond() float64 { return float64(len(s.each)) / s.took.Seconds() }

// cpuEach is the processor time of the process between, for one list.
func (s *sample) cpuEach() time.Duration { return s.cpu / time.Duration(len(s.each)) }

// measured is load, with the processor time of the process between.
func (t target) measured(ctx context.Context, callers int, lasting time.Duration) (s sample, err error) {
	var before, after time.Duration
	if t.pid != 0 {
		if before, err = cpu(t.pid); err != nil {
			return s, err
		}
	}
	if s, err = t.load(ctx, callers, lasting); err != nil || t.pid == 0 {
		return s, err
	}
	after, err = cpu(t.pid)
	s.cpu = after - before
	return s, err
}

// load lets so many callers ask for some time, over connections that are kept.
func (t target) load(ctx context.Context, callers int, lasting time.Duration) (sample, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var mu sync.Mutex
	var all sample
	var failed error
	var wg sync.WaitGroup
	begun := time.Now()
	for range callers {
		wg.Go(func() {
			mine, err := t.caller(ctx, client, begun.Add(lasting))
			mu.Lock()
			defer mu.Unlock()
			all.each = append(all.each, mine...)
			if err != nil && failed == nil {
				failed = err
			}
		})
	}
	wg.Wait()
	all.took = time.Since(begun)
	return all, failed
}

// caller asks until the time is over.
func (t target) caller(ctx context.Context, client *http.Client, until time.Time) ([]time.Duration, error) {
	var each []time.Duration
	for {
		begun := time.Now()
		if begun.After(until) {
			return each, nil
		}
		for _, a := range t.asks {
			if err := a.do(ctx, client); err != nil {
				return nil, err
			}
		}
		each = append(each, time.Since(begun))
	}
}

func (a ask) do(ctx context.Context, client *http.Client) error {
	var body io.Reader = http.NoBody
	if len(a.body) > 0 {
		body = bytes.NewReader(a.body)
	}
	r, err := http.NewRequestWithContext(ctx, a.method, a.url, body)
	if err != nil {
		return err
	}
	r.Header = a.header
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	return nil
}
