package google

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// parts are what data tells of an ad besides its texts.
type parts struct {
	Images   []string `json:"images"` // ids of assets
	Logos    []string `json:"logos"`
	Business string   `json:"business_name"`
}

func partsOf(o *normalize.Creative) (parts, error) {
	var p parts
	if o.Data == "" {
		return p, nil
	}
	d := json.NewDecoder(strings.NewReader(o.Data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fault(providers.Rejected, "data", "data must be JSON of images and logos (ids of assets) and business_name: %v", err)
	}
	for _, id := range slices.Concat(p.Images, p.Logos) {
		if !digits(id) {
			return p, fault(providers.Rejected, "data", "%q is no id of an asset", id)
		}
	}
	return p, nil
}

// maxBusiness is the longest name of a business.
const maxBusiness = 25

// The least sizes of the images of an ad: those of 1.91:1, and square ones.
// https://developers.google.com/google-ads/api/reference/rpc/v24/DemandGenMultiAssetAdInfo
const (
	wideWidth, wideHeight = 600, 314
	squareSide            = 300
)

// dressDisplay adds the images to a responsive display ad, each in its slot, and who speaks.
func (w creativeWrites) dressDisplay(ctx context.Context, a account, o *normalize.Creative, content fields) error {
	p, err := w.dress(ctx, a, o, content)
	if err != nil {
		return err
	}
	switch {
	case len(p.Logos) > 0:
		return fault(providers.Rejected, "data", "the logos of a responsive display ad are not written here")
	case content[wideSlot] == nil || content[squareSlot] == nil:
		return fault(providers.Rejected, "data", "a responsive display ad needs an image of 1.91:1 and one of 1:1 in data")
	}
	return nil
}

// mostLogos is how many logos an ad of Demand Gen has at most, and logoSide the least side of one.
const mostLogos, logoSide = 5, 128

// dressFeed adds the images and logos to an ad of Demand Gen, and who speaks.
func (w creativeWrites) dressFeed(ctx context.Context, a account, o *normalize.Creative, content fields) error {
	p, err := w.dress(ctx, a, o, content)
	if err != nil {
		return err
	}
	switch {
	case content[wideSlot] == nil && content[squareSlot] == nil:
		return fault(providers.Rejected, "data", "an ad of Demand Gen needs an image of 1.91:1 or of 1:1 in data")
	case len(p.Logos) == 0 || len(p.Logos) > mostLogos:
		return fault(providers.Rejected, "data", "an ad of Demand Gen needs 1 to %d logos in data", mostLogos)
	}
	logos, err := w.logosOf(ctx, a, p.Logos)
	if err != nil {
		return err
	}
	content["logoImages"] = logos
	return nil
}

// dress adds what ads with images have in common. Each image goes where its shape belongs.
func (w creativeWrites) dress(ctx context.Context, a account, o *normalize.Creative, content fields) (parts, error) {
	p, err := partsOf(o)
	if err != nil {
		return p, err
	}
	if err := textWithin("data", p.Business, maxBusiness); err != nil {
		return p, fault(providers.Rejected, "data", "the ad needs a business_name of 1 to %d characters in data", maxBusiness)
	}
	images, err := w.imagesOf(ctx, a, p.Images)
	if err != nil {
		return p, err
	}
	slots := map[string][]assetRef{}
	for _, x := range images {
		slot, err := slotOf(x)
		if err != nil {
			return p, err
		}
		slots[slot] = append(slots[slot], assetRef{resource(a, "assets", x.ID)})
	}
	for slot, list := range slots {
		content[slot] = list
	}
	content["businessName"] = p.Business
	if o.CTA != "" {
		content["callToActionText"] = writeCTA(o.CTA)
	}
	return p, nil
}

// The slots of images.
const (
	wideSlot   = "marketingImages"
	squareSlot = "squareMarketingImages"
)

// slotOf is where an image belongs by its shape.
func slotOf(x normalize.Asset) (string, error) {
	switch width, height := deref(x.Width), deref(x.Height); {
	case square(width, height) && min(width, height) >= squareSide:
		return squareSlot, nil
	case width >= wideWidth && height >= wideHeight && near(width, height):
		return wideSlot, nil
	default:
		return "", fault(providers.Rejected, "data", "the image %s has %d × %d pixels: the ad takes 1.91:1 from %d × %d and 1:1 from %d × %d",
			x.ID, width, height, wideWidth, wideHeight, squareSide, squareSide)
	}
}

// logosOf are the names of logos, which are square.
func (w creativeWrites) logosOf(ctx context.Context, a account, ids []string) ([]assetRef, error) {
	found, err := w.imagesOf(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	var out []assetRef
	for _, x := range found {
		if width, height := deref(x.Width), deref(x.Height); !square(width, height) || min(width, height) < logoSide {
			return nil, fault(providers.Rejected, "data", "the logo %s has %d × %d pixels: it must be square, of %d at least", x.ID, width, height, logoSide)
		}
		out = append(out, assetRef{resource(a, "assets", x.ID)})
	}
	return out, nil
}

// near tells whether the sides of an image are as 1.91 to 1, and square whether they are the same, within a percent each.
func near(width, height int64) bool {
	off := width*100 - height*191
	return max(off, -off)*100 <= height*191
}

func square(width, height int64) bool { return max(width-height, height-width)*100 <= height }

// imageContent is an image ad's: the image, which tells its own size.
func (w creativeWrites) imageContent(ctx context.Context, a account, o *normalize.Creative) (fields, error) {
	p, err := partsOf(o)
	if err != nil {
		return nil, err
	}
	if len(p.Images) != 1 || len(p.Logos) > 0 || p.Business != "" {
		return nil, fault(providers.Rejected, "data", "an image ad needs one image in data, and nothing else")
	}
	if err := textWithin("name", o.Name, maxCampaignName); err != nil {
		return nil, fault(providers.Rejected, "name", "an image ad needs a name")
	}
	images, err := w.imagesOf(ctx, a, p.Images)
	if err != nil {
		return nil, err
	}
	return fields{"imageAsset": assetRef{resource(a, "assets", images[0].ID)}}, nil
}

// imagesOf reads images of the account's library, in order.
func (w creativeWrites) imagesOf(ctx context.Context, a account, ids []string) ([]normalize.Asset, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := w.assetsWhere(ctx, a, providers.ListQuery{}, gaql{where: []string{"asset.id IN " + gaqlIDs(ids), "asset.type = 'IMAGE'"}})
	if err != nil {
		return nil, err
	}
	byID := map[string]normalize.Asset{}
	for _, x := range found {
		byID[x.ID] = x
	}
	out := make([]normalize.Asset, len(ids))
	for i, id := range ids {
		x, ok := byID[id]
		if !ok {
			return nil, fault(providers.Rejected, "data", "account %s has no image %s", a.ID, id)
		}
		out[i] = x
	}
	return out, nil
}
