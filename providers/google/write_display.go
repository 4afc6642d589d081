package google

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// parts are what data tells of an ad besides its texts.
type parts struct {
	Images   []string `json:"images"` // ids of assets
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
		return p, fault(providers.Rejected, "data", "data must be JSON of images (ids of assets) and business_name: %v", err)
	}
	for _, id := range p.Images {
		if !digits(id) {
			return p, fault(providers.Rejected, "data", "%q is no id of an asset", id)
		}
	}
	return p, nil
}

// maxBusiness is the longest name of a business.
const maxBusiness = 25

// The least sizes of the images of a responsive display ad, and how far the longer side may be from 1.91 times the shorter.
const (
	wideWidth, wideHeight = 600, 314
	squareSide            = 300
)

// dressDisplay adds the images to a responsive display ad, each in its slot, and who speaks.
func (w creativeWrites) dressDisplay(ctx context.Context, a account, o *normalize.Creative, content fields) error {
	p, err := partsOf(o)
	if err != nil {
		return err
	}
	if err := textWithin("data", p.Business, maxBusiness); err != nil {
		return fault(providers.Rejected, "data", "a responsive display ad needs a business_name of 1 to %d characters in data", maxBusiness)
	}
	images, err := w.imagesOf(ctx, a, p.Images)
	if err != nil {
		return err
	}
	var wide, square []assetRef
	for _, x := range images {
		ref := assetRef{resource(a, "assets", x.ID)}
		width, height := deref(x.Width), deref(x.Height)
		switch {
		case width == height && width >= squareSide:
			square = append(square, ref)
		case width >= wideWidth && height >= wideHeight && near(width, height):
			wide = append(wide, ref)
		default:
			return fault(providers.Rejected, "data", "the image %s has %d × %d pixels: a responsive display ad takes 1.91:1 from %d × %d and 1:1 from %d × %d",
				x.ID, width, height, wideWidth, wideHeight, squareSide, squareSide)
		}
	}
	if len(wide) == 0 || len(square) == 0 {
		return fault(providers.Rejected, "data", "a responsive display ad needs an image of 1.91:1 and one of 1:1 in data")
	}
	content["businessName"], content["marketingImages"], content["squareMarketingImages"] = p.Business, wide, square
	if o.CTA != "" {
		content["callToActionText"] = writeCTA(o.CTA)
	}
	return nil
}

// near tells whether an image has the sides 1.91:1, as near as whole pixels and a percent allow.
func near(width, height int64) bool {
	off := width*100 - height*191
	return max(off, -off) <= height*2
}

// imageContent is an image ad's: the image, which tells its own size.
func (w creativeWrites) imageContent(ctx context.Context, a account, o *normalize.Creative) (fields, error) {
	p, err := partsOf(o)
	if err != nil {
		return nil, err
	}
	if len(p.Images) != 1 || p.Business != "" {
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
