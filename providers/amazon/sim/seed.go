package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// seed makes Amazon's objects of the world.
func (s *Sim) seed() {
	for _, a := range s.kit.World.List() {
		s.seedProfile(a)
	}
}

func (s *Sim) seedProfile(src *simkit.Account) *profile {
	p := s.newProfile(src)
	if p.kind != "agency" {
		s.seedPortfolios(p)
	}
	for k, c := range src.Campaigns {
		s.seedCampaign(p, c, k)
	}
	s.seedAssets(p)
	s.profiles = append(s.profiles, p)
	return p
}

func (s *Sim) seedPortfolios(p *profile) {
	if p.src.Loaded {
		return
	}
	k := s.kinds["portfolio"]
	for i, name := range []string{"Winter", "Always on", "Used up"} {
		f := obj{"name": name, "inBudget": i != 2, "budget": obj{"policy": "NO_CAP", "currencyCode": p.currency}}
		if i != 1 {
			f["budget"] = obj{"policy": "MONTHLY_RECURRING", "currencyCode": p.currency, "amount": amount(500 * simkit.Micro * scaleOf(p.currency))}
		}
		p.add(&entity{kind: k, prof: p, id: s.next("portfolio", firstPortfolio), state: "ENABLED", fields: f, created: p.src.Created, updated: p.src.Modified})
	}
}

// stateOf maps the neutral status; what is cancelled, removed or deleted there
// is archived here. An advertiser that did not pay keeps its states.
func stateOf(p *profile, st simkit.Status) string {
	switch st {
	case simkit.Active, simkit.Completed:
		return "ENABLED"
	case simkit.Paused, simkit.Draft:
		return "PAUSED"
	}
	if p.unpaid {
		return "ENABLED"
	}
	return "ARCHIVED"
}

// day is a date as the product spells it, in the profile's zone.
func (p *profile) day(product string, t time.Time) string {
	text := t.In(p.loc).Format(time.DateOnly)
	if product == sd {
		return strings.ReplaceAll(text, "-", "")
	}
	return text
}

func (s *Sim) seedCampaign(p *profile, c *simkit.Campaign, k int) {
	product := s.products[c]
	e := &entity{kind: s.kinds[product+".campaign"], prof: p, id: c.ID, state: stateOf(p, c.Status), created: c.Created, updated: c.Modified, src: c}
	e.campaign = e
	start := c.Start
	if start.IsZero() {
		start = c.Created
	}
	f := obj{"name": c.Name, "startDate": p.day(product, start)}
	if !c.End.IsZero() {
		f["endDate"] = p.day(product, c.End)
	}
	switch product {
	case sp:
		spCampaignFields(f, c, k)
	case sb:
		sbCampaignFields(f, p, c, k)
		e.legacy = c.Status == simkit.Draft && !c.Account.Loaded
		f["isMultiAdGroupsEnabled"] = !e.legacy
	default:
		sdCampaignFields(f, c, k)
	}
	if list := p.lists["portfolio"]; k%4 == 3 && len(list) > 0 {
		id := list[k%len(list)].id
		f["portfolioId"] = itoa(id)
		if product == sd {
			f["portfolioId"] = id
		}
	}
	e.fields = f
	p.add(e)
	if product == sp {
		s.seedCampaignNegatives(e, k)
	}
	for _, g := range c.Groups {
		s.seedGroup(e, g)
	}
}

func spCampaignFields(f obj, c *simkit.Campaign, k int) {
	f["targetingType"] = "MANUAL"
	if k%5 == 3 {
		f["targetingType"] = "AUTO"
	}
	f["budget"] = obj{"budgetType": "DAILY", "budget": amount(c.DailyBudget)}
	strategy := []string{"LEGACY_FOR_SALES", "AUTO_FOR_SALES", "MANUAL", "RULE_BASED"}[k%4]
	placements := []any{}
	if k%2 == 0 {
		placements = append(placements, obj{"placement": "PLACEMENT_TOP", "percentage": 50})
	}
	f["dynamicBidding"] = obj{"strategy": strategy, "placementBidding": placements}
	if c.DailyBudget == 0 {
		f["budget"] = obj{"budgetType": "DAILY", "budget": amount(100 * simkit.Micro * scaleOf(c.Account.Currency))}
	}
	if c.Account.Loaded {
		return
	}
	// What newer campaigns have beside it.
	f["offAmazonSettings"] = obj{"offAmazonBudgetControlStrategy": "MINIMIZE_SPEND"}
	if k%3 == 0 {
		f["tags"] = obj{"team": "winter, \"DE\""}
		f["budget"].(obj)["effectiveBudget"] = amount(c.DailyBudget * 6 / 5) // a budget rule is at work
	}
}

