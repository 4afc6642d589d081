package linkedin

import (
	"context"
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// An asset is begun by an order, which names it and where its bytes go, and is there once LinkedIn has worked on them. The
// bytes go to the hosts of Spec.Hosts only, wherever LinkedIn says. Nothing takes an asset back: what was begun and not
// finished is named, and shows nowhere. https://learn.microsoft.com/linkedin/marketing/community-management/shares/images-api
var assetFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "name", Create: true},
	{Name: "type", Create: true, Required: true},
	{Name: "content", Create: true, Required: true},
	{Name: "mime_type", Create: true},
}

// Limits of what is uploaded, in bytes.
const (
	maxImage = 5 << 20
	minVideo = 75_000
	maxVideo = 500 << 20
)

// imageKinds are the kinds of images that LinkedIn takes, by what their first bytes say.
var imageKinds = []string{"image/jpeg", "image/png", "image/gif"}

// The states of what was uploaded.
const (
	mediaAvailable = "AVAILABLE"
	mediaFailed    = "PROCESSING_FAILED"
)

// mediaTries is how often LinkedIn is asked whether an asset is there yet. One that is not can be used all the same: what
// shows it waits.
const mediaTries = 8

// upload is what an asset is made from.
type upload struct {
	image bool
	name  string
	bytes []byte
}

func uploadOf(o *normalize.Asset) (upload, error) {
	u := upload{image: o.Type == normalize.AssetTypeImage, name: o.Name}
	switch {
	case !u.image && o.Type != normalize.AssetTypeVideo:
		return u, refused("type", string(o.Type))
	case !u.image && o.Name != "":
		return u, fault(providers.Rejected, "name", "LinkedIn's videos have no name")
	}
	var err error
	if u.bytes, err = base64.StdEncoding.DecodeString(o.Content); err != nil || len(u.bytes) == 0 {
		return u, fault(providers.Invalid, "content", "it is no base64")
	}
	kind := http.DetectContentType(u.bytes)
	if m, _, err := mime.ParseMediaType(o.MimeType); o.MimeType != "" && (err != nil || m != kind) {
		return u, fault(providers.Rejected, "mime_type", "the content is %s", kind)
	}
	n := len(u.bytes)
	switch {
	case u.image && !slices.Contains(imageKinds, kind):
		return u, fault(providers.Rejected, "content", "LinkedIn takes images as JPEG, PNG and GIF, not as %s", kind)
	case u.image && n > maxImage:
		return u, fault(providers.Rejected, "content", "the image has %d bytes, LinkedIn takes %d", n, maxImage)
	case !u.image && kind != "video/mp4":
		return u, fault(providers.Rejected, "content", "LinkedIn takes videos as MP4, not as %s", kind)
	case !u.image && (n < minVideo || n > maxVideo):
		return u, fault(providers.Rejected, "content", "the video has %d bytes, LinkedIn takes %d to %d", n, minVideo, maxVideo)
	}
	return u, nil
}

func (c *client) createAsset(ctx context.Context, w providers.Write[normalize.Asset]) (providers.Written[normalize.Asset], error) {
	none := providers.Written[normalize.Asset]{}
	out := none
	account, err := c.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return none, err
	}
	u, err := uploadOf(&w.Object)
	if err != nil {
		return none, err
	}
	rules, err := c.accountRules(ctx, account)
	if err != nil {
		return none, err
	}
	if rules.reference == "" {
		return none, fault(providers.Rejected, "organization_id", "the account advertises for no page, and assets belong to a page")
	}
	if w.DryRun {
		out.Object, out.Checked = w.Object, providers.CheckedByRules
		out.Object.OrganizationID, out.Object.Content = account, ""
		return out, nil
	}
	var id string
	if u.image {
		id, out.RequestIDs, err = c.uploadImage(ctx, &rules, u)
	} else {
		id, out.RequestIDs, err = c.uploadVideo(ctx, &rules, u)
	}
	if e := asError(err); err != nil && (id == "" || !e.Uncertain) {
		return none, leftBehind(err, id)
	}
	m, failed := c.processed(ctx, id)
	switch {
	case failed != nil && err != nil:
		return none, leftBehind(err, id)
	case failed != nil:
		return none, unread(failed, "uploaded", id, out.RequestIDs)
	case err != nil && m.Status != mediaAvailable && m.Status != "PROCESSING": // the bytes did not arrive
		e := asError(err)
		e.Uncertain = false
		return none, leftBehind(e, id)
	case m.Status == mediaFailed:
		return none, fault(providers.Rejected, "content", "LinkedIn could not use what was uploaded; %s stays at LinkedIn without use", id)
	}
	out.Object = assetOf(id, &m, account, nil)
	return out, nil
}

// begun is the answer of initializeUpload.
type begun struct {
	Value struct {
		UploadURL    string `json:"uploadUrl"`
		Image        string `json:"image"`
		Video        string `json:"video"`
		UploadToken  string `json:"uploadToken"`
		Instructions []struct {
			UploadURL string `json:"uploadUrl"`
			First     int64  `json:"firstByte"`
			Last      int64  `json:"lastByte"` // inclusive
		} `json:"uploadInstructions"`
	} `json:"value"`
}

