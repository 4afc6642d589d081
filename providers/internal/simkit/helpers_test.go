package simkit

import "iter"

func iterPull(a *Account) (func() (*Ad, bool), func()) { return iter.Pull(a.AllAds) }

func w2(next func() (*Ad, bool)) *Ad {
	ad, ok := next()
	if !ok {
		return nil
	}
	return ad
}
