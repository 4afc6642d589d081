package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// asset is a picture or a film of an account's library.
type asset struct {
	id, material, name, signature, format string
	video                                 bool
	width, height, size                   int
	duration                              time.Duration
	created, usable                       time.Time
}

func (a *asset) ready(now time.Time) bool { return !now.Before(a.usable) }

const fileTime = "2006-01-02T15:04:05Z"

func (s *Sim) seedAssets(a *account) {
	spark := identityFields(itoa(a.src.PageID+1), a.src.PageName+" on TikTok")
	spark["identity_type"], spark["user_name"], spark["can_pull_video"], spark["can_push_video"] = "AUTH_CODE", "acme", true, true
	a.identities = []obj{identityFields(itoa(a.src.PageID), a.src.PageName), spark}
	for _, src := range a.src.Assets {
		if src.Kind != simkit.Image && src.Kind != simkit.Video {
			continue
		}
		h := simkit.Hash(s.opts.Seed, 71, uint64(src.ID))
		as := &asset{
			material: itoa(src.ID), name: src.Name, signature: fmt.Sprintf("%016x%016x", h, simkit.Hash(h)), video: src.Kind == simkit.Video,
			width: src.Width, height: src.Height, size: 200_000 + int(h%900_000), duration: src.Duration, created: src.Created,
		}
		as.id, as.format = fmt.Sprintf("ad-site-i18n-sg/%s5d0d%016x", src.Created.Format("20060102"), h), "jpeg"
		if as.video {
			as.id, as.format = fmt.Sprintf("v10033g50000c%019x", h), "mp4"
			as.size *= 20
		}
		a.keep(as)
		a.byAsset["#"+itoa(src.ID)] = as
	}
}

// keep adds an asset, the newest first.
func (a *account) keep(as *asset) {
	a.assets = slices.Insert(a.assets, 0, as)
	a.byAsset[as.id] = as
}

func (a *account) firstImage() string {
	for _, as := range slices.Backward(a.assets) {
		if !as.video {
			return as.id
		}
	}
	return ""
}

func identityFields(id, name string) obj {
	return obj{
		"identity_id": id, "identity_type": "CUSTOMIZED_USER", "display_name": name, "user_name": nil,
		"profile_image": "https://p21-ad-sg.ibyteimg.com/large/ad-site-i18n-sg/" + id, "available_status": "AVAILABLE",
		"can_push_video": false, "can_pull_video": false, "identity_authorized_bc_id": nil,
	}
}

// usableIdentity wants a speaker that the account has.
func (a *account) usableIdentity(kind, id string) *apiError {
	if kind == "" {
		return missing("identity_type")
	}
	if id == "" {
		return missing("identity_id")
	}
	for _, o := range a.identities {
		if o["identity_id"] == id && o["identity_type"] == kind {
			return nil
		}
	}
	return badParam("identity_id: The identity %s does not exist or is not available.", id)
}

// identityGet is GET /identity/get/.
func (s *Sim) identityGet(c *call) (any, *apiError) {
	page, size, err := paging(c, 100)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, o := range c.account.identities {
		if t := c.str("identity_type"); t == "" || o["identity_type"] == t {
			list = append(list, o)
		}
	}
	from, to := window(len(list), page, size)
	return obj{"identity_list": list[from:to], "page_info": pageInfo(page, size, len(list))}, nil
}

// identityCreate is POST /identity/create/.
func (s *Sim) identityCreate(c *call) (any, *apiError) {
	if err := checkName("display_name", c.str("display_name"), 100); err != nil {
		return nil, err
	}
	id := itoa(s.newID() + 5_000_000_000_000_000_000)
	c.account.identities = append(c.account.identities, identityFields(id, c.str("display_name")))
	return obj{"identity_id": id}, nil
}

