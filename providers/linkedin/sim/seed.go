package sim

import (
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// firstWrittenID numbers what clients create, above everything seeded below 2^53.
const firstWrittenID = 900_000_001

// seed shows the neutral world in LinkedIn's words: its campaigns are campaign
// groups here, its groups campaigns, its ads creatives.
func (s *Sim) seed() {
	for _, a := range s.kit.World.List() {
		s.seedAccount(a)
	}
}

// onLoad shows an account that was loaded while the simulator runs.
func (s *Sim) onLoad(a *simkit.Account, _ *simkit.Load) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seedAccount(a)
	return nil
}

func (s *Sim) seedAccount(a *simkit.Account) {
	s.accounts.put(&entity{id: a.ID, data: accountObj(a), seeded: true})
	gs, cs, crs := newTable(), newTable(), newTable()
	s.groups[a.ID], s.campaigns[a.ID], s.creatives[a.ID] = gs, cs, crs
	for _, c := range a.Campaigns {
		gs.put(&entity{id: c.ID, account: a.ID, data: campaignGroupObj(c), seeded: true})
		for _, g := range c.Groups {
			cs.put(&entity{id: g.ID, account: a.ID, parent: c.ID, data: campaignObj(g), seeded: true})
			for _, ad := range g.Ads {
				crs.put(&entity{id: ad.ID, account: a.ID, parent: g.ID, data: creativeObj(ad), seeded: true, posted: ms(ad.Created)})
				if p := newPost(ad); p != nil {
					s.posts[p.urn] = p
				}
			}
		}
	}
	s.seedLinks(a)
}

// begun is when something started: a loaded campaign without a start began when
// it was made.
func begun(start, created time.Time) time.Time {
	if start.IsZero() {
		return created
	}
	return start
}

func ms(t time.Time) int64 { return t.UnixMilli() }

func formatMoney(micros int64) string { return simkit.FormatMicros(micros) }

const creator = "urn:li:person:Ab1SimManager"

func stamps(created, modified time.Time) obj {
	return obj{
		"created":      obj{"actor": creator, "time": ms(created)},
		"lastModified": obj{"actor": creator, "time": ms(modified)},
	}
}

func accountObj(a *simkit.Account) obj {
	return obj{
		"id": a.ID, "name": a.Name, "type": "BUSINESS", "currency": a.Currency, "status": string(a.Status),
		"test": false, "reference": makeURN("organization", a.PageID),
		"notifiedOnCampaignOptimization": true, "notifiedOnCreativeApproval": true,
		"notifiedOnCreativeRejection": true, "notifiedOnEndOfCampaign": true, "notifiedOnNewFeaturesEnabled": false,
		"changeAuditStamps": stamps(a.Created, a.Modified), "version": obj{"versionTag": "7"},
	}
}

func schedule(start, end time.Time) obj {
	o := obj{"start": ms(start)}
	if !end.IsZero() {
		o["end"] = ms(end)
	}
	return o
}

func campaignGroupObj(c *simkit.Campaign) obj {
	o := obj{
		"id": c.ID, "account": makeURN("sponsoredAccount", c.Account.ID), "name": c.Name,
		"status": groupStatus(c.Status), "runSchedule": schedule(begun(c.Start, c.Created), c.End), "backfilled": c.Default, "test": false,
		"allowedCampaignTypes": []any{"TEXT_AD", "SPONSORED_UPDATES", "SPONSORED_INMAILS", "DYNAMIC"},
		"changeAuditStamps":    stamps(c.Created, c.Modified),
	}
	if c.TotalBudget > 0 {
		o["totalBudget"] = money(c.TotalBudget, c.Account.Currency)
	}
	if c.DailyBudget > 0 {
		o["dailyBudget"] = money(c.DailyBudget, c.Account.Currency)
		o["budgetOptimization"] = obj{"budgetOptimizationStrategy": "DYNAMIC", "bidStrategy": "MAXIMUM_DELIVERY"}
	}
	if c.Objective != "" {
		o["objectiveType"] = objectiveOf[c.Objective]
	}
	return o
}

// groupStatus: a campaign group has no COMPLETED.
func groupStatus(s simkit.Status) string {
	if s == simkit.Completed {
		return "ACTIVE"
	}
	return string(s)
}

// The wire's objectives are singular, whatever the documentation's tables print.
var objectiveOf = map[simkit.Objective]string{
	simkit.Awareness: "BRAND_AWARENESS", simkit.Traffic: "WEBSITE_VISIT", simkit.Engagement: "ENGAGEMENT",
	simkit.VideoView: "VIDEO_VIEW", simkit.LeadGen: "LEAD_GENERATION", simkit.Conversion: "WEBSITE_CONVERSION",
	simkit.JobApply: "JOB_APPLICANT",
}

