package ads

import (
	"context"
	"encoding/base64"
	"maps"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// fetched puts the file at an upload's address into its place, for platforms that fetch nothing themselves: none fetches
// images. An address that the platform itself goes to is passed on.
func (w writing[T]) fetched(ctx context.Context, body object) (object, error) {
	address, ok := body["url"].(string)
	if w.kind.object != providers.ObjectAsset || !ok || address == "" || body["content"] != nil || w.cfg.Fetch == nil {
		return body, nil
	}
	if _, takes := w.col.Writable("content"); !takes {
		return body, nil
	}
	if _, itself := w.col.Writable("url"); itself && body["type"] != string(normalize.AssetTypeImage) {
		return body, nil
	}
	file, err := w.cfg.Fetch(ctx, address)
	if err != nil {
		return nil, problem.Rejected("url", err.Error())
	}
	body = maps.Clone(body)
	delete(body, "url")
	body["content"] = base64.StdEncoding.EncodeToString(file)
	return body, nil
}
