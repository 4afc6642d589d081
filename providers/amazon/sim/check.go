package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// check collects what is wrong with one item of a write.
type check struct {
	c        *call
	in       obj
	location string
	errs     []any
	campaign *entity
	group    *entity
}

func (c *call) newCheck(in obj, i int) *check {
	return &check{c: c, in: in, location: "$." + c.kind.wrapper + "[" + itoa(int64(i)) + "]"}
}

// add is one error of the union: its one key repeats the type.
func (x *check) add(kind, reason, field string, trigger any, message string, extra ...any) {
	at := x.location
	if field != "" {
		at += "." + field
	}
	cause := obj{"location": at}
	if trigger != nil {
		cause["trigger"] = trigger
	}
	v := obj{"reason": reason, "message": message, "cause": cause}
	for i := 0; i+1 < len(extra); i += 2 {
		v[extra[i].(string)] = extra[i+1]
	}
	x.errs = append(x.errs, obj{"errorType": kind, "errorValue": obj{kind: v}})
}

func (x *check) text(name string) string {
	t, _ := x.in[name].(string)
	return t
}

// create checks a new item.
func (x *check) create() {
	k := x.c.kind
	for _, n := range append(slices.Clone(k.required), parentIDs(k)...) {
		if v, ok := x.in[n]; !ok || v == nil || v == "" {
			x.add("missingValueError", "MISSING_VALUE", n, nil, n+" is required")
		}
	}
	x.parents()
	if len(x.errs) > 0 {
		return
	}
	x.fields(nil)
	x.duplicates()
}

// update finds the entity and checks the change.
func (x *check) update() *entity {
	e := x.existing()
	if e == nil || len(x.errs) > 0 {
		return nil
	}
	x.campaign, x.group = e.campaign, e.group
	x.fields(e)
	if n := x.text("name"); n != "" && n != e.text("name") {
		x.duplicates()
	}
	return e
}

// existing is the entity that an item names, if it may still be changed.
func (x *check) existing() *entity {
	k := x.c.kind
	id, ok := idOf(x.in[k.idField])
	if !ok {
		x.add("missingValueError", "MISSING_VALUE", k.idField, nil, k.idField+" is required")
		return nil
	}
	e := x.c.prof.find(k.name, id)
	switch {
	case e == nil:
		x.add("entityNotFoundError", "ENTITY_NOT_FOUND", k.idField, itoa(id), "Entity not found", "entityId", itoa(id))
		return nil
	case e.state == "ARCHIVED":
		x.add("entityStateError", "ARCHIVED_ENTITY_CANNOT_BE_MODIFIED", k.idField, itoa(id), "An archived entity cannot be modified")
	case e.campaign != nil && e.campaign != e && e.campaign.state == "ARCHIVED", e.group != nil && e.group != e && e.group.state == "ARCHIVED":
		x.add("entityStateError", "PARENT_ARCHIVED_FORBIDS_UPDATES", k.idField, itoa(id), "The parent is archived")
	}
	return e
}

// parents finds what the item goes under.
func (x *check) parents() {
	k, p := x.c.kind, x.c.prof
	find := func(field, kind string) *entity {
		id, ok := idOf(x.in[field])
		if !ok {
			return nil
		}
		e := p.find(kind, id)
		switch {
		case e == nil:
			x.add("parentEntityError", "PARENT_ENTITY_NOT_FOUND", field, itoa(id), "The parent does not exist")
		case e.state == "ARCHIVED":
			x.add("parentEntityError", "PARENT_ENTITY_ARCHIVED", field, itoa(id), "The parent is archived")
		}
		return e
	}
	want := parentIDs(k)
	if k.product == sd && k.level == levelBelow && k.name != "sd.productAd" {
		want = []string{"adGroupId"}
	}
	if slices.Contains(want, "campaignId") {
		x.campaign = find("campaignId", k.product+".campaign")
	}
	if slices.Contains(want, "adGroupId") {
		x.group = find("adGroupId", k.product+".adGroup")
		if x.group == nil {
			return
		}
		if x.campaign == nil {
			x.campaign = x.group.campaign
		}
		if x.campaign != x.group.campaign {
			x.add("parentEntityError", "PARENT_ENTITY_NOT_FOUND", "adGroupId", x.text("adGroupId"), "The ad group is not of that campaign")
		}
	}
}