var formatOf = map[simkit.Format][2]string{ // type, format
	simkit.Image: {"SPONSORED_UPDATES", "STANDARD_UPDATE"}, simkit.Video: {"SPONSORED_UPDATES", "SINGLE_VIDEO"},
	simkit.Carousel: {"SPONSORED_UPDATES", "CAROUSEL"}, simkit.Document: {"SPONSORED_UPDATES", "SPONSORED_UPDATE_NATIVE_DOCUMENT"},
	simkit.Text: {"TEXT_AD", "TEXT"}, simkit.Message: {"SPONSORED_INMAILS", "SPONSORED_INMAIL"},
	simkit.Spotlight: {"DYNAMIC", "SPOTLIGHT"}, simkit.Event: {"SPONSORED_UPDATES", "SPONSORED_UPDATE_EVENT"},
}

// bidding gives optimizationTargetType and costType for an objective, by
// whether the group bids by hand, and with some groups under a cost cap.
func bidding(g *simkit.Group) (target, cost string, unit int64) {
	auto := map[simkit.Objective][2]string{
		simkit.Awareness: {"MAX_IMPRESSION", "CPM"}, simkit.Traffic: {"MAX_CLICK", "CPM"}, simkit.Engagement: {"MAX_CLICK", "CPM"},
		simkit.VideoView: {"MAX_VIDEO_VIEW", "CPV"}, simkit.LeadGen: {"MAX_LEAD", "CPM"},
		simkit.Conversion: {"MAX_CONVERSION", "CPM"}, simkit.JobApply: {"MAX_CLICK", "CPM"},
	}
	capped := map[simkit.Objective][2]string{
		simkit.Awareness: {"MAX_REACH", "CPM"}, simkit.Traffic: {"TARGET_COST_PER_CLICK", "CPC"},
		simkit.Engagement: {"CAP_COST_AND_MAXIMIZE_CLICKS", "CPM"}, simkit.VideoView: {"CAP_COST_AND_MAXIMIZE_VIDEO_VIEWS", "CPV"},
		simkit.LeadGen: {"CAP_COST_AND_MAXIMIZE_LEADS", "CPM"}, simkit.Conversion: {"ENHANCED_CONVERSION", "CPC"},
		simkit.JobApply: {"MAX_CLICK", "CPM"},
	}
	switch {
	case g.Bid > 0:
		hand := "CPC"
		if g.Objective == simkit.VideoView {
			hand = "CPV"
		}
		if g.Objective == simkit.Awareness || g.Format == simkit.Message {
			hand = "CPM"
		}
		return "NONE", hand, g.Bid
	case g.ID%4 == 3:
		b := capped[g.Objective]
		if b[0] == "MAX_REACH" || b[0] == "MAX_CLICK" {
			return b[0], b[1], 0
		}
		return b[0], b[1], 12 * simkit.Micro
	}
	b := auto[g.Objective]
	return b[0], b[1], 0
}

func campaignObj(g *simkit.Group) obj {
	a := g.Campaign.Account
	f := formatOf[g.Format]
	target, cost, unit := bidding(g)
	o := obj{
		"id": g.ID, "account": makeURN("sponsoredAccount", a.ID),
		"campaignGroup": makeURN("sponsoredCampaignGroup", g.Campaign.ID),
		"name":          g.Name, "type": f[0], "format": f[1], "status": string(g.Status),
		"objectiveType": objectiveOf[g.Objective], "optimizationTargetType": target, "costType": cost,
		"creativeSelection": "OPTIMIZED", "unitCost": money(unit, a.Currency),
		"locale":                 obj{"country": g.Country, "language": g.Language},
		"runSchedule":            schedule(begun(g.Start, g.Created), g.End),
		"targetingCriteria":      targeting(g),
		"associatedEntity":       makeURN("organization", a.PageID),
		"offsiteDeliveryEnabled": g.ID%2 == 0, "audienceExpansionEnabled": false, "storyDeliveryEnabled": false,
		"pacingStrategy": "LIFETIME", "politicalIntent": [...]string{"NOT_POLITICAL", "NOT_POLITICAL", "NOT_DECLARED", "POLITICAL"}[g.ID%4],
		"test": false, "changeAuditStamps": stamps(g.Created, g.Modified), "version": obj{"versionTag": itoa(1 + g.ID%9)},
	}
	if g.TotalBudget > 0 && g.ID%3 == 0 {
		o["totalBudget"] = money(g.TotalBudget, a.Currency)
	} else if g.DailyBudget > 0 { // a loaded group has none: its campaign group's is optimized
		o["dailyBudget"] = money(g.DailyBudget, a.Currency)
		if g.TotalBudget > 0 {
			o["totalBudget"] = money(g.TotalBudget, a.Currency)
		}
	}
	if g.Objective == simkit.Awareness {
		o["optimizationPreference"] = obj{"frequencyOptimizationPreference": obj{
			"optimizationType": "MAX_FREQUENCY", "frequency": int64(5), "timeSpan": obj{"duration": int64(7), "unit": "DAY"}}}
	}
	if a.Loaded {
		o["politicalIntent"] = "NOT_POLITICAL"
	}
	if g.ID%11 == 5 && !a.Loaded { // old campaigns still carry the legacy tree beside the new one
		o["targeting"] = obj{"includedTargetingFacets": obj{"locations": []any{geoOf[g.Country]}}}
	}
	return o
}

