package connections

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// Codes of an unhealthy connection (last_unhealthy_code). All of them need the person who consented.
const (
	CodeRefreshRefused = "refresh_refused"       // the platform refused the refresh token, twice
	CodeRefreshExpired = "refresh_token_expired" // the refresh token has come to its end
	CodeTokenExpired   = "token_expired"         // the access token has expired and there is no refresh token
	CodeTokenRejected  = "token_rejected"        // the platform refused the access token and there is no refresh token
)

var verdicts = map[string]string{
	CodeRefreshRefused: "the platform refused to refresh the tokens",
	CodeRefreshExpired: "the refresh token has expired",
	CodeTokenExpired:   "the access token has expired and the platform gave no refresh token",
	CodeTokenRejected:  "the platform refused the access token and gave no refresh token",
}

func unauthorized(platform, code string, cause error) *providers.Error {
	e := &providers.Error{Kind: providers.Unauthorized, Platform: platform, Code: code, Message: verdicts[code] + ": the person who consented has to do so again"}
	if said, ok := errors.AsType[*providers.Error](cause); ok {
		e.Status, e.RequestID = said.Status, said.RequestID
		e.Message += " (" + said.Message + ")"
	}
	return e
}

func unavailable(platform, message string, cause error) *providers.Error {
	return &providers.Error{Kind: providers.Unavailable, Platform: platform, Code: "token_unavailable", Message: message, RetryAfter: 5 * time.Second, Err: cause}
}

// condemn marks a connection unhealthy, unless newer tokens have come meanwhile.
func (s *Service) condemn(ctx context.Context, r ref, c store.Connection, code string, retry time.Time) {
	if c.Health.UnhealthyCode == code && retry.IsZero() {
		return
	}
	err := s.store.MarkUnhealthy(ctx, r.workspace, r.id, c.Tokens.Version, code, retry)
	switch {
	case err == nil:
		s.log.WarnContext(ctx, "connection is unhealthy: the person who consented has to do so again", r.attrs(slog.String("code", code))...)
	case !errors.Is(err, store.ErrConflict):
		s.log.ErrorContext(ctx, "connection's health could not be recorded", r.attrs(slog.Any("error", err))...)
	}
}

// nextTry is when a refused refresh is tried once more all the same: platforms have refused by mistake for hours. Zero:
// no more.
func nextTry(now time.Time, failures int64) time.Time {
	if failures >= 8 {
		return time.Time{}
	}
	return now.Add(min(time.Hour<<failures, 24*time.Hour))
}
