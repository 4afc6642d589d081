package google

import (
	"context"
	"maps"
	"slices"

	"github.com/admux/admux/normalize"
)

// What belongs to the objects of a page is read in one query for all of them, each bounded by the page.

// idsOnce is how many ids a condition names. Google takes 20,000.
const idsOnce = 1000

// level is where criteria hang.
type level struct {
	from, id string
	fields   []string
	pick     func(*criterionRow) (id string, c *criterion)
}

// criterionFields are the members that both kinds of criteria have.
func criterionFields(resource string, more ...string) []string {
	names := append([]string{
		"criterion_id", "type", "status", "negative", "display_name", "bid_modifier", "keyword.text", "keyword.match_type", "placement.url", "location.geo_target_constant",
		"age_range.type", "gender.type", "income_range.type", "parental_status.type", "user_list.user_list", "custom_audience.custom_audience",
		"combined_audience.combined_audience", "user_interest.user_interest_category", "topic.topic_constant", "topic.path", "language.language_constant",
		"youtube_channel.channel_id", "youtube_video.video_id",
	}, more...)
	for i, n := range names {
		names[i] = resource + "." + n
	}
	return names
}

var campaignLevel = level{
	from: "campaign_criterion", id: "campaign.id",
	fields: append(criterionFields("campaign_criterion", "proximity.radius", "proximity.radius_units", "device.type", "ad_schedule.day_of_week",
		"ad_schedule.start_hour", "ad_schedule.start_minute", "ad_schedule.end_hour", "ad_schedule.end_minute", "content_label.type",
		"carrier.carrier_constant", "mobile_device.mobile_device_constant", "operating_system_version.operating_system_version_constant"), "campaign.id"),
	pick: func(r *criterionRow) (string, *criterion) { return r.Campaign.ID.String(), &r.CampaignCriterion },
}

var groupLevel = level{
	from: "ad_group_criterion", id: "ad_group.id",
	fields: append(criterionFields("ad_group_criterion", "audience.audience"), "ad_group.id"),
	pick:   func(r *criterionRow) (string, *criterion) { return r.AdGroup.ID.String(), &r.AdGroupCriterion },
}