var geoOf = map[string]string{
	"DE": "urn:li:geo:101282230", "US": "urn:li:geo:103644278", "JP": "urn:li:geo:101355337",
	"HU": "urn:li:geo:100288700", "IN": "urn:li:geo:102713980", "FR": "urn:li:geo:105015875",
}

const facet = "urn:li:adTargetingFacet:"

func targeting(g *simkit.Group) obj {
	or := func(name string, values ...any) obj { return obj{"or": obj{facet + name: values}} }
	and := []any{
		or("locations", geoOf[g.Country]),
		or("interfaceLocales", "urn:li:locale:"+g.Language+"_"+g.Country),
	}
	if g.Campaign.Account.Loaded {
		return obj{"include": obj{"and": and}}
	}
	switch g.ID % 4 {
	case 0:
		and = append(and, or("jobFunctions", "urn:li:function:10", "urn:li:function:4"))
	case 1:
		and = append(and, or("staffCountRanges", "urn:li:staffCountRange:(201,500)", "urn:li:staffCountRange:(501,1000)"))
	case 2:
		and = append(and, obj{"or": obj{facet + "genders": []any{"urn:li:gender:FEMALE"}}},
			or("ageRanges", "urn:li:ageRange:(25,34)", "urn:li:ageRange:(35,54)"))
	case 3:
		and = append(and, obj{"or": obj{facet + "skills": []any{"urn:li:skill:123"}, facet + "interests": []any{"urn:li:interest:3"}}})
	}
	t := obj{"include": obj{"and": and}}
	if g.ID%3 == 0 {
		t["exclude"] = obj{"or": obj{facet + "seniorities": []any{"urn:li:seniority:1", "urn:li:seniority:3"}}}
	}
	return t
}

// postURN is what a creative refers to; empty for kinds with inline content.
func postURN(ad *simkit.Ad) string {
	switch ad.Creative.Format {
	case simkit.Image, simkit.Carousel, simkit.Document:
		return makeURN("share", ad.Creative.PostID)
	case simkit.Video:
		return makeURN("ugcPost", ad.Creative.PostID)
	case simkit.Message:
		return makeURN("adInMailContent", ad.Creative.PostID%1_000_000_007)
	}
	return ""
}

func creativeObj(ad *simkit.Ad) obj {
	a := ad.AccountOf()
	o := obj{
		"id": makeURN("sponsoredCreative", ad.ID), "account": makeURN("sponsoredAccount", a.ID),
		"campaign": makeURN("sponsoredCampaign", ad.Group.ID), "content": creativeContent(ad),
		"intendedStatus": string(ad.Status), "isTest": false,
		"createdAt": ms(ad.Created), "createdBy": creator, "lastModifiedAt": ms(ad.Modified), "lastModifiedBy": creator,
	}
	if ad.Status == simkit.Completed {
		o["intendedStatus"] = "ACTIVE"
	}
	if ad.ID%9 != 4 || a.Loaded { // old creatives have no name
		o["name"] = ad.Name
	}
	if ad.Group.Objective == simkit.LeadGen {
		o["leadgenCallToAction"] = obj{"destination": makeURN("adForm", formID(a, 0)), "label": "LEARN_MORE"}
	}
	switch ad.Review {
	case "REJECTED":
		o["review"] = obj{"status": "REJECTED", "rejectionReasons": []any{"MISLEADING_CONTENT"}}
	case "PENDING":
		o["review"] = obj{"status": "PENDING"}
	case "APPROVED":
		o["review"] = obj{"status": "APPROVED"}
	}
	return o
}

func creativeContent(ad *simkit.Ad) obj {
	c := ad.Creative
	image := func() string {
		for _, as := range ad.AccountOf().Assets {
			if as.Kind == simkit.Image {
				return assetURN(as)
			}
		}
		return ""
	}
	switch c.Format {
	case simkit.Text:
		return obj{"textAd": obj{"headline": clip(c.Title, 25), "description": clip(c.Body, 75), "landingPage": c.URL, "image": image()}}
	case simkit.Spotlight:
		return obj{"spotlight": obj{"headline": c.Title, "description": c.Body, "landingPage": c.URL, "callToAction": c.CTA,
			"logo": image(), "organizationName": ad.AccountOf().PageName, "showMemberProfilePhoto": true}}
	case simkit.Event:
		return obj{"eventAd": obj{"reference": makeURN("event", c.PostID), "hidePreviewVideo": false}} // inside assumed
	}
	return obj{"reference": postURN(ad)}
}

func clip(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