// show is the asset as the library answers it.
func (a *asset) show(now time.Time) obj {
	o := obj{
		"material_id": a.material, "file_name": a.name, "signature": a.signature, "format": a.format, "width": a.width, "height": a.height,
		"size": a.size, "displayable": a.ready(now), "create_time": a.created.UTC().Format(fileTime), "modify_time": a.created.UTC().Format(fileTime),
	}
	path := strings.ReplaceAll(a.id, "/", "-")
	if !a.video {
		o["image_id"], o["is_carousel_usable"] = a.id, true
		o["image_url"] = fmt.Sprintf("https://p21-ad-sg.ibyteimg.com/obj/%s?x-expires=%d", a.id, now.Add(time.Hour).Unix())
		return o
	}
	expires := now.Add(6 * time.Hour)
	o["video_id"], o["duration"], o["bit_rate"], o["flaw_types"], o["fix_task_id"] = a.id, a.duration.Seconds(), 2_200_000, nil, nil
	o["video_cover_url"] = fmt.Sprintf("https://p16-sign-sg.tiktokcdn.com/%s?x-expires=%d", path, expires.Unix())
	o["preview_url"] = fmt.Sprintf("https://v16m-default.akamaized.net/%s?x-expires=%d", path, expires.Unix())
	o["preview_url_expire_time"] = wireTime(expires)
	o["allowed_placements"] = []any{"PLACEMENT_TIKTOK", "PLACEMENT_PANGLE"}
	return o
}

// assetInfo are GET /file/image/ad/info/ and /file/video/ad/info/: an id that is
// not there is left out.
func (s *Sim) assetInfo(video bool, param string, most int) func(*call) (any, *apiError) {
	return func(c *call) (any, *apiError) {
		ids, err := stringsOf(c.params, param)
		switch {
		case err != nil:
			return nil, err
		case len(ids) == 0:
			return nil, missing(param)
		case len(ids) > most:
			return nil, badParam("%s: Longer than maximum length %d.", param, most)
		}
		list := []any{}
		for _, id := range ids {
			if as := c.account.byAsset[id]; as != nil && as.video == video {
				list = append(list, as.show(c.now))
			}
		}
		return obj{"list": list}, nil
	}
}

// assetSearch are the two libraries' lists; here the sorting is sort_field and
// sort_type, and order_field goes unread.
func (s *Sim) assetSearch(video bool) func(*call) (any, *apiError) {
	return func(c *call) (any, *apiError) {
		page, err := c.whole("page", 1, 1, 1<<31)
		if err != nil {
			return nil, err
		}
		size, err := c.whole("page_size", 20, 1, 100)
		if err != nil {
			return nil, err
		}
		match, err := assetFilter(c, video)
		if err != nil {
			return nil, err
		}
		list := []any{}
		for _, as := range c.account.assets {
			if as.video == video && match(as) {
				list = append(list, as.show(c.now))
			}
		}
		if c.str("sort_type") == "ASC" {
			slices.Reverse(list)
		}
		from, to := window(len(list), page, size)
		return obj{"list": list[from:to], "page_info": pageInfo(page, size, len(list))}, nil
	}
}

func assetFilter(c *call, video bool) (func(*asset) bool, *apiError) {
	in, _ := c.params["filtering"].(obj)
	known := []string{"image_ids", "material_ids", "width", "height", "ratio", "displayable"}
	if video {
		known = []string{"video_ids", "material_ids", "video_name", "video_material_sources", "video_material_source", "width", "height", "ratio", "displayable"}
	}
	for _, k := range sortedKeys(in) {
		if !slices.Contains(known, k) {
			return nil, badParam("filtering.%s: Unknown field.", k)
		}
	}
	ids, err := stringsOf(in, map[bool]string{true: "video_ids", false: "image_ids"}[video])
	if err != nil {
		return nil, err
	}
	materials, err := stringsOf(in, "material_ids")
	if err != nil {
		return nil, err
	}
	if len(ids) > 100 || video && len(materials) > 20 || len(materials) > 1000 {
		return nil, badParam("filtering: Longer than maximum length.")
	}
	return func(a *asset) bool {
		shown, filtered := in["displayable"].(bool)
		return (len(ids) == 0 || slices.Contains(ids, a.id)) && (len(materials) == 0 || slices.Contains(materials, a.material)) &&
			(!filtered || shown == a.ready(c.now)) && strings.Contains(strings.ToLower(a.name), strings.ToLower(str(in, "video_name")))
	}, nil
}
