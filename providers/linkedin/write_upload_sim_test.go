package linkedin_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

// What write_asset_test.go and write_conversion_test.go script stands here against the simulator, over HTTP.

func enc(urn string) string { return strings.ReplaceAll(urn, ":", "%3A") }

func hashOf(t *testing.T, content string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(content)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// brought is an asset for the account of euros.
func brought(a normalize.Asset) normalize.Asset { a.OrganizationID = euros; return a }

// aFilm is a video of two parts of LinkedIn's.
func aFilm() normalize.Asset {
	v := brought(theVideo())
	mp4 := append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte{7}, 5<<20)...)
	v.Content = base64.StdEncoding.EncodeToString(mp4)
	return v
}

func TestUploadSim_AnImageAndACreativeOfIt(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	asked := brought(theImage())
	got := made(t, d.Assets, asked)
	up := d.sim.Uploads()
	if len(up) != 1 || up[0].URN != got.ID || up[0].SHA256 != hashOf(t, asked.Content) || up[0].Owner != "urn:li:organization:"+thePage || up[0].Failed {
		t.Fatalf("%+v, and the simulator has %+v", got, up)
	}
	if s := d.stored(t, "images/"+enc(got.ID)); put(s, "status") != "AVAILABLE" || put(s, "mediaLibraryMetadata.associatedAccount") != "urn:li:sponsoredAccount:"+euros || put(s, "mediaLibraryMetadata.assetName") != asked.Name {
		t.Errorf("stored %v", s)
	}
	c := theCreative(groupFor(t, d, normalize.GoalWebsiteTraffic, normalize.ChannelImage).ID, "of an upload")
	c.Data = `{"images":["` + got.ID + `"]}`
	ad := d.storedAd(t, euros, made(t, d.Creatives, c).ID)
	if p := d.stored(t, "posts/"+enc(put(ad, "content.reference"))); put(p, "content.media.id") != got.ID {
		t.Errorf("the post shows %v", p["content"])
	}
	if strings.Contains(put(ad, "servingHoldReasons"), "PROCESSING") {
		t.Errorf("the creative waits for its image: %v", ad)
	}
}

func TestUploadSim_AVideoAndACreativeOfIt(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	asked := aFilm()
	got := made(t, d.Assets, asked)
	up := d.sim.Uploads()
	if len(up) != 1 || up[0].URN != got.ID || up[0].SHA256 != hashOf(t, asked.Content) || up[0].Failed {
		t.Fatalf("%+v, and the simulator has %+v", got, up)
	}
	puts := 0
	for _, c := range d.sim.Calls() {
		if c.Method == http.MethodPut {
			puts++
		}
	}
	if puts != 2 {
		t.Errorf("%d parts were sent, want 2", puts)
	}
	c := theCreative(groupFor(t, d, normalize.GoalWebsiteTraffic, normalize.ChannelVideo).ID, "of a film")
	c.Data = `{"videos":["` + got.ID + `"]}`
	ad := d.storedAd(t, euros, made(t, d.Creatives, c).ID)
	ref := put(ad, "content.reference")
	if p := d.stored(t, "posts/"+enc(ref)); put(p, "content.media.id") != got.ID || !strings.HasPrefix(ref, "urn:li:ugcPost:") {
		t.Errorf("%s shows %v", ref, p["content"])
	}
}

func TestUploadSim_WhatGoesWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sim.Fault
		asset normalize.Asset
		begun bool
	}{
		"no beginning":      {sim.Fault{Path: "/rest/images", Method: http.MethodPost, Status: 400}, theImage(), false},
		"bytes refused":     {sim.Fault{Path: "/dms-uploads/", Status: 400}, theImage(), true},
		"a part is refused": {sim.Fault{Path: "/dms-uploads/", Status: 403, After: 1}, aFilm(), true},
		"no end":            {sim.Fault{Path: "/rest/videos", Query: "finalizeUpload", Status: 400}, aFilm(), true},
	} {
		d := withPen(t, sim.Options{})
		if err := d.sim.Fault(c.fault); err != nil {
			t.Fatal(err)
		}
		_, err := d.Assets.Create(t.Context(), wanted(brought(c.asset)))
		e, ok := errors.AsType[*providers.Error](err)
		up := d.sim.Uploads()
		if !ok || (len(up) == 1) != c.begun {
			t.Fatalf("%s: %v, begun %v", name, err, up)
		}
		if c.begun && !strings.Contains(e.Message, up[0].URN) {
			t.Errorf("%s: what was begun is not named: %v", name, e)
		}
	}
}

func TestUploadSim_AGroupThatSellsHasItsConversionLinked(t *testing.T) {
	t.Parallel()
	const conversion = "104000001"
	d := withPen(t, sim.Options{})
	g := theGroup(parentFor(t, d, normalize.GoalSales).ID, "sales")
	g.Status = normalize.StatusActive
	g.OptimizationGoal = normalize.OptimizationGoalConversions
	g.Promoted = []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}, {ID: conversion, Type: normalize.PromotedTypeCustomConversionID}}
	got := made(t, d.Groups, g)
	s := d.storedGroup(t, euros, got.ID)
	if put(s, "status") != "ACTIVE" || put(s, "objectiveType") != "WEBSITE_CONVERSION" || put(s, "optimizationTargetType") != "MAX_CONVERSION" {
		t.Errorf("stored %v", s)
	}
	links := d.stored(t, "campaignConversions?q=campaigns&campaigns=List("+enc("urn:li:sponsoredCampaign:"+got.ID)+")")
	want := fmt.Sprintf(`[{"campaign":"urn:li:sponsoredCampaign:%s","conversion":"urn:lla:llaPartnerConversion:%s"}]`, got.ID, conversion)
	if put(links, "elements") != want {
		t.Errorf("linked %s, want %s", put(links, "elements"), want)
	}
	// Of a conversion that does not exist, nothing is left.
	g.Name, g.Promoted[1].ID = "sales of nothing", "104999999"
	before := len(all(t, d.Groups, providers.ListQuery{Org: euros}))
	if _, err := d.Groups.Create(t.Context(), wanted(g)); err == nil {
		t.Error("a conversion that does not exist was taken")
	}
	if after := len(all(t, d.Groups, providers.ListQuery{Org: euros})); after != before {
		t.Errorf("%d groups, %d before", after, before)
	}
}
