package sim

import (
	"maps"
	"net/url"
	"slices"
)

// createAds is POST /ad/create/: several ads, all or none.
func (s *Sim) createAds(c *call) (any, *apiError) {
	group, creatives, err := s.adEnvelope(c)
	if err != nil {
		return nil, err
	}
	if err := s.manualStillOpen(c, group.wireObjective()); err != nil {
		return nil, err
	}
	for _, o := range creatives {
		if o["ad_id"] != nil {
			return nil, badParam("creatives.ad_id: Unknown field.")
		}
		if err := s.checkCreative(c, o, ""); err != nil {
			return nil, err
		}
	}
	var ids, list []any
	for _, o := range creatives {
		e := s.makeAd(c, group, o)
		ids, list = append(ids, e.id), append(list, s.full(c, e, kindAd))
	}
	return obj{"ad_ids": ids, "creatives": list, "need_audit": true}, nil
}

func (s *Sim) makeAd(c *call, group *entity, o obj) *entity {
	num := s.newID()
	e := &entity{kind: kindAd, num: num, id: itoa(num), account: c.account, parent: group, auto: manual, op: opParam(o), created: c.now, modified: c.now, reviewed: c.now.Add(s.opts.ReviewAfter)}
	e.fields = s.adDefaults(group)
	e.set(o)
	group.kids = append(group.kids, e)
	c.account.ads.add(e)
	return e
}

func (s *Sim) adDefaults(group *entity) obj {
	return obj{
		"advertiser_id": group.account.id, "campaign_id": group.parent.id, "campaign_name": group.parent.title(),
		"adgroup_id": group.id, "adgroup_name": group.title(), "is_aco": false, "is_new_structure": true, "creative_authorized": false,
		"deeplink": "", "deeplink_type": "NORMAL", "fallback_type": "UNSET", "app_name": "", "playable_url": "", "vast_moat_enabled": false,
		"viewability_postbid_partner": "UNSET", "brand_safety_postbid_partner": "UNSET",
	}
}

// adEnvelope reads what create and update have in common.
func (s *Sim) adEnvelope(c *call) (*entity, []obj, *apiError) {
	for _, name := range sortedKeys(c.params) {
		if !slices.Contains([]string{"advertiser_id", "adgroup_id", "creatives", "patch_update"}, name) {
			return nil, nil, badParam("%s: Unknown field.", name)
		}
	}
	if c.str("adgroup_id") == "" {
		return nil, nil, missing("adgroup_id")
	}
	group, err := s.target(&c.account.groups, c.str("adgroup_id"), "adgroup", false)
	if err != nil {
		return nil, nil, err
	}
	list, _ := c.params["creatives"].([]any)
	if len(list) == 0 {
		return nil, nil, missing("creatives")
	}
	if len(list) > 20 {
		return nil, nil, badParam("creatives: Longer than maximum length 20.")
	}
	typ := "AdcreateCreatives"
	if c.path == "/ad/update/" {
		typ = "AdupdateCreatives"
	}
	var out []obj
	for _, x := range list {
		if err := s.kindOf("creatives", x, "object<"+typ+">"); err != nil {
			return nil, nil, err
		}
		o, ok := x.(obj)
		if !ok {
			return nil, nil, badParam("creatives: Not a valid object")
		}
		out = append(out, o)
	}
	return group, out, s.creativeEnums(out)
}

