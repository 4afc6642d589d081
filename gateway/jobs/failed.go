package jobs

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// failure is the error that a job failed with, as its problem was kept: written again, it is the same problem.
func failure(j *store.Job) error {
	var b problem.Body
	if err := json.Unmarshal([]byte(j.Problem), &b); err != nil {
		return err
	}
	own := &problem.Error{Code: b.Code, Status: b.Status, Detail: b.Detail, Fields: b.Errors, ReauthorizeURL: b.ReauthorizeURL,
		RetryAfter: time.Duration(b.RetryAfter) * time.Second, Err: errors.New("report job " + j.ID + " failed")}
	if p := b.Provider; p != nil {
		own.Err = &providers.Error{Platform: p.Name, Status: p.Status, Code: p.Code, Message: p.Message, RequestID: p.RequestID}
	}
	if b.ConnectionID != "" {
		return problem.Of(b.ConnectionID, own)
	}
	return own
}
