package linkedin

import (
	"context"
	"net/http"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// linkConversions adds the steps that link a campaign with the conversions that it is for. A campaign that is tuned to
// conversions runs with one only, so it is made as a draft, linked, and then given the status that was asked for.
func (c *client) linkConversions(o *normalize.Group, p *order[normalize.Group], status string) error {
	var ids []string
	for _, pr := range o.Promoted {
		if pr.Type != normalize.PromotedTypeCustomConversionID {
			continue
		}
		id := tail(pr.ID)
		if k := kindOf(pr.ID); k != "" && k != "llaPartnerConversion" || !digitsOnly(id) {
			return fault(providers.Rejected, "promoted", "%q is no conversion of LinkedIn's", pr.ID)
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		if p.body["optimizationTargetType"] == "MAX_CONVERSION" {
			return fault(providers.Rejected, "promoted", "what is tuned to conversions needs one: give promoted of type CUSTOM_CONVERSION_ID")
		}
		return nil
	}
	p.body["status"] = "DRAFT"
	for _, id := range ids {
		p.steps = append(p.steps, step{do: func(ctx context.Context, campaign string) ([]string, error) {
			return c.linkConversion(ctx, campaign, id)
		}})
	}
	if status != "DRAFT" {
		p.steps = append(p.steps, step{change: &patch{set: fields{"status": status}}})
	}
	return nil
}

// linkConversion is a PUT of a key whose parts are its body.
func (c *client) linkConversion(ctx context.Context, campaign, conversion string) ([]string, error) {
	of, what := urn(urnCampaign, campaign), "urn:lla:llaPartnerConversion:"+conversion
	h, err := c.write(ctx, writes{
		verb: http.MethodPut, method: "UPDATE", path: "campaignConversions/" + record("campaign", esc(of), "conversion", esc(what)),
		body: fields{"campaign": of, "conversion": what},
	})
	if e := asError(err); err != nil && e.Field == "" && !e.Uncertain {
		e.Field = "promoted"
		err = e
	}
	return idsOf(h), err
}
