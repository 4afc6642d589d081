package google

import (
	"context"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// targetRow is a row of any of the resources that hold what can be targeted.
type targetRow struct {
	GeoTargetConstant geoTarget `json:"geoTargetConstant"`
	LanguageConstant  struct {
		constant
		Targetable *bool `json:"targetable"`
	} `json:"languageConstant"`
	UserInterest struct {
		ResourceName  string  `json:"resourceName"`
		ID            wire.ID `json:"userInterestId"`
		Name          string  `json:"name"`
		Parent        string  `json:"userInterestParent"`
		LaunchedToAll *bool   `json:"launchedToAll"`
	} `json:"userInterest"`
	TopicConstant struct {
		constant
		Parent string   `json:"topicConstantParent"`
		Path   []string `json:"path"`
	} `json:"topicConstant"`
	UserList struct {
		constant
		MembershipStatus string `json:"membershipStatus"`
		SizeForDisplay   whole  `json:"sizeForDisplay"`
	} `json:"userList"`
	Carrier      constant `json:"carrierConstant"`
	MobileDevice constant `json:"mobileDeviceConstant"`
	OSVersion    struct {
		constant
		Major    whole  `json:"osMajorVersion"`
		Minor    whole  `json:"osMinorVersion"`
		Operator string `json:"operatorType"`
	} `json:"operatingSystemVersionConstant"`
}

type constant struct {
	ResourceName string  `json:"resourceName"`
	ID           wire.ID `json:"id"`
	Name         string  `json:"name"`
}

// targetSource is a resource that holds targets. Types are those of ours that it has; key is its number.
type targetSource struct {
	types  []normalize.TargetType
	from   string
	key    string
	prefix string // of its resource names, before the number; with a customer in it where it is an account's
	name   string // the field to search; empty: names are not a field, and are looked through here
	parent string
	fields []string
	where  []string
	of     func(*targetRow) normalize.Target
}

var targetSources = []targetSource{
	{
		types: []normalize.TargetType{normalize.TargetTypeCountry, normalize.TargetTypeRegion, normalize.TargetTypeCity, normalize.TargetTypeZip, normalize.TargetTypeUSDma},
		from:  "geo_target_constant", key: "geo_target_constant.id", prefix: "geoTargetConstants/", name: "geo_target_constant.name",
		parent: "geo_target_constant.parent_geo_target", fields: geoFields,
		of: func(r *targetRow) normalize.Target {
			g := &r.GeoTargetConstant
			return normalize.Target{ID: "geoTargetConstants/" + g.ID.String(), Name: g.Name, ParentID: g.ParentGeoTarget, Type: geoType(g.TargetType), IsActive: ptr(g.Status == "ENABLED")}
		},
	},
	{
		types: []normalize.TargetType{normalize.TargetTypeLocale},
		from:  "language_constant", key: "language_constant.id", prefix: "languageConstants/", name: "language_constant.name",
		fields: []string{"language_constant.id", "language_constant.name", "language_constant.code", "language_constant.targetable"},
		of: func(r *targetRow) normalize.Target {
			l := &r.LanguageConstant
			return normalize.Target{ID: "languageConstants/" + l.ID.String(), Name: l.Name, Type: normalize.TargetTypeLocale, IsActive: l.Targetable}
		},
	},
	{
		types: []normalize.TargetType{normalize.TargetTypeInterest},
		from:  "user_interest", key: "user_interest.user_interest_id", prefix: "customers/{customer}/userInterests/", name: "user_interest.name",
		parent: "user_interest.user_interest_parent",
		fields: []string{"user_interest.user_interest_id", "user_interest.name", "user_interest.user_interest_parent", "user_interest.launched_to_all", "user_interest.taxonomy_type"},
		where:  []string{"user_interest.taxonomy_type IN ('AFFINITY', 'IN_MARKET')"},
		of: func(r *targetRow) normalize.Target {
			u := &r.UserInterest
			return normalize.Target{ID: u.ResourceName, Name: u.Name, ParentID: u.Parent, Type: normalize.TargetTypeInterest, IsActive: u.LaunchedToAll}
		},
	},
	{
		types: []normalize.TargetType{normalize.TargetTypeTopic},
		from:  "topic_constant", key: "topic_constant.id", prefix: "topicConstants/", parent: "topic_constant.topic_constant_parent",
		fields: []string{"topic_constant.id", "topic_constant.path", "topic_constant.topic_constant_parent"},
		of: func(r *targetRow) normalize.Target {
			t := &r.TopicConstant
			return normalize.Target{ID: "topicConstants/" + t.ID.String(), Name: topicName(some(t.Path...)), ParentID: t.Parent, Type: normalize.TargetTypeTopic}
		},
	},
	{
		types: []normalize.TargetType{normalize.TargetTypeUserList},
		from:  "user_list", key: "user_list.id", prefix: "customers/{customer}/userLists/", name: "user_list.name",
		fields: []string{"user_list.id", "user_list.name", "user_list.type", "user_list.membership_status", "user_list.size_for_display"},
		of: func(r *targetRow) normalize.Target {
			u := &r.UserList
			return normalize.Target{ID: u.ResourceName, Name: u.Name, Type: normalize.TargetTypeUserList, IsActive: ptr(u.MembershipStatus == "OPEN"),
				AudienceCountMin: u.SizeForDisplay.ptr(), AudienceCountMax: u.SizeForDisplay.ptr()}
		},
	},
	{
		types: []normalize.TargetType{normalize.TargetTypeCarrier},
		from:  "carrier_constant", key: "carrier_constant.id", prefix: "carrierConstants/", name: "carrier_constant.name",
		fields: []string{"carrier_constant.id", "carrier_constant.name", "carrier_constant.country_code"},
		of: func(r *targetRow) normalize.Target {
			return normalize.Target{ID: "carrierConstants/" + r.Carrier.ID.String(), Name: r.Carrier.Name, Type: normalize.TargetTypeCarrier}
		},
	},
	{
		types: []normalize.TargetType{normalize.TargetTypeDeviceModel},
		from:  "mobile_device_constant", key: "mobile_device_constant.id", prefix: "mobileDeviceConstants/", name: "mobile_device_constant.name",
		fields: []string{"mobile_device_constant.id", "mobile_device_constant.name", "mobile_device_constant.manufacturer_name", "mobile_device_constant.operating_system_name"},
		of: func(r *targetRow) normalize.Target {
			return normalize.Target{ID: "mobileDeviceConstants/" + r.MobileDevice.ID.String(), Name: r.MobileDevice.Name, Type: normalize.TargetTypeDeviceModel}
		},
	},
	{
		types: []normalize.TargetType{normalize.TargetTypeOSVersion},
		from:  "operating_system_version_constant", key: "operating_system_version_constant.id", prefix: "operatingSystemVersionConstants/",
		fields: []string{"operating_system_version_constant.id", "operating_system_version_constant.name", "operating_system_version_constant.os_major_version",
			"operating_system_version_constant.os_minor_version", "operating_system_version_constant.operator_type"},
		of: func(r *targetRow) normalize.Target {
			return normalize.Target{ID: "operatingSystemVersionConstants/" + r.OSVersion.ID.String(), Name: osName(r), Type: normalize.TargetTypeOSVersion}
		},
	},
}

// osName is a system and its version: the name alone is the same for all versions.
func osName(r *targetRow) string {
	o := &r.OSVersion
	name := o.Name
	if o.Major.ok {
		name += " " + itoa(o.Major.n)
		if o.Minor.ok {
			name += "." + itoa(o.Minor.n)
		}
	}
	if strings.HasPrefix(o.Operator, "GREATER_THAN") {
		name += "+"
	}
	return name
}

// targets are the constants that every account can target, and the interests and user lists of an account. Without an
// account the connection's first one is asked.
func targets(c *client) providers.Collection[normalize.Target] {
	stages := make([]stage[normalize.Target], len(targetSources))
	for i, s := range targetSources {
		stages[i] = c.targetsAfter(s)
	}
	return providers.Collection[normalize.Target]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterType, providers.FilterQuery, providers.FilterParent},
		MaxPage: maxPage,
		List: func(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Target], error) {
			return overOne(ctx, c, q, staged(stages...))
		},
		Get: c.getTarget,
	}
}

