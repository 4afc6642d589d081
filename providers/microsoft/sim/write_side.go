package sim

import (
	"encoding/base64"
	"net/url"
	"strconv"
)

func (s *Sim) criterionWriters(h map[string]handler) {
	for _, k := range []struct {
		kind, parent, prop  string
		parentCode, missing int
		batch               int
	}{{"CampaignCriterion", "Campaign", "CampaignId", 1100, 4507, 100}, {"AdGroupCriterion", "AdGroup", "AdGroupId", 1201, 4101, 1000}} {
		h["Add"+k.kind+"s"] = func(c *call) (answer, *fault) {
			return s.writeCriterions(c, k.kind, k.parent, k.prop, k.batch, s.addCriterion)
		}
		h["Update"+k.kind+"s"] = func(c *call) (answer, *fault) {
			return s.writeCriterions(c, k.kind, k.parent, k.prop, k.batch, s.updateCriterion)
		}
		rules := kindRules{kind: k.kind, ids: k.kind + "Ids", parent: k.prop, parentKind: k.parent, parentCode: k.parentCode,
			batch: k.batch, missing: k.missing}
		h["Delete"+k.kind+"s"] = func(c *call) (answer, *fault) {
			if c.in["CriterionType"] == nil {
				return nil, refuse(4503, "CriterionType is required")
			}
			return s.deleter(rules)(c)
		}
	}
}

// targets are the criterions that are written under one common type.
var targets = map[string]bool{"LocationCriterion": true, "LocationIntentCriterion": true, "RadiusCriterion": true, "AgeCriterion": true,
	"GenderCriterion": true, "DeviceCriterion": true, "DayTimeCriterion": true, "ProfileCriterion": true, "PlacementCriterion": true, "TopicCriterion": true}

type criterionWrite func(c *call, kind string, parent *entity, in obj) (string, *itemError)

// writeCriterions adds or updates: errors come nested, one head per item.
func (s *Sim) writeCriterions(c *call, kind, parent, prop string, batch int, write criterionWrite) (answer, *fault) {
	list, _ := c.in[kind+"s"].([]any)
	switch {
	case len(list) == 0:
		return nil, refuse(4501, "")
	case len(list) > batch:
		return nil, refuse(4502, "")
	}
	kinds := flagSet(c.in["CriterionType"])
	if len(kinds) != 1 {
		return nil, refuse(4503, "CriterionType")
	}
	ids, errs := []any{}, []any{}
	for i, x := range list {
		in, _ := x.(obj)
		cr, _ := in["Criterion"].(obj)
		of, _ := cr["Type"].(string)
		parentID, _ := in[prop].(string)
		p := s.live(c.acc, parent, parentID)
		var id string
		var e *itemError
		switch {
		case p == nil:
			e = bad(map[string]int{"Campaign": 1100, "AdGroup": 1201}[parent], prop)
		case targets[of] != kinds["Targets"] || of == "AudienceCriterion" && !kinds["Audience"]:
			e = bad(4503, "CriterionType")
		default:
			id, e = write(c, kind, p, in)
		}
		if e != nil {
			ids, errs = append(ids, nil), append(errs, s.nested(e, i))
			continue
		}
		ids = append(ids, id)
	}
	errors := part{"NestedPartialErrors", "array<object<BatchErrorCollection>>", errs}
	if c.op.name[:3] == "Add" {
		return answer{{kind + "Ids", "array<long>", ids}, errors}, nil
	}
	return answer{errors}, nil
}

func (s *Sim) addCriterion(c *call, kind string, p *entity, in obj) (string, *itemError) {
	if in["Id"] != nil {
		return "", bad(4505, "Id")
	}
	next := clone(in).(obj)
	cr := next["Criterion"].(obj)
	if e := s.checkCriterion(c, cr, next); e != nil {
		return "", e
	}
	for _, old := range living(p.children[kind]) {
		if sameCriterion(old.get()["Criterion"].(obj), cr) {
			return "", bad(4521, "Criterion")
		}
	}
	if len(p.children[kind]) == 0 && targets[cr["Type"].(string)] && cr["Type"] != "LocationIntentCriterion" {
		s.storeCriterion(c, kind, p, obj{"Type": "Biddable" + kind, "CampaignId": p.id, "AdGroupId": p.id,
			"Criterion":    obj{"Type": "LocationIntentCriterion", "IntentOption": "PeopleInOrSearchingForOrViewingPages"},
			"CriterionBid": obj{"Type": "BidMultiplier", "Multiplier": micros(0)}})
	}
	return s.storeCriterion(c, kind, p, next), nil
}

