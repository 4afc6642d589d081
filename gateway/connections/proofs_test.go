package connections

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/providers"
)

// R1: 1,000 callers of one expired token, one process: one token call upstream.
func TestR1_ThousandCallersOneCall(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{adapter: adapter{rotates: true}})
	b.vendor.rotates, b.vendor.revokes = true, true
	c := b.expired(t)
	const callers = 1000
	got := make([]string, callers)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range callers {
		all.Go(func() {
			<-start
			tok, err := b.tokens(t, c).Token(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = tok.AccessToken
		})
	}
	close(start)
	all.Wait()
	if n := b.vendor.calls(); n != 1 {
		t.Errorf("R1: %d token calls for %d callers", n, callers)
	}
	for _, g := range got {
		if g != got[0] || !b.vendor.alive(g) {
			t.Fatalf("R1: callers got %q and %q", g, got[0])
		}
	}
	noCanary(t, "the log", b.logs.String())
}

// R2: four processes with eight callers each on one database; a vendor that revokes the whole grant when a spent refresh
// token comes back: one call a round, and the grant lives to the end.
func TestR2_FourProcessesOneCall(t *testing.T) {
	t.Parallel()
	for name, newURL := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 150
			if *rounds > 0 {
				n = *rounds
			}
			url, key := newURL(t), store.NewKey()
			ring, err := store.ParseKeyring(key)
			if err != nil {
				t.Fatal(err)
			}
			b := newBench(t, benchOptions{url: url, ring: ring})
			b.vendor.rotates, b.vendor.revokes = true, true
			c := b.connect(t, time.Hour)
			var children []*process
			for range 4 {
				children = append(children, startChild(t, orders{URL: url, Key: key, Vendor: b.vendor.srv.URL, Workspace: b.ws, Connection: c.ID,
					Start: b.clock.now(), Rotates: true, Callers: 8, LeaseFor: 10 * time.Second}))
			}
			began := time.Now()
			for round := 1; round <= n; round++ {
				for _, p := range children {
					if err := p.ask(); err != nil {
						t.Fatal(err)
					}
				}
				var first string
				for i, p := range children {
					got, _ := p.read()
					if i == 0 {
						first = got
					}
					if got != first || !b.vendor.alive(got) {
						t.Fatalf("R2: round %d: process %d got %q, the first one %q", round, i, got, first)
					}
				}
				if calls := b.vendor.calls(); calls != round {
					t.Fatalf("R2: %d token calls after %d rounds", calls, round)
				}
			}
			t.Logf("R2: %d rounds × 4 processes × 8 callers on %s: one call each, never revoked, in %v", n, name, time.Since(began).Round(time.Millisecond))
		})
	}
}

// R3: the token endpoint takes many times as long as a lease lasts. There is still one call; who does not wait gets
// Unavailable with a time to come back; nobody gets the old token.
func TestR3_SlowTokenEndpoint(t *testing.T) {
	t.Parallel()
	for name, newURL := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, ring, slow := newURL(t), storetest.Keyring(t), quick
			slow.LeaseFor = time.Second // beaten three times as often: a loaded machine must not lose it
			patient := newBench(t, benchOptions{url: url, ring: ring, refresh: slow})
			slow.Wait = 100 * time.Millisecond
			hasty := newBench(t, benchOptions{url: url, ring: ring, vendor: patient.vendor, clock: patient.clock, refresh: slow, ws: patient.ws})
			patient.vendor.rotates, patient.vendor.revokes = true, true
			c := patient.expired(t)
			gate := make(chan struct{})
			patient.vendor.with(func() { patient.vendor.gate = gate })

			var waiting sync.WaitGroup
			var fine atomic.Int64
			for range 20 {
				waiting.Go(func() {
					tok, err := patient.tokens(t, c).Token(t.Context())
					if err == nil && patient.vendor.alive(tok.AccessToken) && tok.AccessToken != "canary-access-1" {
						fine.Add(1)
					} else {
						t.Errorf("R3: who waits got %v", err)
					}
				})
			}
			for deadline := time.Now().Add(3 * slow.LeaseFor); time.Now().Before(deadline); {
				_, err := hasty.tokens(t, c).Token(t.Context())
				if e := asError(t, err); e.Kind != providers.Unavailable || e.RetryAfter <= 0 {
					t.Fatalf("R3: who does not wait got %v", err)
				}
			}
			close(gate)
			waiting.Wait()
			// The hasty process had its own flight waiting for the lease: it must find the work done.
			tok, err := (&tokens{hasty.Service, ref{c.WorkspaceID, c.ID, hasty.spec(t)}, 2}).Token(t.Context())
			if err != nil || !patient.vendor.alive(tok.AccessToken) {
				t.Errorf("R3: afterwards: %v", err)
			}
			if n := patient.vendor.calls(); n != 1 || fine.Load() != 20 {
				t.Errorf("R3: %d token calls, %d of 20 served", n, fine.Load())
			}
		})
	}
}

