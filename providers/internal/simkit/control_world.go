package simkit

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// ledger answers one fact per ad and day, sorted by day, campaign, group, ad.
func (k *Kit) ledger(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id, err := strconv.ParseInt(q.Get("org"), 10, 64)
	a := k.World.Account(id)
	if err != nil || a == nil {
		refuse(w, fmt.Errorf("simkit: no account %q", q.Get("org")))
		return
	}
	from, err := ParseDay(q.Get("from"))
	to, err2 := ParseDay(q.Get("to"))
	if err != nil || err2 != nil {
		refuse(w, fmt.Errorf("simkit: from and to are days, YYYY-MM-DD, to exclusive"))
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	now := k.Clock.Now()
	var line []byte
	for d := from; d < to; d++ {
		for ad := range a.AllAds {
			f := k.World.Day(ad, d, now)
			if f.IsZero() {
				continue
			}
			line = appendLedgerLine(line[:0], k.ledgerIDs(ad), ad.AccountOf(), d, &f)
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	}
}

// LedgerIDs are an ad's ids as text.
type LedgerIDs struct{ Campaign, Group, Ad string }

func (k *Kit) ledgerIDs(ad *Ad) LedgerIDs {
	if k.LedgerIDs != nil {
		return k.LedgerIDs(ad)
	}
	id := func(n int64) string { return strconv.FormatInt(n, 10) }
	return LedgerIDs{id(ad.Group.Campaign.ID), id(ad.Group.ID), id(ad.ID)}
}

// load takes a Load and answers a Loaded.
func (k *Kit) load(w http.ResponseWriter, r *http.Request) {
	var in Load
	err := decode(r, &in)
	if err == nil && k.OnLoad == nil {
		err = errors.New("simkit: this simulator loads nothing")
	}
	if err == nil && k.CheckLoad != nil {
		err = k.CheckLoad(&in)
	}
	var a *Account
	if err == nil {
		a, err = k.World.Load(in, k.Clock.Now())
	}
	if err == nil {
		err = k.OnLoad(a, &in)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	reply(w, k.loaded(a))
}

func (k *Kit) loaded(a *Account) Loaded {
	out := Loaded{Org: strconv.FormatInt(a.ID, 10), Campaigns: []LoadedCampaign{}}
	for _, c := range a.Campaigns {
		lc := LoadedCampaign{ID: k.loadedID(c, nil), Groups: []LoadedGroup{}}
		for _, g := range c.Groups {
			lg := LoadedGroup{ID: k.loadedID(c, g), Ads: []LoadedAd{}}
			for _, ad := range g.Ads {
				lg.Ads = append(lg.Ads, LoadedAd{k.ledgerIDs(ad).Ad})
			}
			lc.Groups = append(lc.Groups, lg)
		}
		out.Campaigns = append(out.Campaigns, lc)
	}
	return out
}

func (k *Kit) loadedID(c *Campaign, g *Group) string {
	switch {
	case k.LoadedIDs != nil:
		return k.LoadedIDs(c, g)
	case g != nil:
		return strconv.FormatInt(g.ID, 10)
	}
	return strconv.FormatInt(c.ID, 10)
}

func appendLedgerLine(b []byte, ids LedgerIDs, a *Account, d Day, f *Fact) []byte {
	text := func(name, v string) {
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, `":"`...)
		b = append(b, v...)
		b = append(b, `",`...)
	}
	number := func(name string, v int64) {
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, `":`...)
		b = strconv.AppendInt(b, v, 10)
		b = append(b, ',')
	}
	b = append(b, '{')
	text("org", strconv.FormatInt(a.ID, 10))
	text("campaign", ids.Campaign)
	text("group", ids.Group)
	text("ad", ids.Ad)
	text("date", d.String())
	text("currency", a.Currency)
	number("impressions", f[Impressions])
	number("clicks", f[Clicks])
	text("cost", FormatMicros(f[Cost]))
	b = append(b, `"conversions":`...)
	b = AppendMicros(b, f.Conversions())
	b = append(b, ',')
	text("conversion_value", FormatMicros(f[ConversionValue]))
	b[len(b)-1] = '}'
	return append(b, '\n')
}