func (s *Sim) storeCriterion(c *call, kind string, p *entity, fields obj) string {
	id := s.newID("Criterion")
	fields["Id"], fields["Status"], fields["ForwardCompatibilityMap"] = id, "Active", []any{}
	s.attach(&entity{kind: kind, id: id, acc: c.acc, parent: p, fields: fields, modified: c.now})
	return id
}

// sameCriterion compares what makes a criterion one.
func sameCriterion(a, b obj) bool {
	if a["Type"] != b["Type"] {
		return false
	}
	for _, k := range []string{"LocationId", "AgeRange", "GenderType", "DeviceName", "IntentOption", "AudienceId", "ProfileId", "Day", "FromHour",
		"FromMinute", "ToHour", "ToMinute", "LatitudeDegrees", "LongitudeDegrees", "Radius", "PlacementId", "TopicId"} {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

func (s *Sim) checkCriterion(c *call, cr, in obj) *itemError {
	switch cr["Type"] {
	case "LocationCriterion":
		if id, _ := cr["LocationId"].(string); id == "" || id == "0" {
			return bad(1464, "Criterion.LocationId")
		}
	case "RadiusCriterion":
		text, _ := cr["Radius"].(string)
		n, _ := strconv.Atoi(text)
		if n < 1 || n > map[bool]int{true: 500, false: 800}[cr["RadiusUnit"] == "Miles"] {
			return bad(201, "Criterion.Radius")
		}
	case "DayTimeCriterion":
		from, _ := cr["FromHour"].(int64)
		to, _ := cr["ToHour"].(int64)
		if from < 0 || from > 23 || to < 1 || to > 24 || to < from || to == 24 && cr["ToMinute"] != "Zero" {
			return bad(201, "Criterion.ToHour")
		}
	case "LocationIntentCriterion":
		if cr["IntentOption"] == "PeopleSearchingForOrViewingPages" {
			return bad(201, "Criterion.IntentOption")
		}
	case "AudienceCriterion":
		id, _ := cr["AudienceId"].(string)
		if s.live(c.acc, "Audience", id) == nil {
			return bad(4835, "Criterion.AudienceId")
		}
	}
	bid, _ := in["CriterionBid"].(obj)
	if v, ok := float(bid["Multiplier"]); ok && (v < -90 && (v != -100 || cr["Type"] != "DeviceCriterion") || v > 900) {
		return bad(201, "CriterionBid.Multiplier")
	}
	return nil
}

// updateCriterion changes the bid only: what a criterion says is for good.
func (s *Sim) updateCriterion(c *call, kind string, p *entity, in obj) (string, *itemError) {
	id, _ := in["Id"].(string)
	e := s.live(c.acc, kind, id)
	if e == nil || e.parent != p {
		return "", bad(4526, "Id")
	}
	cr, _ := in["Criterion"].(obj)
	if !sameCriterion(e.get()["Criterion"].(obj), cr) {
		return "", bad(4142, "Criterion")
	}
	if f := s.checkCriterion(c, cr, in); f != nil {
		return "", f
	}
	next := clone(e.get()).(obj)
	if in["CriterionBid"] != nil {
		next["CriterionBid"] = clone(in["CriterionBid"])
	}
	e.fields, e.modified = next, c.now
	return id, nil
}

// maxImage is the documented length of an image's base64 text.
const maxImage = 102_400

// addMedia takes all images or none.
func (s *Sim) addMedia(c *call) (answer, *fault) {
	list, _ := c.in["Media"].([]any)
	switch {
	case len(list) == 0:
		return nil, refuse(4011, "")
	case len(list) > 10:
		return nil, refuse(4012, "")
	}
	for _, x := range list {
		o, _ := x.(obj)
		data, _ := o["Data"].(string)
		raw, err := base64.StdEncoding.DecodeString(data)
		switch {
		case o["MediaType"] == nil:
			return nil, refuse(4007, "")
		case data == "":
			return nil, refuse(4014, "")
		case err != nil:
			return nil, refuse(4018, "")
		case len(data) > maxImage:
			return nil, refuse(4004, "")
		case len(raw) < 8:
			return nil, refuse(4001, "")
		}
	}
	ids := []any{}
	for _, x := range list {
		o := x.(obj)
		id := s.newID("Media")
		s.add(c.acc, "Media", id, obj{"Id": id, "MediaType": o["MediaType"], "Type": "Image", "Text": o["Text"], "Representations": []any{obj{
			"Type": "ImageMediaRepresentation", "Name": "Full", "Url": "https://th.bing.example/th?id=" + id, "Width": int64(1200), "Height": int64(628)}}})
		ids = append(ids, id)
	}
	return answer{{"MediaIds", "array<long>", ids}}, nil
}

// deleteMedia answers with a list as long as the ids, holes where all went well.
func (s *Sim) deleteMedia(c *call) (answer, *fault) {
	ids, f := idList(c, "MediaIds", 100)
	if f != nil {
		return nil, f
	}
	errs, any1 := []any{}, false
	for i, x := range ids {
		id, _ := x.(string)
		e := s.live(c.acc, "Media", id)
		switch {
		case e == nil:
			errs, any1 = append(errs, s.batchError(bad(4023, ""), i)), true
		case s.imageUsed(c.acc, id):
			errs, any1 = append(errs, s.batchError(bad(4024, ""), i)), true
		default:
			s.remove(e, c.now)
			errs = append(errs, nil)
		}
	}
	if !any1 {
		errs = []any{}
	}
	return answer{{"PartialErrors", errorsKind, errs}}, nil
}

func (s *Sim) imageUsed(a *account, id string) bool {
	for _, camp := range living(a.kids["Campaign"]) {
		holders := living(camp.children["AssetGroup"])
		for _, g := range living(camp.children["AdGroup"]) {
			holders = append(holders, living(g.children["Ad"])...)
		}
		for _, h := range holders {
			images, _ := h.get()["Images"].([]any)
			for _, x := range images {
				if asset, _ := x.(obj)["Asset"].(obj); asset["Id"] == id {
					return true
				}
			}
		}
	}
	return false
}

// addVideos pulls films from addresses; they are drafts for a while.
func (s *Sim) addVideos(c *call) (answer, *fault) {
	list, _ := c.in["Videos"].([]any)
	if len(list) == 0 || len(list) > 100 {
		return nil, refuse(203, "Videos")
	}
	ids, errs := []any{}, []any{}
	for i, x := range list {
		o, _ := x.(obj)
		source, _ := o["SourceUrl"].(string)
		u, err := url.Parse(source)
		if err != nil || u.Host == "" || o["Id"] != nil {
			ids, errs = append(ids, nil), append(errs, s.batchError(bad(201, "SourceUrl"), i))
			continue
		}
		id := s.newID("Video")
		at := c.now.UTC().Format(wireTime)
		e := s.add(c.acc, "Video", id, obj{"Id": id, "Description": o["Description"], "SourceUrl": source, "Status": "Draft", "AspectRatio": "16:9",
			"DurationInMilliseconds": int64(15000), "CreatedDateTimeInUTC": at, "ModifiedDateTimeInUTC": at,
			"ThumbnailUrl": "https://video.example/t/" + id + ".jpg", "Url": "https://video.example/" + id})
		e.review = c.now.Add(s.opts.ReviewAfter)
		ids = append(ids, id)
	}
	return answer{{"VideoIds", "array<long>", ids}, {"PartialErrors", errorsKind, errs}}, nil
}