func sbCampaignFields(f obj, p *profile, c *simkit.Campaign, k int) {
	f["brandEntityId"], f["productLocation"] = p.brand, "SOLD_ON_AMAZON"
	f["budgetType"], f["budget"] = "DAILY", amount(c.DailyBudget)
	if c.TotalBudget > 0 {
		f["budgetType"], f["budget"] = "LIFETIME", amount(c.TotalBudget)
	}
	if c.DailyBudget+c.TotalBudget == 0 {
		f["budget"] = amount(100 * simkit.Micro * scaleOf(c.Account.Currency))
	}
	f["costType"], f["goal"] = "CPC", "PAGE_VISIT"
	if perMille(c) {
		f["costType"], f["goal"] = "VCPM", "BRAND_IMPRESSION_SHARE"
	}
	f["bidding"] = obj{"bidOptimization": true}
	if c.Status == simkit.Draft {
		f["bidding"] = obj{"bidOptimization": true, "bidOptimizationStrategy": "MAXIMIZE_IMMEDIATE_SALES"}
	}
	if k%2 == 0 {
		f["bidding"] = obj{"bidOptimization": false, "bidAdjustmentsByPlacement": []any{obj{"placement": "HOME", "percentage": 20}}}
	}
}

func sdCampaignFields(f obj, c *simkit.Campaign, k int) {
	f["tactic"], f["deliveryProfile"] = "T00030", "as_soon_as_possible"
	if k%2 == 0 {
		f["tactic"] = "T00020"
	}
	f["budgetType"], f["budget"], f["costType"] = "daily", amount(c.DailyBudget), "cpc"
	if c.DailyBudget == 0 {
		f["budget"] = amount(100 * simkit.Micro * scaleOf(c.Account.Currency))
	}
	if perMille(c) {
		f["costType"] = "vcpm"
	}
}

func (s *Sim) seedGroup(c *entity, g *simkit.Group) {
	product := c.kind.product
	e := &entity{kind: s.kinds[product+".adGroup"], prof: c.prof, id: g.ID, campaign: c, state: stateOf(c.prof, g.Status), created: g.Created, updated: g.Modified, neutral: g}
	e.group = e
	f := obj{"name": g.Name}
	bid := g.Bid
	if bid == 0 {
		bid = 2 * simkit.Micro * scaleOf(c.prof.currency)
	}
	switch product {
	case sp:
		f["defaultBid"] = amount(bid)
	case sd:
		f["defaultBid"], f["bidOptimization"], f["tactic"] = amount(bid), "clicks", c.text("tactic")
		switch {
		case c.text("costType") == "vcpm":
			f["bidOptimization"] = "reach"
		case g.ID%2 == 0 && !g.Campaign.Account.Loaded:
			f["bidOptimization"] = "conversions"
		}
		if g.ID%2 == 1 || g.Campaign.Account.Loaded {
			f["creativeType"] = "IMAGE"
		}
	}
	e.fields = f
	c.prof.add(e)
	for _, ad := range g.Ads {
		s.seedAd(e, ad)
	}
	switch product {
	case sp:
		s.seedSP(e)
	case sb:
		s.seedSB(e)
	default:
		s.seedSD(e)
	}
}

func asinOf(n int) string { return fmt.Sprintf("B0%08d", 10_000_000+n) }

