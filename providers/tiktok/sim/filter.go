package sim

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// fits tells whether an entity passes the filter; creatives' own ids are looked
// at elsewhere.
func (f *filter) fits(e *entity, now time.Time) bool {
	return f.fitsIDs(e) && f.fitsStatus(e, now) && f.fitsTimes(e) && f.fitsWords(e)
}

func (f *filter) fitsIDs(e *entity) bool {
	for name, ids := range f.ids {
		var id string
		switch name {
		case "campaign_ids":
			id = e.at(kindCampaign).id
		case "adgroup_ids":
			id = e.at(kindAdGroup).id
		case "ad_ids_v2", "smart_plus_ad_ids":
			id = e.id
		case "billing_events":
			id = str(e.at(kindAdGroup).show(), "billing_event")
		default:
			continue
		}
		if !slices.Contains(ids, id) {
			return false
		}
	}
	return true
}

// at is the entity itself or the one above it of a kind.
func (e *entity) at(kind string) *entity {
	for x := e; x != nil; x = x.parent {
		if x.kind == kind {
			return x
		}
	}
	return &entity{}
}

func (f *filter) fitsStatus(e *entity, now time.Time) bool {
	primary, secondary := f.words["primary_status"], f.words["secondary_status"]
	if primary == "" && secondary == "" {
		primary = "STATUS_NOT_DELETE"
	}
	return (primary == "" || e.matchesStatus(primary, now)) && (secondary == "" || e.matchesStatus(secondary, now))
}

func (f *filter) fitsTimes(e *entity) bool {
	created, modified := e.created.UTC().Truncate(time.Second), e.modified.UTC().Truncate(time.Second)
	return (f.from.IsZero() || !created.Before(f.from)) && (f.to.IsZero() || !created.After(f.to)) &&
		(f.modified.IsZero() || modified.After(f.modified))
}

func (f *filter) fitsWords(e *entity) bool {
	for name, want := range f.words {
		got := want
		switch name {
		case "campaign_name", "adgroup_name", "ad_name":
			if !strings.Contains(strings.ToLower(e.title()), strings.ToLower(want)) {
				return false
			}
		case "objective_type":
			got = e.wireObjective()
			if got == "CONVERSIONS" {
				got = "WEB_CONVERSIONS"
			}
		case "optimization_goal":
			got = str(e.at(kindAdGroup).orOwn(e).show(), "optimization_goal")
		case "is_smart_performance_campaign":
			got = map[bool]string{true: "true", false: "false"}[e.auto == legacy]
		case "campaign_type", "campaign_product_source", "sales_destination":
			got = str(e.at(kindCampaign).show(), name)
		case "promotion_type":
			got = promotionWord(e, want)
		case "split_test_enabled":
			got = "false"
		}
		if got != want {
			return false
		}
	}
	return true
}

// orOwn is e where the level asked for does not exist.
func (e *entity) orOwn(own *entity) *entity {
	if e.account == nil {
		return own
	}
	return e
}

// promotionWord compares with the filter's own words, which are not all the
// field's: a Smart+ list says APP where the field says APP_ANDROID.
func promotionWord(e *entity, want string) string {
	got := str(e.show(), "promotion_type")
	switch {
	case e.auto == smartPlus && want == "APP" && strings.HasPrefix(got, "APP_"),
		e.auto == smartPlus && want == "INSTANT_FORM" && got == "LEAD_GENERATION":
		return want
	}
	return got
}

// advertiserInfo is GET /advertiser/info/.
func (s *Sim) advertiserInfo(c *call) (any, *apiError) {
	ids, err := stringsOf(c.params, "advertiser_ids")
	switch {
	case err != nil:
		return nil, err
	case len(ids) == 0:
		return nil, missing("advertiser_ids")
	case len(ids) > maxFilterIDs:
		return nil, badParam("advertiser_ids: Longer than maximum length %d.", maxFilterIDs)
	}
	names, err := s.fieldNames(c, "Advertiser")
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, id := range ids {
		a := s.byID[id]
		if a == nil || !s.grants[c.token.Member.ID][id] {
			return nil, noAdvertiser(id)
		}
		o := s.advertiser(a)
		if slices.Contains(names, "company_name_editable") { // it suppresses every other field
			o = obj{"company_name_editable": false}
		} else if names != nil && !slices.Contains(names, "advertiser_id") {
			names = append(names, "advertiser_id")
		}
		list = append(list, s.project(o, names, false))
	}
	return obj{"list": list}, nil
}

func (s *Sim) advertiser(a *account) obj {
	o := make(obj, 50)
	maps.Copy(o, s.blanks["Advertiser"])
	maps.Copy(o, obj{
		"advertiser_id": a.id, "name": a.src.Name, "company": a.src.Name, "status": a.status(), "role": "ROLE_ADVERTISER",
		"currency": a.src.Currency, "timezone": a.zone, "display_timezone": displayZone(a.zone), "country": "US", "language": "en",
		"industry": "291905", "balance": 10, "advertiser_account_type": "AUCTION", "owner_bc_id": "7100000000000000001",
		"create_time": a.src.Created.Unix(), "rejection_reason": "", "email": "i***@***", "promotion_area": "0",
	})
	delete(o, "company_name_editable")
	return o
}

// userInfo is GET /user/info/: who consented.
func (s *Sim) userInfo(c *call) (any, *apiError) {
	m := c.token.Member
	return obj{"core_user_id": m.ID, "display_name": m.Name, "email": m.Email[:1] + "***@***", "create_time": s.kit.World.FirstDay().Start(time.UTC).Unix()}, nil
}
