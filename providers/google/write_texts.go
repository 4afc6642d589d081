package google

import (
	"net/url"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// limits of a responsive ad's texts.
type textLimits struct {
	member                                   string
	leastTitles, mostTitles, leastBodies     int
	mostBodies, titleLen, bodyLen, mostPaths int
}

var (
	searchTexts  = textLimits{"responsiveSearchAd", 3, 15, 2, 4, 30, 90, 15}
	displayTexts = textLimits{"responsiveDisplayAd", 1, 5, 1, 5, 30, 90, 0}
)

// check refuses texts that the ad cannot have.
func (l textLimits) check(titles, bodies []string, path1, path2 string) error {
	for _, list := range []struct {
		field             string
		texts             []string
		least, most, size int
	}{{"texts.titles", titles, l.leastTitles, l.mostTitles, l.titleLen}, {"texts.bodies", bodies, l.leastBodies, l.mostBodies, l.bodyLen}} {
		if n := len(list.texts); n < list.least || n > list.most {
			return fault(providers.Rejected, list.field, "the ad takes %d to %d of %s; it has %d", list.least, list.most, list.field, n)
		}
		for i, s := range list.texts {
			if err := textWithin(list.field, s, list.size); err != nil {
				return err
			}
			if slices.Contains(list.texts[:i], s) {
				return fault(providers.Rejected, list.field, "%q stands there twice", s)
			}
		}
	}
	for field, p := range map[string]string{"path1": path1, "path2": path2} {
		if len([]rune(p)) > l.mostPaths {
			return fault(providers.Rejected, field, "%s has %d characters at most", field, l.mostPaths)
		}
	}
	if path2 != "" && path1 == "" {
		return fault(providers.Rejected, "path1", "path2 needs a path1")
	}
	return nil
}

func checkLink(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fault(providers.Rejected, "link_url", "link_url must be an address that begins with https:// or http://")
	}
	return nil
}

// variants are the texts of a creative: the lists, whose first is the title, and the body.
func variants(o *normalize.Creative) (titles, bodies []string, err error) {
	if o.Texts != nil {
		titles, bodies = o.Texts.Titles, o.Texts.Bodies
	}
	for _, x := range []struct {
		field, scalar string
		list          *[]string
	}{{"title", o.Title, &titles}, {"body", o.Body, &bodies}} {
		switch {
		case x.scalar == "":
		case len(*x.list) == 0:
			*x.list = []string{x.scalar}
		case (*x.list)[0] != x.scalar:
			return nil, nil, fault(providers.Rejected, x.field, "%s is another text than the first of texts", x.field)
		}
	}
	return titles, bodies, nil
}
