package sim

import (
	"cmp"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// asset is a picture or film of a profile's library.
type asset struct {
	id, name, kind, mime string
	prof                 *profile
	sub, tags            []any
	size, width, height  int
	version              int
	created, ready       time.Time
}

type upload struct {
	prof *profile
	name string
	size int
}

// assetDesk is the library and what is on its way there.
type assetDesk struct {
	mu      sync.Mutex
	list    []*asset
	uploads map[string]*upload // by key in the bucket
	n       int64
}

const uploadBucket = "al-na-9d5791cf-3faf"

func newAssetDesk() *assetDesk { return &assetDesk{uploads: map[string]*upload{}} }

func assetID(p *profile, n int) string {
	return fmt.Sprintf("amzn1.assetlibrary.asset1.%d%02d", p.id, n)
}

// find looks an asset up, with or without the version behind its id.
func (d *assetDesk) find(p *profile, id string) *asset {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, _, _ = strings.Cut(id, ":version_")
	i := slices.IndexFunc(d.list, func(a *asset) bool { return a.id == id && a.prof == p })
	if i < 0 {
		return nil
	}
	return d.list[i]
}

func (s *Sim) seedAssets(p *profile) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	for n, a := range []asset{
		{name: "Logo 2026", kind: "IMAGE", mime: "image/png", sub: []any{"LOGO"}, size: 34567, width: 600, height: 100},
		{name: "Winter \"lifestyle\", 1", kind: "IMAGE", mime: "image/jpeg", sub: []any{"LIFESTYLE_IMAGE"}, size: 234567, width: 1200, height: 628},
		{name: "Reel 15 s", kind: "VIDEO", mime: "video/mp4", sub: []any{"BACKGROUND_VIDEO"}, size: 4234567, width: 1920, height: 1080},
	} {
		a.id, a.prof, a.version, a.created, a.ready = assetID(p, n), p, 1, p.src.Created, p.src.Created
		s.store.list = append(s.store.list, &a)
	}
}

func (s *Sim) assetRoutes(add adder) {
	rt := route{family: assets}
	at := func(pattern string, write bool, serve func(*call) (any, *fault)) {
		r := rt
		r.write, r.serve = write, serve
		add(pattern, r)
	}
	at("POST /assets/upload", true, s.uploadAsset)
	at("POST /assets/register", true, s.registerAsset)
	at("GET /assets", false, s.getAsset)
	at("POST /assets/search", false, s.searchAssets)
}

var mimeOf = map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".mp4": "video/mp4", ".mov": "video/quicktime"}

func (s *Sim) uploadAsset(c *call) (any, *fault) {
	in, f := c.object("fileName")
	if f != nil {
		return nil, f
	}
	name, _ := in["fileName"].(string)
	ext := strings.ToLower(path.Ext(name))
	if mimeOf[ext] == "" {
		return nil, c.bad("fileName needs the extension of an image or a video")
	}
	d := s.store
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	key := uuid(s.opts.Seed, 61, uint64(d.n)) + ext
	d.uploads[key] = &upload{prof: c.prof, name: name}
	return obj{"url": s.signed(c.r, uploadBucket, key, c.now, 15*time.Minute)}, nil
}

