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
	w := assetWriter{client: c, get: col.Get}
	col.Fields, col.Create, col.Find = assetFields, w.create, w.find
	return col
}

type assetWriter struct {
	*client
	get func(context.Context, providers.Ref) (normalize.Asset, error)
}

// maxImage is the largest image that Google takes.
const maxImage = 5 << 20

var youtubeID = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)

func (w assetWriter) create(ctx context.Context, in providers.Write[normalize.Asset]) (providers.Written[normalize.Asset], error) {
	none := providers.Written[normalize.Asset]{}
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return none, err
	}
	made, err := newAsset(&in.Object)
	if err != nil {
		return none, err
	}
	m, err := w.mutate(ctx, a, in.DryRun, []operation{{kind: "asset", create: made}})
	if err != nil {
		return none, err
	}
	if in.DryRun {
		v := in.Object
		v.OrganizationID, v.Content = a.ID, ""
		return dry(m, v), nil
	}
	id := tail(m.names[0])
	return readBack(m, "asset "+id, func() (normalize.Asset, error) { return w.get(ctx, providers.Ref{Org: a.ID, ID: id}) })
}

// newAsset is the message of an asset: its type is what it holds.
func newAsset(o *normalize.Asset) (fields, error) {
	out := fields{}
	if o.Name != "" {
		out["name"] = o.Name
	}
	if o.URL != "" && o.Type != normalize.AssetTypeYoutubeVideo {
		return nil, fault(providers.Rejected, "url", "Google Ads takes no asset by its address: give its content")
	}
	if o.Type == normalize.AssetTypeYoutubeVideo {
		id := videoID(o.URL)
		switch {
		case o.Content != "":
			return nil, fault(providers.Rejected, "content", "a video of YouTube is given by its url")
		case id == "":
			return nil, fault(providers.Rejected, "url", "url must be the address of a video of YouTube")
		}
		out["youtubeVideoAsset"] = fields{"youtubeVideoId": id}
		return out, nil
	}
	data, err := base64.StdEncoding.DecodeString(o.Content)
	if err != nil || len(data) == 0 {
		return nil, fault(providers.Rejected, "content", "content must be given in base64")
	}
	switch o.Type {
	case normalize.AssetTypeText:
		if !utf8.Valid(data) {
			return nil, fault(providers.Rejected, "content", "the content of a text must be UTF-8")
		}
		out["textAsset"] = fields{"text": string(data)}
	case normalize.AssetTypeImage:
		switch kind := http.DetectContentType(data); {
		case len(data) > maxImage:
			return nil, fault(providers.Rejected, "content", "an image has %d bytes at most; it has %d", maxImage, len(data))
		case kind != "image/jpeg" && kind != "image/png" && kind != "image/gif":
			return nil, fault(providers.Rejected, "content", "an image is a JPEG, a PNG or a GIF")
		case o.Name == "":
			return nil, fault(providers.Rejected, "name", "an image needs a name")
		}
		out["imageAsset"] = fields{"data": o.Content}
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

// find looks for assets of the same type and name, or text, or video: Google makes no second one of the same content.
func (w assetWriter) find(ctx context.Context, in providers.Write[normalize.Asset], _ providers.Try) ([]normalize.Asset, error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return nil, err
	}
	made, err := newAsset(&in.Object)
	if err != nil {
		return nil, err
	}
	field, value := "asset.name", in.Object.Name
	switch in.Object.Type {
	case normalize.AssetTypeText:
		field, value = "asset.text_asset.text", made["textAsset"].(fields)["text"].(string)
	case normalize.AssetTypeYoutubeVideo:
		field, value = "asset.youtube_video_asset.youtube_video_id", made["youtubeVideoAsset"].(fields)["youtubeVideoId"].(string)
	}
	if !nameable(value) {
		return nil, fault(providers.Unsupported, "content", "a text with line breaks cannot be looked for")
	}
	return w.assetsWhere(ctx, a, providers.ListQuery{Org: a.ID, Size: maxPage}, gaql{where: []string{
		field + " = " + gaqlString(value), "asset.type = " + gaqlString(string(in.Object.Type)),
	}})
}
