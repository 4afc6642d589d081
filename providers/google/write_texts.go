package google

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// bounds of a list of texts.
type bounds struct{ least, most, size int }

// textLimits are those of a kind of ad.
type textLimits struct {
	member                string // that holds the texts
	titles, bodies, longs bounds
	path                  int  // how long a path may be; 0: it has none
	cta                   bool // it has a call to action
}

var (
	searchTexts  = textLimits{member: "responsiveSearchAd", titles: bounds{3, 15, 30}, bodies: bounds{2, 4, 90}, path: 15}
	displayTexts = textLimits{member: "responsiveDisplayAd", titles: bounds{1, 5, 30}, bodies: bounds{1, 5, 90}, longs: bounds{1, 1, 90}, cta: true}
	feedTexts    = textLimits{member: "demandGenMultiAssetAd", titles: bounds{1, 5, 30}, bodies: bounds{1, 5, 90}, cta: true}
	imageTexts   = textLimits{member: "imageAd"} // it has none
)

// check refuses texts that the ad cannot have.
func (l *textLimits) check(t copyTexts, o *normalize.Creative) error {
	for _, list := range []struct {
		field string
		texts []string
		bounds
	}{{"texts.titles", t.titles, l.titles}, {"texts.long_headlines", t.longs, l.longs}, {"texts.bodies", t.bodies, l.bodies}} {
		if n := len(list.texts); n < list.least || n > list.most {
			return fault(providers.Rejected, list.field, "the ad takes %d to %d of %s; it has %d", list.least, list.most, list.field, n)
		}
		for i, s := range list.texts {
			if err := textWithin(list.field, s, list.size); err != nil {
				return err
			}
			if n := displayed(s); n > list.size {
				return fault(providers.Rejected, list.field, "%q is %d wide, where characters of Chinese, Japanese and Korean count twice: %d at most", s, n, list.size)
			}
			if slices.Contains(list.texts[:i], s) {
				return fault(providers.Rejected, list.field, "%q stands there twice", s)
			}
		}
	}
	switch {
	case len([]rune(o.Path1)) > l.path:
		return fault(providers.Rejected, "path1", "path1 has %d characters at most", l.path)
	case len([]rune(o.Path2)) > l.path:
		return fault(providers.Rejected, "path2", "path2 has %d characters at most", l.path)
	case o.Path2 != "" && o.Path1 == "":
		return fault(providers.Rejected, "path1", "path2 needs a path1")
	case o.CTA != "" && !l.cta:
		return fault(providers.Rejected, "cta", "the ad has no call to action")
	}
	return nil
}

// displayed is how wide a text is: Google counts wide characters twice.
func displayed(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

func checkLink(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fault(providers.Rejected, "link_url", "link_url must be an address that begins with https:// or http://")
	}
	return nil
}

// writeCTA is a call to action as Google has it: a text, of a word that every platform has or the caller's own.
func writeCTA(word string) string {
	for text, shared := range sharedCTAs {
		if shared == word {
			return strings.ToUpper(text[:1]) + text[1:]
		}
	}
	return word
}

// copyTexts are the texts of a creative.
type copyTexts struct{ titles, longs, bodies []string }

func (t copyTexts) equal(u copyTexts) bool {
	return slices.Equal(t.titles, u.titles) && slices.Equal(t.longs, u.longs) && slices.Equal(t.bodies, u.bodies)
}

// variants are the texts of a creative: the lists, whose first is the title, and the body.
func variants(o *normalize.Creative) (copyTexts, error) {
	var t copyTexts
	if x := o.Texts; x != nil {
		t = copyTexts{x.Titles, x.LongHeadlines, x.Bodies}
		if len(x.Descriptions) > 0 {
			return t, fault(providers.Rejected, "texts.descriptions", "Google's descriptions are texts.bodies")
		}
	}
	for _, x := range []struct {
		field, scalar string
		list          *[]string
	}{{"title", o.Title, &t.titles}, {"body", o.Body, &t.bodies}} {
		switch {
		case x.scalar == "":
		case len(*x.list) == 0:
			*x.list = []string{x.scalar}
		case (*x.list)[0] != x.scalar:
			return t, fault(providers.Rejected, x.field, "%s is another text than the first of texts", x.field)
		}
	}
	return t, nil
}