// takeUpload is the PUT of the bytes: the content type is part of the signature.
func (s *Sim) takeUpload(w http.ResponseWriter, r *http.Request, key string) {
	b, err := simkit.ReadBody(r)
	d := s.store
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.uploads[key]
	switch {
	case u == nil:
		s3Error(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	case err != nil:
		s3Error(w, http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	case simkit.MediaType(r) != mimeOf[path.Ext(key)]:
		s3Error(w, http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
	default:
		u.size = len(b)
		w.WriteHeader(http.StatusOK)
	}
}

func (s *Sim) registerAsset(c *call) (any, *fault) {
	in, f := c.object("url", "name", "assetType", "assetSubTypeList", "asinList", "tags", "associatedSubEntityList", "skipAssetSubTypesDetection", "versionInfo", "mediaSource", "registrationContext")
	if f != nil {
		return nil, f
	}
	url, _ := in["url"].(string)
	name, _ := in["name"].(string)
	kind, _ := in["assetType"].(string)
	key := path.Base(strings.SplitN(url, "?", 2)[0])
	d := s.store
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.uploads[key]
	switch {
	case u == nil || u.prof != c.prof || u.size == 0:
		return nil, c.bad("The url holds no uploaded file")
	case name == "":
		return nil, c.bad("name is required")
	case kind != "IMAGE" && kind != "VIDEO" || kind == "VIDEO" != strings.HasPrefix(mimeOf[path.Ext(key)], "video/"):
		return nil, c.bad("assetType does not fit the file")
	case c.prof.kind == "seller" && in["associatedSubEntityList"] == nil:
		return nil, c.bad("associatedSubEntityList is required for sellers")
	}
	a := &asset{prof: c.prof, name: name, kind: kind, mime: mimeOf[path.Ext(key)], size: u.size, width: 1200, height: 628, version: 1, created: c.now, ready: c.now.Add(s.opts.AssetAfter)}
	a.sub, _ = in["assetSubTypeList"].([]any)
	a.tags, _ = in["tags"].([]any)
	d.n++
	a.id = fmt.Sprintf("amzn1.assetlibrary.asset1.%032x", simkit.Hash(s.opts.Seed, 62, uint64(d.n)))
	if v, ok := in["versionInfo"].(obj); ok {
		if linked, _ := v["linkedAssetId"].(string); linked != "" {
			a.id, a.version = linked, 2
		}
	}
	delete(d.uploads, key)
	d.list = append(d.list, a)
	return obj{"assetId": a.id, "versionId": "version_v" + strconv.Itoa(a.version), "failedSpecChecks": []any{}, "programPolicyValidationsList": nil}, nil
}

func (a *asset) status(now time.Time) string {
	if now.Before(a.ready) {
		return "PROCESSING"
	}
	return "ACTIVE"
}

func (a *asset) metadata() obj {
	ext := strings.TrimPrefix(a.mime[strings.Index(a.mime, "/"):], "/")
	m := obj{"contentType": a.mime, "extension": ext, "fileSize": a.size, "sizeInBytes": a.size, "width": a.width, "height": a.height, "duration": nil}
	if a.kind == "VIDEO" {
		m["duration"] = 15
	}
	return m
}

func (a *asset) url() string {
	return "https://m.media-amazon.com/images/S/" + uploadBucket + "/" + a.id[len(a.id)-12:]
}

func (s *Sim) getAsset(c *call) (any, *fault) {
	q := c.r.URL.Query()
	a := s.store.find(c.prof, q.Get("assetId"))
	version := "version_v1"
	if a != nil {
		version = "version_v" + strconv.Itoa(a.version)
	}
	if a == nil || cmp.Or(q.Get("version"), version) != version {
		return nil, c.fail(http.StatusNotFound, "NOT_FOUND", "Asset not found")
	}
	at := a.created.UnixMilli()
	return obj{
		"assetGlobal": obj{"assetId": a.id, "assetType": a.kind, "accountIds": []any{"ADVERTISER:" + a.prof.seller}, "marketplaceId": []any{s.marketplace(a.prof)}},
		"assetVersionList": []any{obj{"assetIdentifier": obj{"assetId": a.id, "version": version}, "name": a.name, "assetStatus": a.status(c.now), "assetSubTypes": a.sub, "url": a.url(),
			"fileMetadata": a.metadata(), "creationTime": at, "lastUpdatedTime": at, "specCheckApprovedPrograms": []any{}, "failedSpecChecks": []any{}, "storageLocationUrls": obj{"defaultUrl": a.url()}}},
	}, nil
}

func (s *Sim) searchAssets(c *call) (any, *fault) {
	in, f := c.object("text", "filterCriteria", "sortCriteria", "pageCriteria", "returnCriteria")
	if f != nil {
		return nil, f
	}
	page, _ := in["pageCriteria"].(obj)
	size, err := strconv.Atoi(fmt.Sprint(page["size"]))
	if err != nil || size < 1 || size > 500 {
		size = 100
	}
	from := 0
	if id, ok := page["identifier"].(obj); ok {
		if t, ok := id["token"].(string); ok {
			if from, ok = readToken(t, 7); !ok {
				return nil, c.bad("Invalid token")
			}
		} else if n, err := strconv.Atoi(fmt.Sprint(id["pageNumber"])); err == nil {
			from = n * size
		}
	}
	var found []*asset
	text, _ := in["text"].(string)
	s.store.mu.Lock()
	for _, a := range s.store.list {
		if a.prof == c.prof && strings.Contains(strings.ToLower(a.name), strings.ToLower(text)) && a.passes(in["filterCriteria"]) {
			found = append(found, a)
		}
	}
	s.store.mu.Unlock()
	from = min(from, len(found))
	to := min(from+size, len(found))
	list := []any{}
	for _, a := range found[from:to] {
		at := a.created.UnixMilli()
		list = append(list, obj{"assetId": a.id, "version": "version_v" + strconv.Itoa(a.version), "name": a.name, "assetType": a.kind, "assetSubTypeList": a.sub, "status": a.status(c.now),
			"tags": a.tags, "creationTime": at, "lastUpdatedTime": at, "fileMetadata": a.metadata(), "storageLocationUrls": obj{"defaultUrl": a.url(), "processedUrls": obj{}, "relatedUrls": nil}})
	}
	out := obj{"assetList": list, "totalRecords": len(found), "token": nil}
	if to < len(found) {
		out["token"] = pageToken(7, to)
	}
	return out, nil
}

func (a *asset) passes(v any) bool {
	m, _ := v.(obj)
	list, _ := m["valueFilters"].([]any)
	for _, e := range list {
		f, _ := e.(obj)
		values, _ := texts(f["values"])
		if f["valueField"] == "ASSET_TYPE" && !slices.Contains(values, a.kind) {
			return false
		}
		if f["valueField"] == "ASSET_SUB_TYPE" && (len(a.sub) == 0 || !slices.Contains(values, fmt.Sprint(a.sub[0]))) {
			return false
		}
	}
	return true
}
