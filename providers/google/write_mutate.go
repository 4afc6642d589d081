package google

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers"
)

// maxOperations is how many operations a mutate takes.
const maxOperations = 10_000

// mutateBody is a request of googleAds:mutate.
type mutateBody struct {
	Operations     []fields `json:"mutateOperations"`
	PartialFailure bool     `json:"partialFailure,omitempty"`
	ValidateOnly   bool     `json:"validateOnly,omitempty"`
}

// mutateAnswer holds a result for each operation, in order: the name, by the kind of the operation.
type mutateAnswer struct {
	PartialFailure *status `json:"partialFailureError"`
	Responses      []map[string]struct {
		ResourceName string `json:"resourceName"`
	} `json:"mutateOperationResponses"`
}

// name is that of one operation; empty where it has failed.
func (m *mutateAnswer) name(i int) string {
	if i < len(m.Responses) {
		for _, r := range m.Responses[i] {
			return r.ResourceName
		}
	}
	return ""
}

// mutated is what a mutate answers: a name for each operation, in order; none of a dry run.
type mutated struct {
	names []string
	ids   []string // of the request
}

// mutate sends operations once, as one. Each counts against the quota.
func (c *client) mutate(ctx context.Context, a account, dry bool, ops []operation) (mutated, error) {
	var got mutateAnswer
	h, err := c.sendMutate(ctx, a, mutateBody{ValidateOnly: dry}, ops, &got)
	if err != nil {
		return mutated{}, certain(err, dry)
	}
	out := mutated{ids: requestIDs(h)}
	if dry {
		return out, nil
	}
	for i := range ops {
		out.names = append(out.names, got.name(i))
	}
	if len(got.Responses) != len(ops) || slices.Contains(out.names, "") {
		return out, unanswered(ops, &got, h)
	}
	return out, nil
}

// certain is the error of a dry run: nothing would have been done.
func certain(err error, dry bool) error {
	if e, ok := errors.AsType[*providers.Error](err); ok && dry {
		e.Uncertain = false
	}
	return err
}

func (c *client) sendMutate(ctx context.Context, a account, body mutateBody, ops []operation, into *mutateAnswer) (http.Header, error) {
	login, err := c.loginFor(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range ops {
		body.Operations = append(body.Operations, o.wire())
	}
	r, err := c.request("customers/"+a.ID+"/googleAds:mutate", a.ID, login, body)
	if err != nil {
		return nil, err
	}
	r.Write, r.Cost = true, len(ops)
	h, err := c.rest.Write(ctx, r, into)
	return h, c.undeclared(ctx, a, c.forget(blamed(own(err))))
}

// undeclared names the campaigns that stop every write of their account but their own declaration.
func (c *client) undeclared(ctx context.Context, a account, err error) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !strings.HasSuffix(e.Code, ".EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED") {
		return err
	}
	found, qerr := read[campaignRow](ctx, c, a, gaql{
		fields: []string{"campaign.id"}, from: "campaign", where: []string{"campaign.missing_eu_political_advertising_declaration = TRUE", "campaign.status != 'REMOVED'"},
		order: "campaign.id", limit: maxNamed,
	}, false)
	if qerr != nil || len(found) == 0 { // what Google said is the error
		return err
	}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].row.Campaign.ID.String()
	}
	e.Message += " Give has_eu_political_ads, and nothing else, on campaign " + strings.Join(ids, ", ") + " first."
	return err
}

// unanswered is the error of an answer that does not tell what became of all that was sent.
func unanswered(ops []operation, got *mutateAnswer, h http.Header) error {
	e := fault(providers.Malformed, "", "Google Ads was sent %d operations and has answered for %d", len(ops), len(got.Responses))
	e.RequestID, e.Uncertain = requestID(h), true
	return e
}

// result is what became of one operation of many.
type result struct {
	name string
	err  error
}

