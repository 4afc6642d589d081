package sim

import (
	"testing"

	"github.com/admux/admux/providers/internal/simkit"
)

func FuzzParseLink(f *testing.F) {
	f.Add("(campaign:urn%3Ali%3AsponsoredCampaign%3A720000001,conversion:urn%3Alla%3AllaPartnerConversion%3A104000001)")
	f.Add("(campaign:x)")
	f.Fuzz(func(t *testing.T, s string) {
		l, flt := parseLink(s)
		if flt != nil && flt.status != 400 {
			t.Fatalf("%q: %v", s, flt)
		}
		if flt == nil && (l.campaign <= 0 || l.conversion <= 0) {
			t.Fatalf("%q: %+v", s, l)
		}
	})
}

func FuzzMediaOfPost(f *testing.F) {
	f.Add(`{"content":{"carousel":{"cards":[{"media":{"id":"urn:li:image:a"}},{"media":{"id":"urn:li:image:b"}}]}}}`)
	f.Add(`{"content":{"media":{"id":"urn:li:video:a"}}}`)
	f.Add(`{"content":{"multiImage":{"images":[1,{"id":2}]},"article":{"thumbnail":3}}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		m, err := decodeForTest(raw)
		if err != nil {
			return
		}
		mediaOf(m)
		if _, typ, flt := postKind(m); flt == nil && typ != "share" && typ != "ugcPost" {
			t.Fatalf("%s: %q", raw, typ)
		}
	})
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-"))
	f.Add([]byte("....ftyp"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		for k := range mediaTypes {
			sniff(k, b)
		}
		sniff(simkit.Format("none"), b)
	})
}