func (s *Sim) seedAd(g *entity, ad *simkit.Ad) {
	product, kindName := g.kind.product, g.kind.product+".productAd"
	if product == sb {
		kindName = "sb.ad"
	}
	e := &entity{kind: s.kinds[kindName], prof: g.prof, id: ad.ID, campaign: g.campaign, group: g, state: stateOf(g.prof, ad.Status), created: ad.Created, updated: ad.Modified, ad: ad}
	if ad.Review == "PENDING" || ad.Review == "REJECTED" {
		e.review = ad.Review
	}
	asin, sku := asinOf(ad.Ordinal), fmt.Sprintf("ACME-%05d", ad.Ordinal)
	g.prof.asins[sku] = asin
	switch {
	case product == sb:
		e.fields = s.sbAdFields(g, ad, asin)
		e.versions = []obj{{"version": 1, "status": "PUBLISHED", "creative": e.fields["creative"], "created": ad.Created}}
	case ad.AccountOf().Loaded && product == sd:
		e.fields = obj{"adName": ad.Name, "landingPageURL": ad.Creative.URL, "landingPageType": "OFF_AMAZON_LINK"}
	case g.prof.kind == "seller":
		e.fields = obj{"asin": asin, "sku": sku}
	default:
		e.fields = obj{"asin": asin}
	}
	g.prof.add(e)
	g.prof.ofAd[ad] = e
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func (s *Sim) sbAdFields(g *entity, ad *simkit.Ad, asin string) obj {
	logo, video := assetID(g.prof, 0)+":version_v1", assetID(g.prof, 2)+":version_v1"
	store := "https://www.amazon.de/stores/page/" + strings.ToUpper(uuid(7, uint64(ad.Ordinal)))
	if ad.AccountOf().Loaded {
		store = ad.Creative.URL
	}
	creative := obj{"brandName": "ACME", "brandLogoAssetID": logo, "headline": clip(ad.Creative.Title, 50), "asins": []any{asin, asinOf(ad.Ordinal + 1), asinOf(ad.Ordinal + 2)}}
	page := obj{"pageType": "STORE", "url": store}
	switch {
	case ad.Group.Format == simkit.Video && ad.Ordinal%2 == 0:
		creative = obj{"type": "VIDEO", "asins": []any{asin}, "videoAssetIds": []any{video}, "consentToTranslate": true}
		page = obj{"pageType": "DETAIL_PAGE"}
	case ad.Group.Format == simkit.Video:
		creative["type"], creative["videoAssetIds"], creative["consentToTranslate"] = "BRAND_VIDEO", []any{video}, true
	case ad.Ordinal%3 == 2 && !ad.AccountOf().Loaded:
		creative["type"] = "STORE_SPOTLIGHT"
		delete(creative, "asins")
		creative["subpages"] = []any{obj{"pageTitle": "New", "asin": asin, "url": store}, obj{"pageTitle": "Sale", "asin": asinOf(ad.Ordinal + 1), "url": store}, obj{"pageTitle": "All", "asin": asinOf(ad.Ordinal + 2), "url": store}}
	default:
		creative["type"] = "PRODUCT_COLLECTION"
		creative["customImages"] = []any{obj{"assetId": assetID(g.prof, 1) + ":version_v1", "url": "https://m.media-amazon.com/images/S/al-" + asin + ".png"}}
	}
	return obj{"name": ad.Name, "creative": creative, "landingPage": page}
}

// checkLoad refuses a currency that no marketplace has.
func (s *Sim) checkLoad(l *simkit.Load) error {
	if currencyHome[l.Account.Currency] == "" {
		return fmt.Errorf("simkit: account.currency: no marketplace of Amazon has %q", l.Account.Currency)
	}
	return nil
}

// onLoad renders a loaded account and gives it to the first member. Sales become
// Sponsored Products; traffic Sponsored Display that pays for clicks; awareness
// and leads, for which Amazon has no word, Sponsored Brands.
func (s *Sim) onLoad(src *simkit.Account, _ *simkit.Load) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range src.Campaigns {
		s.products[c] = map[simkit.Objective]string{simkit.Conversion: sp, simkit.Traffic: sd, simkit.Awareness: sb, simkit.LeadGen: sb}[c.Objective]
	}
	s.seedProfile(src)
	return nil
}
