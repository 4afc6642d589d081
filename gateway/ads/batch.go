package ads

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

const maxOperations = 1000

// operation is one write of a batch.
type operation struct {
	Op   string          `json:"op"`
	ID   string          `json:"id"`
	Body json.RawMessage `json:"body"`
	Key  string          `json:"idempotency_key"`
}

// result is what became of it.
type result struct {
	Status  int             `json:"status"`
	Object  json.RawMessage `json:"object,omitempty"`
	Problem *problem.Body   `json:"problem,omitempty"`
	Effect  string          `json:"effect,omitempty"`
	Audit   string          `json:"audit_id,omitempty"`
	Replay  bool            `json:"replayed,omitempty"`
}

// Batch answers POST /ads/{connection_id}/{object}/batch: each operation is a write of its own, by the same rules, and
// those on one object are carried out in order. Where the platform has calls for several at once, they are used.
func (h *Handler) Batch() gin.HandlerFunc {
	kinds := map[string]endpoint{}
	for _, o := range Objects() {
		kinds[string(o)] = endpointOf(o)
	}
	return func(c *gin.Context) {
		kind, ok := kinds[c.Param("object")]
		if !ok {
			problem.Write(c, problem.NotFound("kind of object"))
			return
		}
		ops, base, err := readBatch(c, kind)
		if err != nil {
			problem.Write(c, err)
			return
		}
		base.caller = h.cfg.Writes.Caller(c)
		conn, explain, err := h.cfg.Writes.Open(c, c.Param("connection_id"), kind.kindOf())
		if err != nil {
			problem.Write(c, err)
			return
		}
		base.conn = conn
		ctx, cancel := detached(c.Request.Context())
		defer cancel()
		if base.dry {
			base.trial = &trial{}
			defer base.trial.free(ctx)
		}
		results := make([]result, len(ops))
		for _, round := range rounds(ops) {
			list := make([]change, len(round))
			for k, i := range round {
				list[k] = changeOf(base, i, ops[i])
			}
			kind.together(ctx, h, list, func(k int, out outcome, err error) {
				results[round[k]] = resultOf(out, err, explain, base.caller.RequestID)
			})
		}
		c.JSON(http.StatusOK, struct {
			Results []result `json:"results"`
		}{results})
	}
}

// readBatch reads a batch, and refuses it whole when it is malformed: then nothing of it is carried out.
func readBatch(c *gin.Context, kind endpoint) ([]operation, change, error) {
	base, err := kind.readChange(c, opCreate)
	if err != nil {
		return nil, base, err
	}
	var in struct {
		Operations []operation `json:"operations"`
	}
	dec := json.NewDecoder(bytes.NewReader(base.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil || dec.More() {
		return nil, base, problem.InvalidFields(problem.Field{Field: "operations", In: "body", Message: "must be a list of operations: op, id, body, idempotency_key"})
	}
	if n := len(in.Operations); n == 0 || n > maxOperations {
		return nil, base, problem.InvalidFields(problem.Field{Field: "operations", In: "body", Message: fmt.Sprintf("must hold 1 to %d operations", maxOperations)})
	}
	var faults []problem.Field
	keys := map[string]bool{}
	for i, o := range in.Operations {
		fault := func(field, message string) {
			faults = append(faults, problem.Field{Field: fmt.Sprintf("operations.%d.%s", i, field), In: "body", Message: message})
		}
		switch {
		case !slices.Contains([]string{opCreate, opUpdate, opDelete}, o.Op):
			fault("op", "must be create, update or delete")
		case o.Op == opCreate && o.ID != "":
			fault("id", "is the platform's to give")
		case o.Op != opCreate && o.ID == "":
			fault("id", "is needed: it says which object is meant")
		case o.Op == opDelete && len(o.Body) > 0:
			fault("body", "cannot go with a delete")
		case o.Op != opDelete && len(o.Body) == 0:
			fault("body", "is needed")
		case o.Op != opCreate && o.Key != "":
			fault("idempotency_key", "is for creates: an update or a delete says how the object is to be, and may be sent again as it is")
		case len(o.Key) > 255:
			fault("idempotency_key", "must have at most 255 characters")
		case o.Key != "" && keys[o.Key]:
			fault("idempotency_key", "is that of an earlier operation of this batch")
		}
		keys[o.Key] = true
	}
	if len(faults) > 0 {
		return nil, base, problem.InvalidFields(faults...)
	}
	return in.Operations, base, nil
}

// changeOf is one operation as a write.
func changeOf(base change, i int, o operation) change {
	r := base
	r.op, r.id, r.body, r.match = o.Op, o.ID, o.Body, ""
	switch {
	case o.Op != opCreate:
		r.key = ""
	case o.Key != "":
		r.key = o.Key
	case base.key != "":
		r.key = batchKey(base.key, i)
	}
	return r
}

// batchKey is the key of a create that has none of its own, in a batch that has one: its place in it.
func batchKey(key string, i int) string {
	sum := sha256.Sum256([]byte(key))
	return fmt.Sprintf("batch %s %d", hex.EncodeToString(sum[:16]), i)
}

func resultOf(out outcome, err error, explain func(error) error, request string) result {
	if err != nil {
		b := problem.From(explain(err))
		b.RequestID = request
		return result{Status: b.Status, Problem: &b}
	}
	r := result{Status: out.Status, Effect: out.Header[headerEffect], Audit: out.Header[headerAudit], Replay: out.Header[headerReplayed] != ""}
	if out.Body != "" {
		r.Object = json.RawMessage(out.Body)
	}
	return r
}