// targetingOf reads the criteria of campaigns or ad groups. A paused criterion targets nothing.
func (c *client) targetingOf(ctx context.Context, a account, l level, ids []string) (map[string]*normalize.Targeting, error) {
	rows := map[string][]criterion{}
	var places, lists []string
	for chunk := range slices.Chunk(ids, idsOnce) {
		query := gaql{fields: l.fields, from: l.from, where: []string{l.id + " IN " + gaqlIDs(chunk), l.from + ".status != 'REMOVED'"}}
		err := search(ctx, c, a.ID, query.String(), func(r *criterionRow) error {
			id, x := l.pick(r)
			if x.Status == "PAUSED" {
				return nil
			}
			rows[id] = append(rows[id], *x)
			places = append(places, some(tail(x.Location.GeoTargetConstant))...)
			lists = append(lists, some(tail(x.UserList.UserList))...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	geo, err := c.places(ctx, a, unique(places))
	if err != nil {
		return nil, err
	}
	alikes, err := c.lookalikes(ctx, a, unique(lists))
	if err != nil {
		return nil, err
	}
	out := make(map[string]*normalize.Targeting, len(rows))
	for id, list := range rows {
		t := &targeting{geo: geo, alikes: alikes}
		for i := range list {
			t.add(&list[i])
		}
		out[id] = t.whole()
	}
	return out, nil
}

// manyPlaces is when the places of a session are forgotten.
const manyPlaces = 20_000

var geoFields = []string{
	"geo_target_constant.id", "geo_target_constant.name", "geo_target_constant.canonical_name", "geo_target_constant.country_code",
	"geo_target_constant.target_type", "geo_target_constant.status", "geo_target_constant.parent_geo_target",
}

// places looks up what kind of place each is, and its name. They do not change while a session lasts.
func (c *client) places(ctx context.Context, a account, ids []string) (map[string]geoTarget, error) {
	c.known.mu.Lock()
	if len(c.known.geo) > manyPlaces {
		c.known.geo = nil
	}
	out := map[string]geoTarget{}
	var ask []string
	for _, id := range ids {
		if g, ok := c.known.geo[id]; ok {
			out[id] = g
		} else if digits(id) {
			ask = append(ask, id)
		}
	}
	c.known.mu.Unlock()
	for chunk := range slices.Chunk(ask, idsOnce) {
		query := gaql{fields: geoFields, from: "geo_target_constant", where: []string{"geo_target_constant.id IN " + gaqlIDs(chunk)}}
		err := search(ctx, c, a.ID, query.String(), func(r *geoTargetRow) error {
			out[r.GeoTargetConstant.ID.String()] = r.GeoTargetConstant
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	c.known.mu.Lock()
	if c.known.geo == nil {
		c.known.geo = map[string]geoTarget{}
	}
	maps.Copy(c.known.geo, out)
	c.known.mu.Unlock()
	return out, nil
}

// lookalikes tells which of the user lists are made alike others.
func (c *client) lookalikes(ctx context.Context, a account, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for chunk := range slices.Chunk(slices.DeleteFunc(ids, func(id string) bool { return !digits(id) }), idsOnce) {
		query := gaql{fields: []string{"user_list.id", "user_list.type"}, from: "user_list",
			where: []string{"user_list.id IN " + gaqlIDs(chunk), "user_list.type = 'LOOKALIKE'"}}
		err := search(ctx, c, a.ID, query.String(), func(r *userListRow) error {
			out[r.UserList.ID.String()] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// labelNames names labels, given as resource names, by id.
func (c *client) labelNames(ctx context.Context, a account, labels []string) (map[string]string, error) {
	ids := make([]string, 0, len(labels))
	for _, l := range labels {
		if id := tail(l); digits(id) {
			ids = append(ids, id)
		}
	}
	out := map[string]string{}
	for chunk := range slices.Chunk(unique(ids), idsOnce) {
		query := gaql{fields: []string{"label.id", "label.name"}, from: "label", where: []string{"label.id IN " + gaqlIDs(chunk)}}
		err := search(ctx, c, a.ID, query.String(), func(r *labelRow) error {
			out[r.Label.ID.String()] = r.Label.Name
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

var portfolioFields = []string{
	"bidding_strategy.id", "bidding_strategy.maximize_conversions.target_cpa_micros", "bidding_strategy.maximize_conversions.cpc_bid_ceiling_micros",
	"bidding_strategy.maximize_conversion_value.target_roas", "bidding_strategy.maximize_conversion_value.cpc_bid_ceiling_micros",
	"bidding_strategy.target_cpa.target_cpa_micros", "bidding_strategy.target_cpa.cpc_bid_ceiling_micros", "bidding_strategy.target_roas.target_roas",
	"bidding_strategy.target_roas.cpc_bid_ceiling_micros", "bidding_strategy.target_spend.cpc_bid_ceiling_micros",
}

// fillPortfolios gives campaigns of a portfolio strategy its targets: such a campaign has none of its own. A manager's
// portfolio cannot be read from the account: its targets stay absent.
func (c *client) fillPortfolios(ctx context.Context, a account, list []*campaign) error {
	var ids []string
	for _, x := range list {
		if id := tail(x.BiddingStrategy); digits(id) {
			ids = append(ids, id)
		}
	}
	found := map[string]bidding{}
	for chunk := range slices.Chunk(unique(ids), idsOnce) {
		query := gaql{fields: portfolioFields, from: "bidding_strategy", where: []string{"bidding_strategy.id IN " + gaqlIDs(chunk)}}
		err := search(ctx, c, a.ID, query.String(), func(r *biddingStrategyRow) error {
			found[r.BiddingStrategy.ResourceName] = r.BiddingStrategy.bidding
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, x := range list {
		if b, ok := found[x.BiddingStrategy]; ok {
			x.bidding = b
		}
	}
	return nil
}
