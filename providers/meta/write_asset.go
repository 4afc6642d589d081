package meta

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

var assetFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "name", Create: true, Required: true},
	{Name: "type", Create: true, Required: true},
	{Name: "content", Create: true},
	{Name: "url", Create: true},
	{Name: "mime_type", Create: true},
}

// imageEndings are the endings of the images that Meta takes, by what their first bytes say.
var imageEndings = map[string][]string{
	"image/jpeg": {".jpg", ".jpeg"}, "image/png": {".png"}, "image/gif": {".gif"}, "image/bmp": {".bmp"}, "image/webp": {".webp"},
}

// upload is what an asset is made from.
type upload struct {
	image bool
	name  string
	kind  string // of the content
	bytes []byte // nil where Meta fetches it from url
	url   string
}

func uploadOf(o *normalize.Asset) (upload, error) {
	u := upload{image: o.Type == normalize.AssetTypeImage, name: o.Name, url: o.URL}
	if err := nameToWrite(o.Name); err != nil {
		return u, err
	}
	if o.Type != normalize.AssetTypeImage && o.Type != normalize.AssetTypeVideo {
		return u, refused("type", string(o.Type))
	}
	switch {
	case (o.Content == "") == (o.URL == ""):
		return u, fault(providers.Rejected, "content", "give the content, or for a video the url that it is fetched from, and not both")
	case o.URL != "" && u.image:
		return u, fault(providers.Rejected, "url", "Meta fetches no images: give the content")
	case o.URL != "" && !webAddress(o.URL):
		return u, refused("url", o.URL)
	case o.URL != "":
		return u, nil
	}
	b, err := base64.StdEncoding.DecodeString(o.Content)
	if err != nil || len(b) == 0 {
		return u, fault(providers.Invalid, "content", "it is no base64")
	}
	u.bytes, u.kind = b, http.DetectContentType(b)
	if m, _, err := mime.ParseMediaType(o.MimeType); o.MimeType != "" && (err != nil || u.image && m != u.kind) {
		return u, fault(providers.Rejected, "mime_type", "the content is %s", u.kind)
	}
	if !u.image {
		if k, _, _ := strings.Cut(u.kind, "/"); k == "image" || k == "text" { // what only looks at its end wrong is Meta's to say
			return u, fault(providers.Rejected, "content", "the content is %s, which is no video", u.kind)
		}
		return u, nil
	}
	endings, ok := imageEndings[u.kind]
	if !ok {
		return u, fault(providers.Rejected, "content", "Meta takes no image of the kind %s", u.kind)
	}
	if !slices.Contains(endings, strings.ToLower(path.Ext(u.name))) { // an image's name is its file's
		u.name += endings[0]
	}
	return u, nil
}

// multipartBody is a form with one file.
func multipartBody(field, file, kind string, content []byte, values map[string]string) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range values {
		if err := w.WriteField(name, value); err != nil {
			return nil, "", err
		}
	}
	quoted := strings.NewReplacer("\\", "\\\\", `"`, "\\\"", "\r", "%0D", "\n", "%0A")
	part, err := w.CreatePart(map[string][]string{
		"Content-Disposition": {`form-data; name="` + quoted.Replace(field) + `"; filename="` + quoted.Replace(file) + `"`}, "Content-Type": {kind},
	})
	if err == nil {
		_, err = io.Copy(part, bytes.NewReader(content))
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), w.FormDataContentType(), err
}

func (c *client) createAsset(ctx context.Context, w providers.Write[normalize.Asset]) (providers.Written[normalize.Asset], error) {
	out := providers.Written[normalize.Asset]{}
	account, err := c.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return out, err
	}
	u, err := uploadOf(&w.Object)
	if err != nil {
		return out, err
	}
	if w.DryRun { // Meta checks no upload without keeping it
		out.Object, out.Checked = w.Object, providers.CheckedByRules
		out.Object.OrganizationID, out.Object.Name, out.Object.Content = account, u.name, ""
		return out, nil
	}
	var id string
	if u.image {
		id, out.RequestIDs, err = c.uploadImage(ctx, account, u)
	} else {
		id, out.RequestIDs, err = c.uploadVideo(ctx, account, u)
	}
	if err != nil {
		return providers.Written[normalize.Asset]{}, err
	}
	out.Object, err = readBack(ctx, c, c.getAsset, providers.Ref{Org: account, ID: id})
	if err != nil {
		return out, unread(err, "uploaded", id, first(out.RequestIDs))
	}
	return out, nil
}

