package google

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers"
)

const (
	keepTree  = 10 * time.Minute // how long a walk serves: each costs an operation per root, and an app may have 2,880 a day
	keepMiss  = 30 * time.Second // how long an account that a walk has not found is not looked for again
	manyMiss  = 1_000            // when misses are forgotten
	manyTrees = 10_000           // when old ones are forgotten
)

// forest keeps the trees of all connections: sessions come and go with each call, and a walk is paid for in operations.
type forest struct {
	mu    sync.Mutex
	trees map[string]*planted
}

// planted is one connection's tree. Who holds the turn walks, and the others wait for what comes of it.
type planted struct {
	turn   chan struct{}
	tree   *tree
	missed map[string]time.Time // by account
}

func (f *forest) of(key string) *planted {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.trees[key]
	if p == nil {
		if f.trees == nil || len(f.trees) >= manyTrees {
			f.trees = map[string]*planted{}
		}
		p = &planted{turn: make(chan struct{}, 1)}
		f.trees[key] = p
	}
	return p
}

// accounts is the tree of the connection, walked anew when it is older than the age allowed.
func (c *client) accounts(ctx context.Context) (*tree, error) { return c.walked(ctx, keepTree) }

func (c *client) walked(ctx context.Context, maxAge time.Duration) (*tree, error) {
	var out *tree
	err := c.inTurn(ctx, func(p *planted) error {
		if p.tree == nil || c.now().Sub(p.tree.at) >= maxAge {
			t, err := c.walk(ctx, nil)
			if err != nil {
				return err
			}
			p.tree = t
		}
		out = p.tree
		return nil
	})
	return out, err
}

// walkedFor is the tree, walked anew for an account that is not in it: it may have come since.
func (c *client) walkedFor(ctx context.Context, org string) (*tree, error) {
	t, err := c.accounts(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := t.find(org); ok {
		return t, nil
	}
	err = c.inTurn(ctx, func(p *planted) error {
		if c.now().Sub(p.missed[org]) < keepMiss {
			return nil
		}
		if t, err = c.walk(ctx, nil); err != nil {
			return err
		}
		p.tree = t
		if _, ok := t.find(org); ok {
			return nil
		}
		if p.missed == nil || len(p.missed) >= manyMiss {
			p.missed = map[string]time.Time{}
		}
		p.missed[org] = c.now()
		return nil
	})
	return t, err
}

// inTurn does something with the connection's tree while nobody else does.
func (c *client) inTurn(ctx context.Context, do func(*planted) error) error {
	p := c.forest.of(c.conn.ID + " " + c.login)
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return &providers.Error{Kind: providers.Timeout, Platform: platformID, Message: "the time allowed for the call ran out", Err: context.Cause(ctx)}
	}
	defer func() { <-p.turn }()
	return do(p)
}

// forget gives up the tree when a call shows that the way to an account is not what it was.
func (c *client) forget(err error) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !strings.HasSuffix(e.Code, ".USER_PERMISSION_DENIED") {
		return err
	}
	p := c.forest.of(c.conn.ID + " " + c.login)
	select {
	case p.turn <- struct{}{}:
		p.tree = nil
		<-p.turn
	default: // it is being walked
	}
	return err
}