// creativeEnums holds the words against the read side's enumerations; the write
// body's definition calls them all strings.
func (s *Sim) creativeEnums(list []obj) *apiError {
	for _, o := range list {
		for _, k := range sortedKeys(o) {
			if f, ok := s.tab.fields[kindAd][k]; ok && k != "page_id" && k != "tracking_pixel_id" {
				if err := s.kindOf("creatives."+k, o[k], f.kind); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkCreative is what an ad needs, by its format.
func (s *Sim) checkCreative(c *call, o obj, own string) *apiError {
	if err := checkName("ad_name", str(o, "ad_name"), 512); err != nil {
		return err
	}
	if err := c.account.usableIdentity(str(o, "identity_type"), str(o, "identity_id")); err != nil {
		return err
	}
	if link := str(o, "landing_page_url"); link != "" {
		if u, err := url.Parse(link); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return badParam("landing_page_url: Not a valid URL.")
		}
	}
	if text := str(o, "ad_text"); text != "" {
		if err := checkName("ad_text", text, 100); err != nil {
			return err
		}
	}
	if op := str(o, "operation_status"); op == "DELETE" || op == "FROZEN" {
		return badParam("operation_status: Must be one of: ENABLE, DISABLE.")
	}
	return s.checkMedia(c, o)
}

func (s *Sim) checkMedia(c *call, o obj) *apiError {
	images, err := stringsOf(o, "image_ids")
	if err != nil {
		return err
	}
	for _, id := range images {
		if as := c.account.byAsset[id]; as == nil || as.video {
			return badParam("image_ids: The image %s does not exist.", id)
		}
	}
	spark := str(o, "tiktok_item_id") != ""
	switch format := str(o, "ad_format"); {
	case spark && str(o, "identity_type") == "CUSTOMIZED_USER":
		return badParam("identity_type: CUSTOMIZED_USER is not supported for Spark Ads.")
	case spark && len(images) > 0:
		return badParam("image_ids: Not supported with tiktok_item_id.")
	case spark:
		return nil
	case format == "SINGLE_VIDEO":
		if err := s.checkVideo(c, str(o, "video_id")); err != nil {
			return err
		}
		if len(images) != 1 {
			return badParam("image_ids: Exactly one cover image is required for SINGLE_VIDEO.")
		}
	case format == "SINGLE_IMAGE" && len(images) != 1:
		return badParam("image_ids: Exactly one image is required for SINGLE_IMAGE.")
	case format == "CAROUSEL_ADS" && (len(images) == 0 || len(images) > 35):
		return badParam("image_ids: Between 1 and 35 images are required for CAROUSEL_ADS.")
	case format == "CAROUSEL_ADS" && str(o, "music_id") == "":
		return missing("music_id")
	case format == "" || format == "CAROUSEL":
		return badParam("ad_format: Must be one of: SINGLE_IMAGE, SINGLE_VIDEO, LIVE_CONTENT, CAROUSEL_ADS, CATALOG_CAROUSEL.")
	}
	if str(o, "ad_text") == "" && str(o, "ad_format") != "CATALOG_CAROUSEL" {
		return missing("ad_text")
	}
	return nil
}

func (s *Sim) checkVideo(c *call, id string) *apiError {
	as := c.account.byAsset[id]
	switch {
	case id == "":
		return missing("video_id")
	case as == nil || !as.video:
		return badParam("video_id: The video %s does not exist.", id)
	case !as.ready(c.now):
		return refuse(codeTranscoding, "The video %s is still being transcoded. Please try again later.", id)
	}
	return nil
}

// patchable is what a patch may touch.
func patchable() []string {
	return []string{"ad_id", "ad_name", "identity_type", "identity_id", "identity_authorized_bc_id", "video_id", "image_ids", "music_id", "tiktok_item_id", "ad_text"}
}

// updateAds is POST /ad/update/: it replaces the creative and resets what is
// left out, unless patch_update says otherwise.
func (s *Sim) updateAds(c *call) (any, *apiError) {
	group, creatives, err := s.adEnvelope(c)
	if err != nil {
		return nil, err
	}
	patch := c.flag("patch_update")
	type change struct {
		e *entity
		o obj
	}
	var todo []change
	for _, o := range creatives {
		if str(o, "ad_id") == "" {
			return nil, missing("creatives.ad_id")
		}
		e, err := s.target(&c.account.ads, str(o, "ad_id"), "ad", false)
		if err != nil {
			return nil, err
		}
		if e.parent != group {
			return nil, badParam("ad_id: The ad %s does not belong to the ad group %s.", e.id, group.id)
		}
		merged := o
		if patch {
			if merged, err = patched(e, o); err != nil {
				return nil, err
			}
		}
		if f := str(e.show(), "ad_format"); f == "CAROUSEL_ADS" && str(merged, "ad_format") != f {
			return nil, badParam("ad_format: The format of a carousel ad cannot be changed.")
		}
		if err := s.checkCreative(c, merged, e.id); err != nil {
			return nil, err
		}
		todo = append(todo, change{e, o})
	}
	var ids, list []any
	for _, t := range todo {
		if !patch {
			t.e.fields = s.adDefaults(group)
		}
		t.e.set(t.o, "ad_id")
		t.e.modified, t.e.reviewed = c.now, c.now.Add(s.opts.ReviewAfter)
		ids, list = append(ids, t.e.id), append(list, s.full(c, t.e, kindAd))
	}
	return obj{"ad_ids": ids, "creatives": list, "need_audit": true}, nil
}

func patched(e *entity, o obj) (obj, *apiError) {
	out := obj{}
	maps.Copy(out, e.show())
	for k, v := range o {
		if !slices.Contains(patchable(), k) {
			return nil, badParam("%s: Not supported with patch_update.", k)
		}
		out[k] = v
	}
	return out, nil
}