// conditions of a list of one source. ok is false when it holds nothing of what is asked for.
func (s *targetSource) conditions(q providers.ListQuery) (where []string, ok bool) {
	where = slices.Clone(s.where)
	asked := slices.DeleteFunc(slices.Clone(s.types), func(t normalize.TargetType) bool { return len(q.Type) > 0 && !slices.Contains(q.Type, string(t)) })
	switch {
	case len(asked) == 0, q.Parent != "" && s.parent == "", strings.ContainsAny(q.Query+q.Parent, "\n\r\x00"):
		return nil, false
	case len(asked) < len(s.types):
		where = append(where, ofKind(asked))
	}
	if q.Parent != "" {
		where = append(where, s.parent+" = "+gaqlString(q.Parent))
	}
	if s.name == "" {
		return where, true
	}
	return byName(where, s.name, q.Query)
}

// ofKind is the condition for kinds of places: those that Google has one word for, and all others.
func ofKind(asked []normalize.TargetType) string {
	var in, out []string
	for _, t := range []normalize.TargetType{normalize.TargetTypeCountry, normalize.TargetTypeCity, normalize.TargetTypeZip, normalize.TargetTypeUSDma} {
		if slices.Contains(asked, t) {
			in = append(in, geoWords[t])
		} else {
			out = append(out, geoWords[t])
		}
	}
	if slices.Contains(asked, normalize.TargetTypeRegion) {
		return "geo_target_constant.target_type NOT IN " + gaqlStrings(out)
	}
	return "geo_target_constant.target_type IN " + gaqlStrings(in)
}