// R4: kill -9 at every point of a refresh, and at random ones. What can be lost is the one grant that a rotating vendor
// had answered with and nobody had stored yet, and then the connection says so.
func TestR4_KilledWhileRefreshing(t *testing.T) {
	t.Parallel()
	points := []string{"leading", "asking", "answered", "committing", "committed", "freeing"}
	for name, newURL := range databases {
		for _, rotates := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s rotates %t", name, rotates), func(t *testing.T) {
				t.Parallel()
				url, key := newURL(t), store.NewKey()
				ring, err := store.ParseKeyring(key)
				if err != nil {
					t.Fatal(err)
				}
				b := newBench(t, benchOptions{url: url, ring: ring, adapter: adapter{rotates: rotates}})
				b.vendor.rotates = rotates
				for _, point := range points {
					lost := killedAt(t, b, url, key, rotates, point, 0)
					if want := rotates && (point == "answered" || point == "committing"); lost != want {
						t.Errorf("R4: killed at %q: lost %t, want %t", point, lost, want)
					}
				}
				losses := 0
				for range *rounds {
					if killedAt(t, b, url, key, rotates, "", time.Duration(rand.Int64N(int64(30*time.Millisecond)))) {
						losses++
					}
				}
				if losses > 0 && !rotates {
					t.Errorf("R4: %d grants lost of a vendor that does not rotate", losses)
				}
				t.Logf("R4: %d named points, %d random kills, %d uncommitted grants lost at random ones", len(points), *rounds, losses)
			})
		}
	}
}

// killedAt kills a process that refreshes, at a point or after a delay, and returns whether the grant was lost. It
// fails the test when the connection does not say which.
func killedAt(t *testing.T, b *bench, url, key string, rotates bool, point string, after time.Duration) (lost bool) {
	t.Helper()
	c := b.expired(t)
	p := startChild(t, orders{URL: url, Key: key, Vendor: b.vendor.srv.URL, Workspace: b.ws, Connection: c.ID, Start: b.clock.now(),
		Rotates: rotates, CrashAt: point, Callers: 3, LeaseFor: quick.LeaseFor})
	if err := p.ask(); err != nil {
		t.Fatal(err)
	}
	if point == "" {
		time.Sleep(after)
		_ = p.cmd.Process.Kill()
	}
	_ = p.cmd.Wait()
	b.clock.advance(2 * time.Hour)
	tok, err := b.tokens(t, c).Token(t.Context())
	health := b.reload(t, c).Health.UnhealthyCode
	switch {
	case err == nil && b.vendor.alive(tok.AccessToken) && health == "":
		return false
	case providers.KindOf(err) == providers.Unauthorized && health == CodeRefreshRefused:
		return true
	}
	t.Errorf("killed at %q after %v: %v, health %q", point, after, err, health)
	return true
}

// R5: one refusal is no verdict; two in a row with an unchanged row are.
func TestR5_SpuriousRefusal(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	no := func(w http.ResponseWriter) { refuse(w, 400, "invalid_grant") }
	c := b.expired(t)
	b.vendor.with(func() { b.vendor.script = append(b.vendor.script, no) })
	if _, err := b.tokens(t, c).Token(t.Context()); err != nil {
		t.Fatalf("R5: one refusal disconnects: %v", err)
	}
	if h := b.reload(t, c).Health; h.UnhealthyCode != "" || !h.UnhealthyAt.IsZero() || b.vendor.calls() != 2 {
		t.Errorf("R5: after one refusal: %+v, %d calls", h, b.vendor.calls())
	}

	b.clock.advance(2 * time.Hour)
	b.vendor.with(func() { b.vendor.script = append(b.vendor.script, no, no) })
	_, err := b.tokens(t, c).Token(t.Context())
	if e := asError(t, err); e.Kind != providers.Unauthorized || e.Code != CodeRefreshRefused {
		t.Errorf("R5: after two refusals: %v", err)
	}
	if h := b.reload(t, c).Health; h.UnhealthyCode != CodeRefreshRefused || h.UnhealthyAt.IsZero() {
		t.Errorf("R5: after two refusals: %+v", h)
	}
	calls := b.vendor.calls()
	for range 10 {
		_, _ = b.tokens(t, c).Token(t.Context())
	}
	if n := b.vendor.calls(); n != calls {
		t.Errorf("R5: a dead connection still asks the vendor: %d calls", n-calls)
	}
	// The vendor's mistake is found out later, without anybody doing anything.
	b.clock.advance(2 * time.Hour)
	b.pass(t.Context())
	if h := b.reload(t, c).Health; h.UnhealthyCode != "" {
		t.Errorf("R5: the connection does not heal: %+v", h)
	}
	noCanary(t, "the log", b.logs.String())
}

