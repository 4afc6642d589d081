package linkedin

import (
	"context"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// newGroupSettings are declarations and settings, of which none is left to a default of LinkedIn's.
func newGroupSettings(o *normalize.Group, body fields) error {
	intent, err := writePolitical(o.HasEUPoliticalAds)
	if err != nil {
		return fault(providers.Rejected, "has_eu_political_ads", "LinkedIn wants to be told whether these are political ads in the European Union: only the advertiser can say")
	}
	selection, err := writeSelection(o.CreativeSelection)
	if err != nil {
		return err
	}
	locale, err := localeFor(o)
	if err != nil {
		return err
	}
	body["politicalIntent"], body["creativeSelection"], body["locale"] = intent, selection, locale
	if o.FrequencyCap != nil {
		if body["optimizationPreference"], err = frequencyBody(o.FrequencyCap); err != nil {
			return err
		}
	}
	return nil
}

func writeSelection(s normalize.CreativeSelection) (string, error) {
	switch s {
	case "":
		return string(normalize.CreativeSelectionOptimized), nil
	case normalize.CreativeSelectionOptimized, normalize.CreativeSelectionRoundRobin:
		return string(s), nil
	}
	return "", refused("creative_selection", string(s))
}

func frequencyBody(f *normalize.FrequencyCap) (fields, error) {
	if f.IsUnlimited != nil {
		return nil, refused("frequency_cap.is_unlimited", "a cap without end: leave it out")
	}
	w, err := writeFrequency(*f)
	return fields{"frequencyOptimizationPreference": w}, err
}

// localeFor is the language and the country that a campaign's ads are in: told, or those of the one language that is
// targeted. It never changes.
func localeFor(o *normalize.Group) (fields, error) {
	text := o.LanguageLocale
	if t := o.Targeting; text == "" && t != nil && len(t.Language) == 1 {
		text = strings.Replace(tail(t.Language[0].ID), "_", "-", 1)
	}
	language, country, ok := strings.Cut(text, "-")
	if !ok || len(language) != 2 || len(country) != 2 || strings.ToLower(language) != language || strings.ToUpper(country) != country {
		return nil, fault(providers.Rejected, "language_locale", "LinkedIn wants the language and the country of the ads, as in de-DE")
	}
	return fields{"language": language, "country": country}, nil
}

// newGroupTargeting: whether the audience is widened, and whether ads leave LinkedIn, is always said, and no unless asked for.
func (c *client) newGroupTargeting(ctx context.Context, o *normalize.Group, body fields) error {
	t := o.Targeting
	if t == nil {
		t = &normalize.Targeting{}
	}
	a := aim{t: t, given: func(string) bool { return true }, country: c.countryURN(ctx)}
	tree, err := a.tree()
	if err != nil {
		return err
	}
	offsite, err := leavesLinkedIn(t.Placement, body["connectedTelevisionOnly"] == true)
	if err != nil {
		return err
	}
	body["targetingCriteria"], body["offsiteDeliveryEnabled"] = wireTree(tree), offsite
	body["audienceExpansionEnabled"], err = expands(t.Optimization)
	return err
}

func expands(t *normalize.TargetingOptimization) (bool, error) {
	if t == nil {
		return false, nil
	}
	if t.Mode != "" || t.AdvantagePlacements != nil || t.TargetingOptimizationExpansionAll != nil {
		return false, refused("targeting.optimization", "but advantage_audience")
	}
	return t.AdvantageAudience != nil && *t.AdvantageAudience, nil
}

// leavesLinkedIn tells whether ads are shown on the audience network, too. Television is there only.
func leavesLinkedIn(p *normalize.PlacementTargeting, television bool) (bool, error) {
	if p == nil || len(p.Platforms) == 0 {
		return television, nil
	}
	for _, s := range p.Platforms {
		if s != onLinkedIn && s != onAudienceNetwork {
			return false, refused("targeting.placement.platforms", s)
		}
	}
	off := slices.Contains(p.Platforms, onAudienceNetwork)
	switch {
	case !slices.Contains(p.Platforms, onLinkedIn):
		return false, fault(providers.Rejected, "targeting.placement.platforms", "the audience network comes beside LinkedIn, not in its place")
	case television && !off:
		return false, fault(providers.Rejected, "targeting.placement.platforms", "television is on the audience network only")
	}
	return off, nil
}