func (c *client) targetsAfter(s targetSource) stage[normalize.Target] {
	return func(ctx context.Context, a account, q providers.ListQuery, after string, size int) ([]normalize.Target, string, bool, error) {
		where, ok := s.conditions(q)
		if !ok {
			return nil, "", false, nil
		}
		items, err := c.targetsWhere(ctx, a, s, q, byKey(gaql{where: where}, s.key, after, size))
		items, last, full, err := keyed(items, err, size, func(t normalize.Target) string { return tail(t.ID) })
		if s.name == "" && q.Query != "" {
			items = slices.DeleteFunc(items, func(t normalize.Target) bool {
				return !strings.Contains(strings.ToLower(t.Name), strings.ToLower(q.Query))
			})
		}
		return items, last, full, err
	}
}

func (c *client) targetsWhere(ctx context.Context, a account, s targetSource, q providers.ListQuery, query gaql) ([]normalize.Target, error) {
	cols := make([]column, len(s.fields))
	for i, f := range s.fields {
		cols[i] = always(f)
	}
	var err error
	if query.fields, err = selected(cols, q); err != nil {
		return nil, err
	}
	query.from = s.from
	found, err := read[targetRow](ctx, c, a, query, q.Raw)
	items := make([]normalize.Target, len(found))
	for i := range found {
		items[i] = s.of(&found[i].row)
		items[i].Raw = found[i].raw
	}
	return items, err
}

// getTarget finds a target by its resource name, which says what it is of and, for an account's own, of which account.
func (c *client) getTarget(ctx context.Context, ref providers.Ref) (normalize.Target, error) {
	kind, number := ref.ID[:len(ref.ID)-len(tail(ref.ID))], tail(ref.ID)
	for _, s := range targetSources {
		prefix, rest, owned := strings.Cut(s.prefix, "{customer}")
		org := ref.Org
		if owned {
			customer, ok := strings.CutSuffix(strings.TrimPrefix(kind, prefix), rest)
			if !ok || !strings.HasPrefix(kind, prefix) || !digits(customer) || ref.Org != "" && ref.Org != customer {
				continue
			}
			org = customer
		} else if kind != s.prefix {
			continue
		}
		if !digits(number) {
			break
		}
		accounts, _, err := c.accountsOf(ctx, org)
		if err != nil {
			return normalize.Target{}, err
		}
		if len(accounts) == 0 {
			break
		}
		items, err := c.targetsWhere(ctx, accounts[0], s, queryOf(ref), gaql{where: []string{s.key + " = " + number}, limit: 1})
		return one(items, err, "target", ref.ID)
	}
	return normalize.Target{}, notFound("target", ref.ID)
}
