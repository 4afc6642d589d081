package sim

import (
	"net/http"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

var mediaTypes = map[simkit.Format]string{simkit.Image: "image", simkit.Video: "video", simkit.Document: "document"}

// mediaPrefix begins the ids of media, which are texts, not numbers.
var mediaPrefix = map[simkit.Format]string{simkit.Image: "C4E00AQ", simkit.Video: "C5F10AQ", simkit.Document: "D4E10AQ"}

// assetURN is an asset's URN.
func assetURN(a *simkit.Asset) string {
	return "urn:li:" + mediaTypes[a.Kind] + ":" + mediaPrefix[a.Kind] + itoa(a.ID)
}

func (s *Sim) images(w http.ResponseWriter, q *request, rest []string) *fault {
	return s.media(w, q, rest, simkit.Image, "partnerApiImagesExternal")
}

func (s *Sim) videos(w http.ResponseWriter, q *request, rest []string) *fault {
	return s.media(w, q, rest, simkit.Video, "partnerApiVideosExternal")
}

func (s *Sim) documents(w http.ResponseWriter, q *request, rest []string) *fault {
	return s.media(w, q, rest, simkit.Document, "partnerApiDocumentsExternal")
}

func (s *Sim) media(w http.ResponseWriter, q *request, rest []string, kind simkit.Format, internal string) *fault {
	find := func(k string) (obj, *fault) {
		if _, ok := urn(k, mediaTypes[kind]); !ok {
			return nil, &fault{status: 400, code: "INVALID_URN_TYPE", message: "Invalid URN type: " + k}
		}
		if o, f := s.broughtAsset(q, k, internal); o != nil || f != nil {
			return o, f
		}
		for _, a := range s.kit.World.List() {
			for _, as := range a.Assets {
				if as.Kind == kind && assetURN(as) == k {
					if s.role(q.token.Member.ID, a.ID) == "" {
						return nil, denied(internal, q.operation(), q.release())
					}
					return s.assetObj(as), nil
				}
			}
		}
		return nil, notFound(k)
	}
	switch {
	case len(rest) == 1 && q.method == "GET":
		return s.oneByKey(w, q, rest[0], find)
	case len(rest) == 0 && q.method == "BATCH_GET":
		return batchGet(w, q, find)
	case len(rest) == 0 && q.finder() == "associatedAccount":
		return s.accountMedia(w, q, kind, internal)
	case len(rest) == 0 && q.method == "ACTION":
		return s.mediaAction(w, q, kind, internal)
	}
	return methodNotAllowed(q)
}

func (s *Sim) mediaAction(w http.ResponseWriter, q *request, kind simkit.Format, internal string) *fault {
	if f := q.params.only("action"); f != nil {
		return f
	}
	switch action, _, f := q.params.text("action"); {
	case f != nil:
		return f
	case action == "initializeUpload":
		return s.initializeUpload(w, q, kind, internal)
	case action == "finalizeUpload" && kind == simkit.Video:
		return s.finalizeUpload(w, q, internal)
	}
	return badRequest("Action is not supported")
}

// broughtAsset is an asset that a client uploaded; nil when it is none.
func (s *Sim) broughtAsset(q *request, urn, internal string) (obj, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[urn]
	switch {
	case u == nil:
		return nil, nil
	case u.member != q.token.Member.ID && (u.account == 0 || s.role(q.token.Member.ID, u.account) == ""):
		return nil, denied(internal, q.operation(), q.release())
	}
	return s.uploadObj(u, true), nil
}

// accountMedia lists by account: a gated finder that most apps do not get.
func (s *Sim) accountMedia(w http.ResponseWriter, q *request, kind simkit.Format, internal string) *fault {
	if !s.opts.AllowAssetListing {
		return denied(internal, q.operation(), q.release())
	}
	if f := q.params.only("q", "associatedAccount", "start", "count"); f != nil {
		return f
	}
	v, ok := q.params.values["associatedAccount"]
	if !ok {
		return paramMissing("associatedAccount")
	}
	a, f := s.accountParam(q, "associatedAccount", v)
	if f != nil {
		return f
	}
	var all []any
	for _, as := range a.Assets {
		if as.Kind == kind {
			all = append(all, s.assetObj(as))
		}
	}
	s.mu.RLock()
	for _, u := range s.uploaded {
		if u.kind == kind && u.account == a.ID {
			all = append(all, s.uploadObj(u, false))
		}
	}
	s.mu.RUnlock()
	return indexed(w, q, orEmpty(all), 100, len(all))
}

// assetObj renders an asset. The signed URL changes with the day: it is no
// identity.
func (s *Sim) assetObj(as *simkit.Asset) obj {
	now := s.kit.Clock.Now()
	url := "https://media.sim.example/dms/" + string(as.Kind) + "/" + itoa(as.ID) + "?e=" + itoa(now.Unix()/86400)
	o := obj{
		"id": assetURN(as), "owner": makeURN("organization", as.Account.PageID), "status": "AVAILABLE",
		"downloadUrl": url, "downloadUrlExpiresAt": ms(now.Truncate(24 * time.Hour).Add(7 * 24 * time.Hour)),
		"mediaLibraryMetadata": obj{"associatedAccount": makeURN("sponsoredAccount", as.Account.ID), "assetName": as.Name, "mediaLibraryStatus": "ACTIVE"},
	}
	if as.ID%13 == 7 {
		o["status"] = "PROCESSING_FAILED"
		delete(o, "downloadUrl")
		delete(o, "downloadUrlExpiresAt")
	}
	if as.Kind == simkit.Video {
		o["duration"] = as.Duration.Milliseconds()
		o["aspectRatioWidth"], o["aspectRatioHeight"] = int64(as.Width), int64(as.Height)
		o["thumbnail"] = "https://media.sim.example/thumb/" + itoa(as.ID)
	}
	return o
}