// mutateEach sends operations of which each is done, or refused, by itself. A partial failure is answered with 200: those
// that failed have no result, and their errors tell which ones they are.
func (c *client) mutateEach(ctx context.Context, a account, ops []operation) ([]result, mutated, error) {
	var got mutateAnswer
	h, err := c.sendMutate(ctx, a, mutateBody{PartialFailure: true}, ops, &got)
	if err != nil {
		return nil, mutated{}, err
	}
	if len(got.Responses) != len(ops) && got.PartialFailure == nil {
		return nil, mutated{}, unanswered(ops, &got, h)
	}
	out := make([]result, len(ops))
	for i := range out {
		if out[i].name = got.name(i); out[i].name != "" {
			continue
		}
		if out[i].err = refusalAt(got.PartialFailure, i, h, c.now()); out[i].err == nil {
			out[i].err = unanswered(ops, &got, h)
		}
	}
	return out, mutated{ids: requestIDs(h)}, nil
}

// refusalAt is why one operation of a partial failure was refused; nil where nothing is said of it.
func refusalAt(s *status, at int, h http.Header, now time.Time) error {
	if s == nil {
		return nil
	}
	d := detailsOf(s.Details)
	d.errors = slices.DeleteFunc(d.errors, func(e adsError) bool { n, ok := e.operation(); return ok && n != at })
	if len(d.errors) == 0 {
		return nil
	}
	d.family, d.name = d.errors[0].code()
	e := refusalBy(http.StatusBadRequest, s.Message, d, h, now)
	e.Platform = platformID
	return blamed(e)
}

func requestIDs(h http.Header) []string { return some(requestID(h)) }

// blame is our field behind a code of Google's.
var blame = map[string]string{
	"DUPLICATE_CAMPAIGN_NAME": "name", "DUPLICATE_ADGROUP_NAME": "name", "INVALID_ADGROUP_NAME": "name",
	"BUDGET_BELOW_PER_DAY_MINIMUM": "budget_amount",
	"CANNOT_CHANGE_BUDGET_PERIOD":  "budget_period", "END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET": "end_at",
	"CANNOT_MODIFY_START_DATE_IF_ALREADY_STARTED": "start_at", "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED": "has_eu_political_ads",
	"MISSING_EU_POLITICAL_ADVERTISING_SELF_DECLARATION": "has_eu_political_ads", "CANNOT_ADD_AD_GROUP_FOR_CAMPAIGN_TYPE": "campaign_id",
}

// blamedPaths are our fields behind the last members of a request that an error may be about, in small letters.
var blamedPaths = map[string]string{
	"name": "name", "status": "status", "amountmicros": "budget_amount", "totalamountmicros": "budget_amount",
	"startdatetime": "start_at", "enddatetime": "end_at", "containseupoliticaladvertising": "has_eu_political_ads",
	"advertisingchanneltype": "advertising_channel_type", "frequencycaps": "frequency_cap", "networksettings": "targeting.placement.platforms",
	"cpcbidmicros": "bid_amount", "cpmbidmicros": "bid_amount", "cpcbidceilingmicros": "bid_amount",
	"targetcpamicros": "bid_strategy.performance_goal_amount", "targetroas": "bid_strategy.target_roas",
	"location": "targeting.geographic", "language": "targeting.language", "device": "targeting.device", "adschedule": "targeting.schedule",
	"keyword": "targeting.content", "topic": "targeting.content", "placement": "targeting.content", "contentlabel": "targeting.brand_safety",
	"userinterest": "targeting.audience.interests", "userlist": "targeting.audience.custom_audiences", "agerange": "targeting.demographic", "gender": "targeting.demographic",
	"headlines": "texts.titles", "longheadline": "texts.long_headlines", "descriptions": "texts.bodies", "finalurls": "link_url", "path1": "path1", "path2": "path2",
	"finalurlsuffix": "url_tags", "calltoactiontext": "cta", "marketingimages": "data", "squaremarketingimages": "data", "imageasset": "data", "businessname": "data",
	"data": "content", "youtubevideoid": "url", "descriptivename": "name",
}

// fieldOf is our field behind the place of an error; empty where there is none.
func fieldOf(e *adsError) string {
	parts := strings.Split(strings.ToLower(strings.ReplaceAll(e.path(), "_", "")), ".")
	for _, p := range slices.Backward(parts) {
		if f := blamedPaths[p]; f != "" {
			return f
		}
	}
	return ""
}

// blamed names our field on a refusal.
func blamed(err error) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok {
		return err
	}
	_, code, _ := strings.Cut(e.Code, ".")
	e.Field = cmp.Or(blame[code], e.Field)
	return err
}
