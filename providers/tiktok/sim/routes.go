package sim

import (
	"maps"
	"net/http"
)

// names and with describe parameters in short.
func names(kind string, list ...string) map[string]string {
	m := map[string]string{}
	for _, n := range list {
		m[n] = kind
	}
	return m
}

func with(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

func (s *Sim) routeTable() map[string]route {
	t := map[string]route{}
	s.authRoutes(t)
	s.listRoutes(t)
	s.writeRoutes(t)
	s.reportRoutes(t)
	s.fileRoutes(t)
	s.toolRoutes(t)
	return t
}

func (s *Sim) authRoutes(t map[string]route) {
	t["/oauth2/access_token/"] = route{method: http.MethodPost, run: s.accessToken, bare: true, v2: true,
		params: with(names("string", "app_id", "secret", "auth_code", "grant_type"), names("boolean", "return_advertiser_ids"))}
	t["/oauth2/revoke_token/"] = route{method: http.MethodPost, run: s.revokeToken, bare: true, v2: true, params: names("string", "app_id", "secret", "access_token")}
	t["/oauth2/refresh_token/"] = route{method: http.MethodPost, run: s.refreshToken, bare: true, params: map[string]string{}, open: true}
	t["/oauth2/advertiser/get/"] = route{method: http.MethodGet, run: s.advertiserList, scopes: []int64{100}, params: names("string", "app_id", "secret")}
	t["/advertiser/info/"] = route{method: http.MethodGet, run: s.advertiserInfo, scopes: []int64{100}, params: names("array", "advertiser_ids", "fields")}
	t["/user/info/"] = route{method: http.MethodGet, run: s.userInfo, scopes: []int64{100}, params: map[string]string{}, loose: true, sandbox: true}
}

func listParams() map[string]string {
	return with(names("string", "advertiser_id"), names("integer", "page", "page_size"), names("object", "filtering"), names("array", "fields", "exclude_field_types_in_response"))
}

func (s *Sim) listRoutes(t map[string]route) {
	add := func(path string, scope int64, sandbox bool, l listing) {
		t[path] = route{method: http.MethodGet, run: s.list(l), scopes: []int64{scope}, account: true, params: listParams(), sandbox: sandbox}
	}
	add("/campaign/get/", 200, true, listing{kindCampaign, kindCampaign, 1000, false, campaignFilters()})
	add("/adgroup/get/", 210, true, listing{kindAdGroup, kindAdGroup, 1000, false, groupFilters()})
	add("/ad/get/", 220, true, listing{kindAd, kindAd, 1000, false, adFilters()})
	add("/smart_plus/campaign/get/", 200, false, listing{"SmartPlusCampaign", kindCampaign, 1000, true, campaignFilters()})
	add("/smart_plus/adgroup/get/", 210, false, listing{"SmartPlusAdGroup", kindAdGroup, 1000, true, groupFilters()})
	add("/smart_plus/ad/get/", 220, false, listing{"SmartPlusAd", kindAd, 100, true, smartAdFilters()})
	t["/adgroup/quota/"] = route{method: http.MethodGet, run: s.quota, scopes: []int64{210}, account: true, params: names("string", "advertiser_id")}
}

func (s *Sim) writeRoutes(t map[string]route) {
	add := func(path string, scope int64, sandbox bool, run func(*call) (any, *apiError)) {
		t[path] = route{method: http.MethodPost, run: run, scopes: []int64{scope}, account: true, write: true, open: true,
			sandbox: sandbox, params: names("string", "advertiser_id")}
	}
	campaigns := func(a *account) *list { return &a.campaigns }
	groups := func(a *account) *list { return &a.groups }
	ads := func(a *account) *list { return &a.ads }
	add("/campaign/create/", 201, true, s.createCampaign)
	add("/campaign/update/", 201, true, s.updateCampaign)
	add("/campaign/status/update/", 201, true, s.setStatus(statusCall{campaigns, "campaign_ids", "campaign", false, "campaign_list"}))
	add("/adgroup/create/", 211, true, s.createGroup)
	add("/adgroup/update/", 211, true, s.updateGroup)
	add("/adgroup/budget/update/", 211, false, s.setBudgets(false))
	add("/adgroup/status/update/", 211, true, s.setStatus(statusCall{groups, "adgroup_ids", "adgroup", false, "error_list"}))
	add("/ad/create/", 221, true, s.createAds)
	add("/ad/update/", 221, true, s.updateAds)
	add("/ad/status/update/", 221, true, s.setStatus(statusCall{ads, "ad_ids", "ad", false, ""}))
	add("/smart_plus/campaign/create/", 201, false, s.createSmartCampaign)
	add("/smart_plus/campaign/update/", 201, false, s.updateSmartCampaign)
	add("/smart_plus/campaign/status/update/", 201, false, s.setStatus(statusCall{campaigns, "campaign_ids", "campaign", true, ""}))
	add("/smart_plus/adgroup/create/", 211, false, s.createSmartGroup)
	add("/smart_plus/adgroup/update/", 211, false, s.updateSmartGroup)
	add("/smart_plus/adgroup/budget/update/", 211, false, s.setBudgets(true))
	add("/smart_plus/adgroup/status/update/", 211, false, s.setStatus(statusCall{groups, "adgroup_ids", "adgroup", true, ""}))
	add("/smart_plus/ad/create/", 221, false, s.createSmartAd)
	add("/smart_plus/ad/update/", 221, false, s.updateSmartAd)
	add("/smart_plus/ad/status/update/", 221, false, s.setStatus(statusCall{ads, "smart_plus_ad_ids", "smart_plus_ad", true, ""}))
	add("/smart_plus/ad/material_status/update/", 221, false, s.setMaterials)
}

func (s *Sim) reportRoutes(t map[string]route) {
	common := with(names("string", "advertiser_id", "bc_id", "report_type", "data_level", "service_type", "start_date", "end_date", "order_field", "order_type"),
		names("array", "advertiser_ids", "dimensions", "metrics", "filtering"), names("boolean", "query_lifetime"))
	t["/report/integrated/get/"] = route{method: http.MethodGet, run: s.integrated, scopes: []int64{44}, v2: true, sandbox: true,
		params: with(common, names("integer", "page", "page_size"), names("boolean", "enable_total_metrics", "multi_adv_report_in_utc_time"), names("string", "query_mode"))}
	t["/report/task/create/"] = route{method: http.MethodPost, run: s.createTask, scopes: []int64{44}, lock: true, account: true,
		params: with(common, names("string", "output_format", "file_name"), names("boolean", "enable_report_title_translation"))}
	one := names("string", "advertiser_id", "task_id")
	t["/report/task/check/"] = route{method: http.MethodGet, run: s.checkTask, scopes: []int64{44}, lock: true, account: true, params: one}
	t["/report/task/download/"] = route{method: http.MethodGet, run: s.downloadTask, scopes: []int64{44}, lock: true, account: true, params: one}
	t["/report/task/cancel/"] = route{method: http.MethodPost, run: s.cancelTask, scopes: []int64{44}, lock: true, account: true, params: one}
}

func (s *Sim) fileRoutes(t map[string]route) {
	add := func(method, path string, scope int64, run func(*call) (any, *apiError), params ...map[string]string) {
		t[path] = route{method: method, run: run, scopes: []int64{scope}, account: true, files: method == http.MethodPost,
			write: method == http.MethodPost, lock: path == "/file/video/suggestcover/", params: with(append(params, names("string", "advertiser_id"))...)}
	}
	ids := func(n string) map[string]string { return names("array", n) }
	search := with(names("object", "filtering"), names("integer", "page", "page_size"), names("string", "sort_field", "sort_type"))
	add(http.MethodPost, "/file/image/ad/upload/", 601, s.uploadImage, names("string", "upload_type", "image_signature", "image_url", "file_id", "file_name"))
	add(http.MethodGet, "/file/image/ad/info/", 600, s.assetInfo(false, "image_ids", 100), ids("image_ids"))
	add(http.MethodGet, "/file/image/ad/search/", 600, s.assetSearch(false), search)
	add(http.MethodPost, "/file/video/ad/upload/", 611, s.uploadVideo, names("string", "upload_type", "video_signature", "video_url", "video_id", "file_id", "file_name"),
		names("boolean", "flaw_detect", "auto_fix_enabled", "auto_bind_enabled", "is_third_party"))
	add(http.MethodGet, "/file/video/ad/info/", 610, s.assetInfo(true, "video_ids", 60), ids("video_ids"))
	add(http.MethodGet, "/file/video/ad/search/", 610, s.assetSearch(true), search)
	add(http.MethodGet, "/file/video/suggestcover/", 612, s.suggestCover, names("string", "video_id"), names("integer", "poster_number"))
	add(http.MethodPost, "/file/start/upload/", 601, s.startUpload, names("string", "content_type", "name"), names("integer", "size"))
	add(http.MethodPost, "/file/transfer/upload/", 601, s.transferUpload, names("string", "upload_id", "signature"), names("integer", "start_offset"))
	add(http.MethodPost, "/file/finish/upload/", 601, s.finishUpload, names("string", "upload_id"))
	add(http.MethodPost, "/file/temporarily/upload/", 601, s.temporaryUpload, names("string", "content_type", "name", "signature", "upload_type"))
	add(http.MethodGet, "/file/name/check/", 600, s.nameCheck, ids("files"))
	for _, p := range []string{"/file/image/ad/upload/", "/file/video/ad/upload/", "/file/image/ad/info/", "/file/video/ad/info/"} {
		r := t[p]
		r.sandbox = true
		t[p] = r
	}
}

func (s *Sim) toolRoutes(t map[string]route) {
	add := func(method, path string, scope int64, run func(*call) (any, *apiError), params ...map[string]string) {
		t[path] = route{method: method, run: run, scopes: []int64{scope}, account: true, params: with(append(params, names("string", "advertiser_id"))...),
			open: method == http.MethodPost}
	}
	add(http.MethodGet, "/identity/get/", 693, s.identityGet, names("string", "identity_type", "identity_authorized_bc_id"), names("integer", "page", "page_size"), names("object", "filtering"))
	t["/identity/create/"] = route{method: http.MethodPost, run: s.identityCreate, scopes: []int64{692}, account: true, write: true, sandbox: true, params: names("string", "advertiser_id", "display_name", "image_uri")}
	add(http.MethodGet, "/tool/region/", 210, s.toolRegion, names("array", "placements"), names("string", "objective_type", "level_range", "language", "promotion_type", "promotion_target_type", "operating_system", "brand_safety_type", "brand_safety_partner", "rf_campaign_type"))
	add(http.MethodPost, "/tool/targeting/search/", 210, s.targetingSearch)
	add(http.MethodPost, "/tool/targeting/info/", 210, s.targetingInfo)
	add(http.MethodGet, "/tool/interest_category/", 210, s.interests, names("integer", "version"), names("string", "language"), names("array", "placements", "special_industries"))
	add(http.MethodGet, "/tool/interest_keyword/recommend/", 210, s.keywords, names("string", "keyword", "language", "mode", "audience_type"), names("integer", "limit"))
	add(http.MethodGet, "/tool/language/", 210, s.languages)
	add(http.MethodGet, "/pixel/list/", 800, s.pixels, names("string", "pixel_id", "code", "name", "order_by"), names("object", "filtering"), names("integer", "page", "page_size"))
	add(http.MethodGet, "/app/list/", 700, s.apps, names("array", "app_platform_ids"))
	add(http.MethodGet, "/dmp/custom_audience/list/", 30, s.audiences, names("array", "custom_audience_ids"), names("integer", "page", "page_size"))
}
