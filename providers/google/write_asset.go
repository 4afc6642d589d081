package google

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// assetFields are what can be given of an asset. It cannot be deleted, and what it holds cannot be changed.
var assetFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "type", Create: true, Required: true},
	{Name: "name", Create: true}, {Name: "content", Create: true}, {Name: "url", Create: true},
}

func writesAssets(c *client, col providers.Collection[normalize.Asset]) providers.Collection[normalize.Asset] {
	w := assetWrites{c}
	col.Fields, col.Find = assetFields, w.find
	return writer[normalize.Asset]{
		client: c, what: "asset", get: col.Get, create: w.create,
		many: func(ctx context.Context, a account, ids []string) ([]normalize.Asset, error) {
			return c.assetsWhere(ctx, a, providers.ListQuery{}, gaql{where: []string{"asset.id IN " + gaqlIDs(ids)}})
		},
	}.into(col)
}

type assetWrites struct{ *client }

// maxImage is the largest image that Google takes.
const maxImage = 5 << 20

var youtubeID = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)

func (w assetWrites) create(ctx context.Context, in providers.Write[normalize.Asset]) (intent[normalize.Asset], error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return intent[normalize.Asset]{}, err
	}
	made, err := newAsset(&in.Object)
	if err != nil {
		return intent[normalize.Asset]{}, err
	}
	v := in.Object
	v.OrganizationID, v.Content = a.ID, ""
	return intent[normalize.Asset]{a: a, ops: []operation{{kind: "asset", create: made}}, object: v}, nil
}

// newAsset is the message of an asset: its type is what it holds.
func newAsset(o *normalize.Asset) (fields, error) {
	if o.Type == normalize.AssetTypeYoutubeVideo {
		return newVideo(o)
	}
	if o.URL != "" {
		return nil, fault(providers.Rejected, "url", "Google Ads takes no asset by its address: give its content")
	}
	data, err := base64.StdEncoding.DecodeString(o.Content)
	if err != nil || len(data) == 0 {
		return nil, fault(providers.Rejected, "content", "content must be given in base64")
	}
	out := fields{}
	if o.Name != "" {
		out["name"] = o.Name
	}
	switch o.Type {
	case normalize.AssetTypeText:
		if !utf8.Valid(data) {
			return nil, fault(providers.Rejected, "content", "the content of a text must be UTF-8")
		}
		out["textAsset"] = fields{"text": string(data)}
	case normalize.AssetTypeImage:
		out["imageAsset"] = fields{"data": o.Content}
		return out, checkImage(o, data)
	case normalize.AssetTypeMediaBundle:
		if o.Name == "" {
			return nil, fault(providers.Rejected, "name", "a bundle needs a name")
		}
		out["mediaBundleAsset"] = fields{"data": o.Content}
	default:
		return nil, refused("type", string(o.Type))
	}
	return out, nil
}

func checkImage(o *normalize.Asset, data []byte) error {
	switch kind := http.DetectContentType(data); {
	case len(data) > maxImage:
		return fault(providers.Rejected, "content", "an image has %d bytes at most; it has %d", maxImage, len(data))
	case kind != "image/jpeg" && kind != "image/png" && kind != "image/gif":
		return fault(providers.Rejected, "content", "an image is a JPEG, a PNG or a GIF")
	case o.Name == "":
		return fault(providers.Rejected, "name", "an image needs a name")
	}
	return nil
}

func newVideo(o *normalize.Asset) (fields, error) {
	id := videoID(o.URL)
	switch {
	case o.Content != "":
		return nil, fault(providers.Rejected, "content", "a video of YouTube is given by its url")
	case id == "":
		return nil, fault(providers.Rejected, "url", "url must be the address of a video of YouTube")
	}
	out := fields{"youtubeVideoAsset": fields{"youtubeVideoId": id}}
	if o.Name != "" {
		out["name"] = o.Name
	}
	return out, nil
}

// videoID is the id in the address of a video; empty where there is none.
func videoID(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	id := u.Query().Get("v")
	if u.Host == "youtu.be" {
		id = strings.TrimPrefix(u.Path, "/")
	}
	if host := strings.TrimPrefix(u.Host, "www."); host != "youtube.com" && host != "youtu.be" || !youtubeID.MatchString(id) {
		return ""
	}
	return id
}
