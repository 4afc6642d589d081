package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"strconv"

	"github.com/admux/admux/providers/google/sim/gaql"
	"github.com/admux/admux/providers/internal/simkit"
)

// compile makes a plan of a query, for the call's customer.
func (c *call) compile(query string) (*gaql.Plan, *apiError) {
	if query == "" {
		return nil, refuse("requestError", "REQUIRED_FIELD_MISSING", "Required field is missing: query")
	}
	plan, err := gaql.Compile(query, gaql.Env{Now: c.s.kit.Clock.Now(), Zone: c.c.loc})
	if err != nil {
		return nil, fromGAQL(err)
	}
	if c.c.manager && plan.UsesMetrics() {
		return nil, refuse("queryError", "REQUESTED_METRICS_FOR_MANAGER", "Metrics cannot be requested for a manager account. To retrieve metrics, issue separate requests against each client account under the manager account.")
	}
	return plan, nil
}

func fromGAQL(err error) *apiError {
	e, ok := errors.AsType[*gaql.Error](err)
	if !ok {
		return refuse("internalError", "INTERNAL_ERROR", "An internal error has occurred.")
	}
	out := refuse(e.Family, e.Code, "%s", e.Message)
	out.http = http.StatusBadRequest
	out.errs[0].trigger = e.Trigger
	return out
}

// consumption is the made-up cost of a query; nothing is charged with it.
func consumption(query string) int64 { return 60 + int64(simkit.HashString(query)%900) }

// search answers one page.
func (c *call) search() *apiError {
	in, bad := c.decode("SearchGoogleAdsRequest")
	if bad != nil {
		return bad
	}
	if _, ok := in["page_size"]; ok {
		return refuse("requestError", "PAGE_SIZE_NOT_SUPPORTED", "Setting the page size is not supported. Search Responses will have fixed page size of '10000' rows.")
	}
	query := text(in, "query")
	plan, bad := c.compile(query)
	if bad != nil {
		return bad
	}
	offset, bad := c.offset(text(in, "page_token"), query)
	if bad != nil {
		return bad
	}
	if offset == 0 { // further pages cost nothing
		if bad := c.spend(1); bad != nil {
			return bad
		}
	}
	if v, _ := in["validate_only"].(bool); v {
		return c.reply(obj{})
	}
	settings, _ := in["search_settings"].(obj)
	return c.page(plan, query, offset, settings)
}

func (c *call) page(plan *gaql.Plan, query string, offset int, settings obj) *apiError {
	src := c.s.source(c.c)
	on := func(name string) bool { v, _ := settings[name].(bool); return v }
	out := bytes.NewBufferString(`{`)
	n := 0
	for row, err := range plan.Page(src, offset, c.s.opts.PageRows+1) {
		if err != nil {
			return fromGAQL(err)
		}
		if n++; n > c.s.opts.PageRows {
			break
		}
		if on("omit_results") {
			continue
		}
		if n == 1 {
			out.WriteString(`"results":[`)
		} else {
			out.WriteByte(',')
		}
		out.Write(row)
	}
	if n > 0 && !on("omit_results") {
		out.WriteString(`],`)
	}
	if n > c.s.opts.PageRows {
		out.WriteString(`"nextPageToken":` + strconv.Quote(c.pageToken(query, offset+c.s.opts.PageRows)) + `,`)
	}
	if on("return_total_results_count") {
		total, err := plan.Count(src)
		if err != nil {
			return fromGAQL(err)
		}
		if total > 0 {
			out.WriteString(`"totalResultsCount":"` + strconv.Itoa(total) + `",`)
		}
	}
	if on("return_summary_row") && n <= c.s.opts.PageRows {
		if sum, err := plan.Summary(src); err == nil && sum != nil {
			out.WriteString(`"summaryRow":` + string(sum) + `,`)
		}
	}
	out.WriteString(`"fieldMask":` + strconv.Quote(plan.FieldMask()) + `,"queryResourceConsumption":"` + itoa(consumption(query)) + `"}`)
	c.write(http.StatusOK, out.Bytes())
	return nil
}

// A page token holds where the page starts, when it dies, and a seal over the
// query and the customer.
func (c *call) pageToken(query string, offset int) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(offset))
	b = binary.BigEndian.AppendUint64(b, uint64(c.s.kit.Clock.Now().Add(c.s.opts.PageTokenTTL).Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b, c.seal(query, b)...))
}

func (c *call) seal(query string, b []byte) []byte {
	sum := sha256.Sum256([]byte(string(b) + "\x00" + itoa(c.c.id) + "\x00" + itoa(int64(c.s.opts.Seed)) + "\x00" + query))
	return sum[:12]
}

func (c *call) offset(token, query string) (int, *apiError) {
	if token == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != 28 || !bytes.Equal(b[16:], c.seal(query, b[:16])) {
		e := refuse("requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.")
		e.errs[0].trigger = clip(token, 60)
		return 0, e
	}
	if c.s.kit.Clock.Now().Unix() >= int64(binary.BigEndian.Uint64(b[8:])) {
		return 0, refuse("requestError", "EXPIRED_PAGE_TOKEN", "Page token is expired.")
	}
	return int(binary.BigEndian.Uint64(b)), nil
}