// uploadImage: the same content has the same hash, however often it is uploaded.
func (c *client) uploadImage(ctx context.Context, account string, u upload) (string, []string, error) {
	body, kind, err := multipartBody(u.name, u.name, u.kind, u.bytes, nil)
	if err != nil {
		return "", nil, fault(providers.Invalid, "content", "it cannot be sent: %v", err)
	}
	r := c.request(http.MethodPost, call{path: node(account) + "/adimages", lane: lane{account: account}})
	r.Body, r.Header["Content-Type"] = body, []string{kind}
	var got struct {
		Images map[string]struct {
			Hash string `json:"hash"`
		} `json:"images"`
	}
	ids, err := c.writeRequest(ctx, r, &got)
	if err != nil {
		return "", nil, err
	}
	for _, image := range got.Images {
		if _, _, ok := imageHash(image.Hash); ok && len(got.Images) == 1 {
			return image.Hash, ids, nil
		}
	}
	return "", nil, uncertain(first(ids), "Meta took the image and does not say which it is")
}

func (c *client) uploadVideo(ctx context.Context, account string, u upload) (string, []string, error) {
	k := call{path: node(account) + "/advideos", params: url.Values{"title": {u.name}}, lane: lane{account: account}}
	if u.bytes == nil {
		k.params.Set("file_url", u.url)
	}
	r := c.request(http.MethodPost, k)
	if u.bytes != nil {
		body, kind, err := multipartBody("source", u.name, "application/octet-stream", u.bytes, map[string]string{"title": u.name})
		if err != nil {
			return "", nil, fault(providers.Invalid, "content", "it cannot be sent: %v", err)
		}
		r.Body, r.Header["Content-Type"] = body, []string{kind}
	}
	var got struct {
		ID wire.ID `json:"id"`
	}
	ids, err := c.writeRequest(ctx, r, &got)
	if err != nil {
		return "", nil, err
	}
	if !digitsOnly(got.ID.String()) {
		return "", nil, uncertain(first(ids), "Meta took the video and does not say which it is")
	}
	return got.ID.String(), ids, nil
}

// deleteAsset deletes an image, which Meta lets be done where nothing shows it.
func (c *client) deleteAsset(ctx context.Context, ref providers.Ref, dry bool) (providers.Removal, error) {
	o, err := c.getAsset(ctx, ref)
	if err != nil {
		return providers.Removal{}, err
	}
	if o.Type == normalize.AssetTypeVideo {
		return providers.Removal{}, fault(providers.Unsupported, "", "Meta's reference knows no deletion of a video of the library")
	}
	if dry { // Meta checks no deletion without doing it
		return providers.Removal{Effect: providers.EffectRemoved, Checked: providers.CheckedByRules}, nil
	}
	return c.deleted(ctx, o.ID, call{path: node(o.OrganizationID) + "/adimages", params: url.Values{"hash": {o.ID}}, lane: lane{account: o.OrganizationID}})
}

// findAsset: an image by its name, a video by its title, made while the try lasted.
func (c *client) findAsset(ctx context.Context, w providers.Write[normalize.Asset], try providers.Try) ([]normalize.Asset, error) {
	account, err := c.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return nil, err
	}
	u, err := uploadOf(&w.Object)
	if err != nil {
		return nil, err
	}
	stage := 1
	if u.image {
		stage = 0
	}
	var out []normalize.Asset
	q := providers.ListQuery{Size: maxVideos, Type: []string{string(w.Object.Type)}}
	for at := (place{Account: account, Stage: stage}); ; {
		items, next, _, err := c.assetsPage(ctx, account, q, at)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			if item.Name == u.name && within(item.CreatedAt, try) {
				out = append(out, item)
			}
		}
		if next == nil {
			return out, nil
		}
		at = *next
	}
}