// R5, the race: the row changes between the two refusals, so that the second is not believed, nor made.
func TestR5_RowChangesMeanwhile(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	c := b.expired(t)
	access, refresh := b.vendor.grant()
	b.vendor.with(func() {
		b.vendor.script = append(b.vendor.script, func(w http.ResponseWriter) {
			g := store.Grant{AccessToken: store.Secret(access), RefreshToken: store.Secret(refresh), Expiry: b.clock.now().Add(time.Hour)}
			if _, err := b.store.ReplaceGrant(context.Background(), c.WorkspaceID, c.ID, 1, g, time.Time{}); err != nil {
				t.Error(err)
			}
			refuse(w, 400, "invalid_grant")
		})
	})
	tok, err := b.tokens(t, c).Token(t.Context())
	if err != nil || tok.AccessToken != access || b.vendor.calls() != 1 {
		t.Errorf("R5: %v, %d calls", err, b.vendor.calls())
	}
	if h := b.reload(t, c).Health; h.UnhealthyCode != "" {
		t.Errorf("R5: %+v", h)
	}
}

// R6: tokens of 60 days are renewed at least 7 days ahead though nobody uses them; a grant that only a person can
// renew is announced 14, 7 and 1 days ahead, once each, whatever the number of processes.
func TestR6_LongLivedTokens(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{adapter: adapter{margin: day(8)}})
	b.vendor.with(func() { b.vendor.life = 60 * 24 * 3600 })
	idle := b.connect(t, day(60))
	first := b.reload(t, idle)
	// As the adapter's margin has it.
	if _, err := b.store.ReplaceGrant(t.Context(), b.ws, idle.ID, 1, grantOfTest(t, b, idle), first.Tokens.ExpiresAt.Add(-day(8))); err != nil {
		t.Fatal(err)
	}
	b.clock.advance(day(51))
	b.pass(t.Context())
	if n := b.vendor.calls(); n != 0 {
		t.Errorf("R6: refreshed 9 days ahead: %d calls", n)
	}
	b.clock.advance(day(1) + time.Minute)
	b.pass(t.Context())
	b.pass(t.Context())
	got := b.reload(t, idle)
	if n := b.vendor.calls(); n != 1 || got.Tokens.ExpiresAt.Sub(b.clock.now()) < day(59) {
		t.Errorf("R6: %d calls, expires %v", n, got.Tokens.ExpiresAt)
	}
	if at := first.Tokens.ExpiresAt.Sub(b.clock.now()); at < day(7) {
		t.Errorf("R6: attempted only %v ahead", at)
	}
}

func TestR6_Warnings(t *testing.T) {
	t.Parallel()
	url, ring := storetest.SQLite(t), storetest.Keyring(t)
	one := newBench(t, benchOptions{url: url, ring: ring})
	two := newBench(t, benchOptions{url: url, ring: ring, vendor: one.vendor, clock: one.clock, ws: one.ws})
	one.vendor.with(func() { one.vendor.bare = true })
	c := one.connect(t, day(60))
	var warned []int64
	for range 61 {
		var both sync.WaitGroup
		both.Go(func() { one.pass(t.Context()) })
		both.Go(func() { two.pass(t.Context()) })
		both.Wait()
		if w := one.reload(t, c).Tokens.WarnedDays; w != 0 && (len(warned) == 0 || warned[len(warned)-1] != w) {
			warned = append(warned, w)
			if left := c.Tokens.ExpiresAt.Sub(one.clock.now()); left != day(w) {
				t.Errorf("R6: warning of %d days comes %v ahead", w, left)
			}
		}
		one.clock.advance(day(1))
	}
	if fmt.Sprint(warned) != "[14 7 1]" {
		t.Errorf("R6: warned at %v", warned)
	}
	if n := strings.Count(one.logs.String()+two.logs.String(), "expires soon"); n != 3 {
		t.Errorf("R6: %d warnings logged by two processes", n)
	}
	if h := one.reload(t, c).Health; h.UnhealthyCode != CodeTokenExpired {
		t.Errorf("R6: after its end: %+v", h)
	}
}

// C1: the database goes away between the vendor's answer and the commit: the new grant is not lost while the process lives.
func TestC1_DatabaseAwayAtCommit(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{adapter: adapter{rotates: true}})
	b.vendor.rotates, b.vendor.revokes = true, true
	c := b.expired(t)
	var once sync.Once
	b.probe = func(point string) {
		if point == "committing" {
			once.Do(func() {
				if _, err := b.store.DB().Exec(`ALTER TABLE connections RENAME TO away`); err != nil {
					t.Error(err)
				}
				time.AfterFunc(200*time.Millisecond, func() { _, _ = b.store.DB().Exec(`ALTER TABLE away RENAME TO connections`) })
			})
		}
	}
	tok, err := b.tokens(t, c).Token(t.Context())
	if err != nil || !b.vendor.alive(tok.AccessToken) || b.vendor.calls() != 1 {
		t.Errorf("C1: %v, %d calls", err, b.vendor.calls())
	}
	if _, g, err := b.store.Grant(t.Context(), b.ws, c.ID); err != nil || g.AccessToken.Reveal() != tok.AccessToken {
		t.Errorf("C1: what is used is not what is stored: %v", err)
	}
}

func grantOfTest(t *testing.T, b *bench, c store.Connection) store.Grant {
	t.Helper()
	_, g, err := b.store.Grant(t.Context(), b.ws, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
