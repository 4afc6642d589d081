// Package guard keeps writes within limits that cost no one a fortune by mistake: those that an admin key has set for the
// workspace and for a connection, and one that always holds (a budget over ten times the old one is confirmed by its
// amount). It owns the limits, their handlers and their judgement; it calls no platform.
//
// It fails closed: what cannot be checked, for want of the store or of a rate, is refused.
package guard