func (c *client) begin(ctx context.Context, resource string, request fields) (begun, []string, error) {
	var b begun
	h, err := c.write(ctx, writes{
		method: methodAction, path: resource, query: "action=initializeUpload", body: fields{"initializeUploadRequest": request}, into: &b,
	})
	return b, idsOf(h), err
}

// uploadImage: LinkedIn names the image, takes its bytes in one piece, and wants the token along with them.
func (c *client) uploadImage(ctx context.Context, r *accountRules, u upload) (string, []string, error) {
	library := fields{"associatedAccount": urn(urnAccount, r.id)}
	if u.name != "" {
		library["assetName"] = u.name
	}
	b, ids, err := c.begin(ctx, "images", fields{"owner": r.reference, "mediaLibraryMetadata": library})
	if err != nil {
		return "", nil, err
	}
	id := b.Value.Image
	if kindOf(id) != "image" || b.Value.UploadURL == "" {
		return "", nil, uncertain(first(ids), "LinkedIn does not say which image it has begun, or where it goes")
	}
	_, err = c.putBytes(ctx, c.rest, b.Value.UploadURL, u.bytes, "")
	return id, ids, err
}

// uploadVideo: a video goes in pieces, without the token; each answers a mark, and all marks in order end the upload.
func (c *client) uploadVideo(ctx context.Context, r *accountRules, u upload) (string, []string, error) {
	b, ids, err := c.begin(ctx, "videos", fields{
		"owner": r.reference, "fileSizeBytes": len(u.bytes), "uploadCaptions": false, "uploadThumbnail": false,
	})
	if err != nil {
		return "", nil, err
	}
	id := b.Value.Video
	if kindOf(id) != "video" || len(b.Value.Instructions) == 0 {
		return "", nil, uncertain(first(ids), "LinkedIn does not say which video it has begun, or where it goes")
	}
	marks, next := make([]string, 0, len(b.Value.Instructions)), int64(0)
	for _, p := range b.Value.Instructions {
		if p.First != next || p.Last < p.First || p.Last >= int64(len(u.bytes)) {
			return id, ids, fault(providers.Malformed, "", "LinkedIn asks for the bytes %d to %d of %d", p.First, p.Last, len(u.bytes))
		}
		next = p.Last + 1
		h, err := c.putBytes(ctx, c.bare, p.UploadURL, u.bytes[p.First:next], "application/octet-stream")
		mark := strings.Trim(h.Get("ETag"), `"`)
		if err == nil && mark == "" {
			err = fault(providers.Malformed, "", "LinkedIn gives no mark for a piece of the video")
		}
		if err != nil { // without the mark the upload cannot be ended, whether the bytes arrived or not
			e := asError(err)
			e.Uncertain = false
			return id, ids, e
		}
		marks = append(marks, mark)
	}
	if next != int64(len(u.bytes)) {
		return id, ids, fault(providers.Malformed, "", "LinkedIn asks for %d of %d bytes", next, len(u.bytes))
	}
	h, err := c.write(ctx, writes{method: methodAction, path: "videos", query: "action=finalizeUpload", body: fields{
		"finalizeUploadRequest": fields{"video": id, "uploadToken": b.Value.UploadToken, "uploadedPartIds": marks},
	}})
	return id, append(ids, idsOf(h)...), err
}

// putBytes sends bytes to where LinkedIn wants them: a host of its own, or nothing leaves.
func (c *client) putBytes(ctx context.Context, by *rest.Client, to string, b []byte, kind string) (http.Header, error) {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "https" {
		return nil, fault(providers.Malformed, "", "LinkedIn wants the bytes at no address of https")
	}
	r := rest.Request{Method: http.MethodPut, URL: to, Body: b, Bucket: bucket("uploads", c.conn.ID), Write: true}
	if kind != "" {
		r.Header = http.Header{"Content-Type": {kind}}
	}
	h, err := by.Write(ctx, r, nil)
	if e := asError(err); err != nil && providers.KindOf(err) == providers.Invalid && e.Status == 0 {
		e.Message = fmt.Sprintf("LinkedIn wants the bytes at %s, which is none of its known hosts", u.Host)
		e.Kind, err = providers.Unsupported, e
	}
	return h, own(err)
}

// leftBehind names what was begun: it cannot be taken back, has no content, and shows nowhere.
func leftBehind(err error, id string) error {
	if id == "" {
		return err
	}
	e := asError(own(err))
	e.Message += fmt.Sprintf("; %s was begun, and stays at LinkedIn without content", id)
	return e
}

// processed waits for what was uploaded, for a while.
func (c *client) processed(ctx context.Context, id string) (media, error) {
	wait := 500 * time.Millisecond
	for try := 1; ; try++ {
		m, _, err := getOne[media](ctx, c, mediaPaths[kindOf(id)]+"/"+esc(id), nil)
		switch {
		case err != nil && (providers.KindOf(err) != providers.NotFound || try == mediaTries):
			return m, err
		case err == nil && (m.Status == mediaAvailable || m.Status == mediaFailed || try == mediaTries):
			return m, nil
		}
		if err := c.sleep(ctx, wait); err != nil {
			return m, err
		}
		wait = min(2*wait, 8*time.Second)
	}
}

func first(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}