// forbidden are letters that names may not have: the scripts and signs that the
// limits page leaves out.
func forbidden(r rune) bool {
	switch {
	case strings.ContainsRune("%#!<>\n\t", r), r >= 0x370 && r < 0x530, r >= 0xac00 && r < 0xd7b0, r >= 0x1f000, r >= 0x2600 && r < 0x2800:
		return true
	}
	return false
}

func (x *check) name() {
	n, ok := x.in["name"].(string)
	if !ok {
		return
	}
	most := 255
	if x.c.kind.level == levelCampaign {
		most = 128
		if x.c.prof.kind == "vendor" {
			most = 116
		}
	}
	switch {
	case strings.TrimSpace(n) == "":
		x.add("malformedValueError", "BLANK", "name", n, "The name is blank")
	case strings.TrimSpace(n) != n:
		x.add("malformedValueError", "LEADING_OR_TRAILING_WHITESPACE", "name", n, "The name has leading or trailing whitespace")
	case utf8.RuneCountInString(n) > most:
		x.add("malformedValueError", "TOO_LONG", "name", n, "The name is longer than "+itoa(int64(most)))
	case strings.ContainsFunc(n, forbidden):
		x.add("malformedValueError", "FORBIDDEN_CHARS", "name", n, "The name has characters that are not allowed")
	}
}

// between holds a number to a marketplace's limits; they are texts in the error.
func (x *check) between(field string, v any, lo, hi float64, tooHigh [2]string) {
	n, ok := v.(json.Number)
	f, err := n.Float64()
	text := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	switch {
	case !ok || err != nil:
		x.add("malformedValueError", "PATTERN_NOT_MATCHED", field, v, "Not a number")
	case f < lo:
		x.add("rangeError", "TOO_LOW", field, n.String(), "The value is too low", "lowerLimit", text(lo), "upperLimit", text(hi))
	case hi > 0 && f > hi:
		x.add(tooHigh[0], tooHigh[1], field, n.String(), "The value is too high", "lowerLimit", text(lo), "upperLimit", text(hi))
	}
}

func (x *check) limits() *marketLimits {
	if l := x.c.s.tab.Limits[x.c.prof.country]; l != nil {
		return l
	}
	return &marketLimits{}
}

func (x *check) bid(field string) {
	v, ok := x.in[field]
	if !ok || v == nil {
		return
	}
	set := "SP"
	switch x.c.kind.product {
	case sb:
		set = "SB_CPC_image"
		if x.campaign != nil && x.campaign.text("costType") == "VCPM" {
			set = "SB_VCPM_image_impression_share"
		}
	case sd:
		set = "SD_CPC"
		if x.campaign != nil && x.campaign.text("costType") == "vcpm" {
			set = "SD_VCPM"
		}
	}
	b := x.limits().Bids[set]
	x.between(field, v, b[0], b[1], [2]string{"biddingError", "BID_OUT_OF_MARKET_PLACE_RANGE"})
}

// dates checks start and end; a start that has come cannot be changed.
func (x *check) dates(e *entity) {
	layout := time.DateOnly
	if x.c.kind.product == sd {
		layout = "20060102"
	}
	today := x.c.now.In(x.c.prof.loc).Format(layout)
	have := func(n string) string {
		if v, given := x.in[n]; given {
			t, _ := v.(string)
			return t
		}
		if e != nil {
			return e.text(n)
		}
		return ""
	}
	start, end := have("startDate"), have("endDate")
	for n, v := range map[string]string{"startDate": start, "endDate": end} {
		if _, err := time.Parse(layout, v); v != "" && err != nil {
			x.add("dateError", "INVALID_DATE", n, v, "Not a date")
			return
		}
	}
	_, newStart := x.in["startDate"]
	_, newEnd := x.in["endDate"]
	switch {
	case newStart && e != nil && e.text("startDate") <= today && start != e.text("startDate"):
		x.add("dateError", "UPDATING_READ_ONLY_START_DATE", "startDate", start, "The campaign has started")
	case newStart && start != "" && start < today && (e == nil || start != e.text("startDate")):
		x.add("dateError", "START_DATE_EARLIER_THAN_TODAY", "startDate", start, "The start date is in the past")
	case newEnd && end != "" && end < today:
		x.add("dateError", "END_DATE_EARLIER_THAN_TODAY", "endDate", end, "The end date is in the past")
	case end != "" && start != "" && end < start:
		x.add("dateError", "START_DATE_AFTER_END_DATE", "startDate", start, "The start date is after the end date")
	}
}
