package sim

import (
	"maps"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

func (s *Sim) createCreative(c *call, e *entity) (any, *graphError) {
	a := e.account
	if c.params.has("instagram_actor_id") {
		return nil, userError(2238055, "Instagram Actor Is Retired", "Use instagram_user_id.", "instagram_actor_id")
	}
	in, err := s.readInput(c, "AdCreative", a)
	if err != nil {
		return nil, err
	}
	if err := s.checkCreative(a, in.set); err != nil {
		return nil, err
	}
	n := &entity{kind: "AdCreative", account: a}
	return s.create(c, n, input{set: creativeDefaults(in.set)}, &a.creatives)
}

// checkCreative wants exactly one source of content, and its parts in order.
func (s *Sim) checkCreative(a *account, spec obj) *graphError {
	if spec["instagram_actor_id"] != nil {
		return userError(2238055, "Instagram Actor Is Retired", "Use instagram_user_id.", "instagram_actor_id")
	}
	story, hasStory := spec["object_story_spec"].(obj)
	_, feed := spec["asset_feed_spec"].(obj)
	sources := 0
	for _, name := range []string{"object_story_id", "source_instagram_media_id", "source_facebook_post_id"} {
		if spec[name] != nil {
			sources++
		}
	}
	if hasStory || feed { // a feed names its page in a story
		sources++
	}
	if sources != 1 {
		return userError(1487390, "Creative Content Missing", "A creative needs exactly one source of content.", "object_story_spec")
	}
	features, _ := spec["degrees_of_freedom_spec"].(obj)
	list, _ := features["creative_features_spec"].(obj)
	if list["standard_enhancements"] != nil {
		return userError(3858504, "Standard Enhancements Are Retired", "State each feature instead of standard_enhancements.", "degrees_of_freedom_spec")
	}
	if !hasStory {
		return nil
	}
	return s.checkStory(a, story, spec, feed)
}

func (s *Sim) checkStory(a *account, story, spec obj, feed bool) *graphError {
	for k := range story {
		if _, ok := s.tab.fields["AdCreativeObjectStorySpec"][k]; !ok {
			return invalidParam("Param object_story_spec has the unknown key %s", k)
		}
	}
	page, _ := asText(story["page_id"])
	if n := s.node(page); n == nil || n.kind != "Page" || n.account != a {
		return userError(1885029, "Page Mismatch", "The page cannot be used by this account.", "object_story_spec")
	}
	parts := 0
	for _, name := range []string{"link_data", "video_data", "photo_data", "text_data", "template_data"} {
		if story[name] != nil {
			parts++
		}
	}
	if parts > 1 || parts == 0 && !feed {
		return userError(1487390, "Creative Content Missing", "object_story_spec needs exactly one of link_data, video_data, photo_data, template_data.", "object_story_spec")
	}
	if v, ok := story["video_data"].(obj); ok {
		return s.checkVideoData(a, v)
	}
	if l, ok := story["link_data"].(obj); ok {
		return s.checkLinkData(a, l)
	}
	if story["template_data"] != nil && spec["product_set_id"] == nil {
		return userError(1487390, "Product Set Missing", "template_data needs product_set_id.", "product_set_id")
	}
	return nil
}

func (s *Sim) imageKnown(a *account, hash any) *graphError {
	h, _ := asText(hash)
	for _, im := range s.snapshot(&a.images) {
		if im.str("hash") == h && im.status() != "DELETED" {
			return nil
		}
	}
	return userError(2446386, "Image Not Found", "The image you selected is not available.", "image_hash")
}

func (s *Sim) checkVideoData(a *account, v obj) *graphError {
	id, _ := asText(v["video_id"])
	if n := s.node(id); n == nil || n.kind != "AdVideo" || n.account != a {
		return userError(1487390, "Video Not Found", "The video is not available.", "video_id")
	}
	if v["image_hash"] == nil && v["image_url"] == nil {
		return userError(1443226, "Thumbnail Missing", "Please specify one of image_hash or image_url in the video_data field of object_story_spec.", "video_data")
	}
	if v["image_hash"] != nil {
		return s.imageKnown(a, v["image_hash"])
	}
	return nil
}

func (s *Sim) checkLinkData(a *account, l obj) *graphError {
	link, _ := l["link"].(string)
	if !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") {
		return userError(2446383, "Link Missing", "The objective needs a website URL.", "link")
	}
	cards, many := l["child_attachments"].([]any)
	if many && (len(cards) < 2 || len(cards) > 10) {
		return userError(1487390, "Carousel Size", "A carousel has 2 to 10 cards.", "child_attachments")
	}
	for _, x := range cards {
		card, _ := x.(obj)
		if card["image_hash"] != nil {
			if err := s.imageKnown(a, card["image_hash"]); err != nil {
				return err
			}
		}
	}
	if cta, ok := l["call_to_action"].(obj); ok {
		if t, _ := cta["type"].(string); !s.tab.member("AdCreative.call_to_action_type", t) {
			return invalidParam("Param call_to_action[type] is not a call to action")
		}
	}
	if l["image_hash"] != nil {
		return s.imageKnown(a, l["image_hash"])
	}
	return nil
}

// creativeDefaults are the flat fields that Meta fills from the story.
func creativeDefaults(spec obj) obj {
	out := maps.Clone(spec)
	setDefault(out, "object_type", "SHARE")
	story, _ := spec["object_story_spec"].(obj)
	if l, ok := story["link_data"].(obj); ok {
		copyIf(out, "title", l["name"])
		copyIf(out, "body", l["message"])
		copyIf(out, "link_url", l["link"])
		copyIf(out, "image_hash", l["image_hash"])
		if cta, ok := l["call_to_action"].(obj); ok {
			copyIf(out, "call_to_action_type", cta["type"])
		}
	}
	if v, ok := story["video_data"].(obj); ok {
		out["object_type"] = "VIDEO"
		copyIf(out, "title", v["title"])
		copyIf(out, "body", v["message"])
		copyIf(out, "video_id", v["video_id"])
	}
	if story["page_id"] != nil {
		page, _ := asText(story["page_id"])
		setDefault(out, "effective_object_story_id", page+"_"+itoa(122199000000000000+int64(simkit.HashString(string(encode(spec)))%1_000_000_000)))
		setDefault(out, "actor_id", page)
	} else if spec["object_story_id"] != nil {
		setDefault(out, "effective_object_story_id", spec["object_story_id"])
	}
	return out
}

func copyIf(out obj, name string, v any) {
	if v != nil {
		setDefault(out, name, v)
	}
}

// updateCreative changes a name; content is for ever.
func (s *Sim) updateCreative(c *call, e *entity) (any, *graphError) {
	in, err := s.readInput(c, "AdCreative", e.account)
	if err != nil {
		return nil, err
	}
	if !onlyOf(in.set, "name", "status", "adlabels", "account_id") {
		return nil, &graphError{Code: 100, Subcode: 1815573, Message: "(#100) The parameter is not supported"}
	}
	delete(in.set, "account_id")
	return s.change(c, e, in.set)
}

// createAudience makes a custom audience.
func (s *Sim) createAudience(c *call, e *entity) (any, *graphError) {
	in, err := s.readInput(c, "CustomAudience", e.account)
	if err != nil {
		return nil, err
	}
	if err := required(in, "name", "subtype"); err != nil {
		return nil, err
	}
	in.set["time_created"], in.set["time_updated"] = c.now.Unix(), c.now.Unix()
	in.set["delivery_status"] = obj{"code": 300, "description": "Audience too small."}
	return s.create(c, &entity{kind: "CustomAudience", account: e.account}, in, &e.account.audiences)
}
