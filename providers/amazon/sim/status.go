package sim

import (
	"strings"
	"time"
)

// own is how each product calls the levels in its serving status words.
var ownWords = map[string]string{
	"sp.campaign": "CAMPAIGN", "sb.campaign": "CAMPAIGN", "sd.campaign": "CAMPAIGN",
	"sp.adGroup": "AD_GROUP", "sb.adGroup": "AD_GROUP", "sd.adGroup": "AD_GROUP",
	"sp.productAd": "AD", "sb.ad": "AD", "sd.productAd": "AD_STATUS",
	"sd.target": "TARGET_STATUS", "portfolio": "PORTFOLIO",
}

func ownWord(k *kind) string {
	if w := ownWords[k.name]; w != "" {
		return w
	}
	return "TARGETING_CLAUSE"
}

// servingStatus is the computed status: a word of the entity itself or of what
// stands above it, which is why every enumeration has the parents' words too.
func servingStatus(e *entity, now time.Time) string {
	own := ownWord(e.kind)
	if e.state == "ARCHIVED" {
		return own + "_ARCHIVED"
	}
	for _, up := range []*entity{e.campaign, e.group} {
		if up != nil && up != e && up.state == "ARCHIVED" {
			return ownWord(up.kind) + "_ARCHIVED"
		}
	}
	if e.prof.unpaid {
		return "ADVERTISER_PAYMENT_FAILURE"
	}
	if e.state == "PAUSED" {
		return own + "_PAUSED"
	}
	for _, up := range []*entity{e.campaign, e.group} {
		if up != nil && up != e && up.state == "PAUSED" {
			return ownWord(up.kind) + "_PAUSED"
		}
	}
	if word := window(e, now); word != "" {
		return word
	}
	switch {
	case now.Before(e.until):
		return "AD_POLICING_PENDING_REVIEW"
	case e.review == "PENDING" && e.kind.product == sp:
		return "AD_CREATION_OFFLINE_PENDING"
	case e.review == "PENDING":
		return "AD_POLICING_PENDING_REVIEW"
	case e.review == "REJECTED" && e.kind.product == sp:
		return "AD_INELIGIBLE"
	case e.review == "REJECTED" && e.kind.product == sb:
		return "AD_POLICING_SUSPENDED"
	case e.review == "REJECTED":
		return "NOT_IN_POLICY"
	}
	return living(e.kind)
}

// living is the word for what serves.
func living(k *kind) string {
	switch {
	case k.name == "sp.productAd" || k.name == "sb.ad" || k.name == "sd.productAd":
		return "AD_STATUS_LIVE"
	case k.name == "sd.campaign":
		return "ADVERTISER_STATUS_ENABLED" // Sponsored Display has no word of the campaign's own
	case k.level == levelCampaign:
		return "CAMPAIGN_STATUS_ENABLED"
	case k.name == "portfolio":
		return "PORTFOLIO_STATUS_ENABLED"
	case strings.HasSuffix(k.name, ".adGroup"):
		return "AD_GROUP_STATUS_ENABLED"
	case k.product == sd:
		return "TARGET_STATUS_LIVE"
	}
	return "TARGETING_CLAUSE_STATUS_LIVE"
}

// window tells whether the campaign's days have not begun or are over.
func window(e *entity, now time.Time) string {
	c := e.campaign
	if c == nil {
		return ""
	}
	today := strings.ReplaceAll(now.In(e.prof.loc).Format(time.DateOnly), "-", "")
	plain := func(name string) string { return strings.ReplaceAll(c.text(name), "-", "") }
	if start := plain("startDate"); start > today {
		return "PENDING_START_DATE"
	}
	if end := plain("endDate"); end != "" && end < today {
		return "ENDED"
	}
	if c.text("portfolioId") != "" || c.fields["portfolioId"] != nil {
		if p := portfolioOf(c); p != nil && p.fields["inBudget"] == false {
			return "PORTFOLIO_OUT_OF_BUDGET"
		}
	}
	return ""
}

func portfolioOf(c *entity) *entity {
	var id int64
	switch v := c.fields["portfolioId"].(type) {
	case int64:
		id = v
	default:
		id, _ = idOf(v)
	}
	return c.prof.find("portfolio", id)
}
