package simkit

import (
	"fmt"
	"time"
)

type counts struct{ accounts, campaigns, groups, ads, history int }

func (s Size) counts() counts {
	switch s {
	case Medium:
		return counts{8, 12, 4, 6, 730}
	case Large:
		return counts{10, 20, 10, 10, 1095}
	default:
		return counts{7, 6, 3, 4, 400}
	}
}

// Id ranges per kind. The second account's entities lie past 2^53, where a
// float64 cannot tell neighbours apart.
const (
	accountBase  = 503_000_001
	pageBase     = 5_001
	campaignBase = 610_000_001
	groupBase    = 720_000_001
	adBase       = 830_000_001
	postBase     = 7_000_000_000_000_000_001
	assetBase    = 40_000_001
	past53       = 9_007_199_254_740_993
)

type generator struct {
	*World
	nCampaign, nGroup, nAd, nAsset int
}

// NewWorld makes the world. It costs time and memory by its entities, never by
// its days.
func NewWorld(o Options) *World {
	c := o.Size.counts()
	fill := func(p *int, v int) {
		if *p <= 0 {
			*p = v
		}
	}
	fill(&o.Accounts, c.accounts)
	fill(&o.Campaigns, c.campaigns)
	fill(&o.Groups, c.groups)
	fill(&o.Ads, c.ads)
	fill(&o.HistoryDays, c.history)
	if o.Epoch.IsZero() {
		o.Epoch = time.Now()
	}
	g := &generator{World: &World{
		opts: o, epoch: DayOf(o.Epoch.UTC()),
		accounts: map[int64]*Account{}, campaigns: map[int64]*Campaign{},
		groups: map[int64]*Group{}, ads: map[int64]*Ad{},
	}}
	if len(o.Roster) == 0 {
		g.opts.Roster = roster
	}
	for i := range o.Accounts {
		g.account(i)
	}
	g.ids = [numKinds]int64{campaignKind: int64(g.nCampaign), groupKind: int64(g.nGroup), adKind: int64(g.nAd), assetKind: int64(g.nAsset)}
	return g.World
}

// roster holds what the first accounts are, so that every world has the hard
// currencies and zones: no minor unit, daylight saving on both sides of the
// Atlantic, half an hour off, and plain UTC.
var roster = []AccountSpec{
	{Name: "Acme DACH 🚀", Currency: "EUR", Zone: "Europe/Berlin"},
	{Name: "Acme US, Inc. \"Main\"", Currency: "USD", Zone: "America/New_York", Past53: true},
	{Name: "アクメ株式会社", Currency: "JPY", Zone: "Asia/Tokyo"},
	{Name: "Acme Magyarország", Currency: "HUF", Zone: "Europe/Budapest"},
	{Name: "Acme India / closed", Currency: "USD", Zone: "Asia/Kolkata", Status: Canceled},
	{Name: "Nothing ran here", Currency: "EUR", Zone: "UTC", Empty: true},
	{Name: "Somebody else's", Currency: "USD", Zone: "America/Los_Angeles"},
}

func (g *generator) account(i int) {
	r := g.opts.Roster[i%len(g.opts.Roster)]
	zone := r.Zone
	if g.opts.Zone != "" {
		zone = g.opts.Zone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		zone, loc = "UTC", time.UTC
	}
	a := &Account{
		ID: g.base(accountKind) + int64(i), PageID: g.base(pageKind) + int64(i), Index: i,
		Name: r.Name, PageName: "Acme Page " + fmt.Sprint(i+1),
		Currency: r.Currency, Zone: zone, Loc: loc, Status: Active,
		Created:  g.at(-g.opts.HistoryDays-30, i),
		Modified: g.at(-3, i),
		minor:    minorUnit(r.Currency), convQuantum: Micro / 100,
	}
	if i >= len(g.opts.Roster) {
		a.Name = fmt.Sprintf("%s %d", r.Name, i+1)
	}
	if g.opts.WholeConversions {
		a.convQuantum = Micro
	}
	if r.Status != "" && i < len(g.opts.Roster) && !g.opts.Dense {
		a.Status = r.Status
	}
	g.Accounts = append(g.Accounts, a)
	g.accounts[a.ID] = a
	g.assets(a)
	if r.Empty && i < len(g.opts.Roster) && !g.opts.Dense {
		return
	}
	for k := range g.opts.Campaigns {
		g.campaign(a, k)
	}
}

// at is a moment d days from the epoch, at an hour of its own.
func (g *generator) at(d, salt int) time.Time {
	h := Hash(g.opts.Seed, 77, uint64(int64(d)), uint64(salt))
	return (g.epoch + Day(d)).Start(time.UTC).Add(time.Duration(h%80_000_000) * time.Millisecond)
}

func (g *generator) id(a *Account, k kind, n int) int64 {
	if a.Index < len(g.opts.Roster) && g.opts.Roster[a.Index].Past53 && !g.opts.Dense {
		return past53 + g.base(k) + int64(n)
	}
	return g.base(k) + int64(n)
}

func (g *generator) assets(a *Account) {
	kinds := [...]Format{Image, Image, Video, Document, Image, Video}
	n := max(6, min(60, g.opts.Ads*g.opts.Groups))
	for k := range n {
		kind := kinds[k%len(kinds)]
		as := &Asset{
			ID: g.base(assetKind) + int64(g.nAsset), Account: a, Kind: kind,
			Name: fmt.Sprintf("%s %d, final (2)", kind, k+1), Width: 1200, Height: 627,
			Created: g.at(-g.opts.HistoryDays-10, k),
		}
		if kind == Video {
			as.Width, as.Height, as.Duration = 1920, 1080, time.Duration(15+k%60)*time.Second
		}
		g.nAsset++
		a.Assets = append(a.Assets, as)
	}
}

var campaignCycle = [...]Status{
	Active, Active, Paused, Archived, Draft, Active,
	Canceled, Removed, PendingDeletion, Active, Active, Paused,
}

func (g *generator) campaign(a *Account, k int) {
	n := g.nCampaign
	g.nCampaign++
	h := Hash(g.opts.Seed, 1, uint64(n))
	c := &Campaign{
		ID: g.id(a, campaignKind, n), Account: a, Status: Active, Default: k == 0,
		Name:    name(campaignNames, n),
		Created: g.at(-g.opts.HistoryDays-20, n),
	}
	if k > 0 {
		c.Status = campaignCycle[(k+4*a.Index)%len(campaignCycle)]
		if h%3 == 0 {
			c.TotalBudget = between(h>>8, 500, 90_000) * Micro
		}
		if h%4 == 1 {
			c.Objective = objectives[(n/2)%len(objectives)]
		}
	}
	if g.opts.Dense {
		c.Status, c.TotalBudget, c.Objective = Active, 0, ""
	}
	if a.Status == Canceled {
		c.Status = Canceled
	}
	if g.opts.OnCampaign != nil {
		g.opts.OnCampaign(c, n)
	}
	c.window, c.Start, c.End, c.Modified = g.span(c.Status, h, window{g.epoch - Day(g.opts.HistoryDays), endless})
	if c.TotalBudget > 0 && c.End.IsZero() {
		c.End = g.at(60+int(h%200), n)
		c.window.to = min(c.window.to, DayOf(c.End))
	}
	a.Campaigns = append(a.Campaigns, c)
	g.campaigns[c.ID] = c
	for i := range g.opts.Groups {
		g.group(c, i)
	}
}

// span draws when something of a status started, stopped and last changed.
func (g *generator) span(s Status, h uint64, parent window) (window, time.Time, time.Time, time.Time) {
	from := parent.from
	if !g.opts.Dense {
		from += Day(h % uint64(g.opts.HistoryDays/3+1))
	}
	start := from.Start(time.UTC)
	if s == Draft {
		return window{}, g.at(20, int(h%97)), time.Time{}, g.at(-2, int(h%97))
	}
	if s == Active {
		return window{from, parent.to}, start, time.Time{}, g.at(-1-int(h%90), int(h%97))
	}
	stop := g.epoch - Day(5+(h>>16)%uint64(max(g.opts.HistoryDays/3, 1)))
	w := window{from, min(parent.to, max(stop, from))}
	end := time.Time{}
	if s == Completed {
		end = stop.Start(time.UTC)
	}
	return w, start, end, stop.Start(time.UTC).Add(time.Duration(h%86_000) * time.Second)
}

var (
	groupCycle = [...]Status{
		Active, Active, Paused, Active, Archived, Active, Completed,
		Draft, Active, Canceled, Removed, Active, PendingDeletion,
	}
	adCycle = [...]Status{
		Active, Active, Paused, Active, Active, Archived, Active,
		Draft, Active, Canceled, Removed, Active, PendingDeletion, Active, Active, Paused, Active,
	}
	formats    = [...]Format{Image, Video, Carousel, Document, Text, Message, Image, Spotlight, Video, Image, Event}
	objectives = [...]Objective{Traffic, VideoView, Engagement, LeadGen, Conversion, Awareness, JobApply}
	locales    = [...][2]string{{"DE", "de"}, {"US", "en"}, {"JP", "ja"}, {"HU", "hu"}, {"IN", "en"}, {"FR", "fr"}, {"US", "en"}}
)

func (g *generator) group(c *Campaign, i int) {
	n := g.nGroup
	g.nGroup++
	h := Hash(g.opts.Seed, 2, uint64(n))
	loc := locales[c.Account.Index%len(locales)]
	gr := &Group{
		ID: g.id(c.Account, groupKind, n), Campaign: c, Name: name(groupNames, n),
		Status: groupCycle[n%len(groupCycle)], Format: formats[n%len(formats)],
		Objective: objectives[n%len(objectives)],
		Country:   loc[0], Language: loc[1],
		DailyBudget: between(h, 20, 400) * Micro, Created: g.at(-g.opts.HistoryDays-15, n),
	}
	if gr.Format == Text || gr.Format == Spotlight {
		gr.Objective = Traffic
	}
	if gr.Format == Video {
		gr.Objective = VideoView
	}
	if c.Objective != "" {
		gr.Objective = c.Objective
	}
	if h%3 == 0 {
		gr.Bid = between(h>>4, 2, 30) * Micro
	}
	if h%5 == 0 {
		gr.TotalBudget = gr.DailyBudget * 30
	}
	if g.opts.Dense || i == 0 && c.Default {
		gr.Status = Active
	}
	if g.opts.Dense {
		gr.Format, gr.Objective, gr.TotalBudget = Image, Traffic, 0
	}
	if c.Account.Status == Canceled || c.Status == Removed {
		gr.Status = c.Status
	}
	if c.Status == Draft {
		gr.Status = Draft
	}
	ads := 0
	if g.opts.OnGroup != nil {
		ads = g.opts.OnGroup(gr, n)
	}
	if ads == 0 {
		ads = g.opts.Ads
	}
	var w window
	w, gr.Start, gr.End, gr.Modified = g.span(gr.Status, h, c.window)
	gr.window = w.meet(c.window)
	c.Groups = append(c.Groups, gr)
	g.groups[gr.ID] = gr
	for k := range ads {
		g.ad(gr, k)
	}
}

func (g *generator) ad(gr *Group, k int) {
	n := g.nAd
	g.nAd++
	a := gr.Campaign.Account
	h := Hash(g.opts.Seed, 3, uint64(n))
	ad := &Ad{
		ID: g.id(a, adKind, n), Ordinal: n, Group: gr, Name: name(adNames, n),
		Status: adCycle[n%len(adCycle)], Review: "APPROVED",
		Created: g.at(-g.opts.HistoryDays-10, n),
	}
	if g.opts.Dense || k == 0 && gr.Status == Active {
		ad.Status = Active
	}
	if a.Status == Canceled || gr.Status == Removed {
		ad.Status = gr.Status
	}
	if gr.Status == Draft {
		ad.Status = Draft
	}
	var w window
	w, _, _, ad.Modified = g.span(ad.Status, h, gr.window)
	ad.window = w.meet(gr.window)
	switch {
	case g.opts.Dense:
	case ad.Status == Draft:
		ad.Review = ""
	case n%23 == 11:
		ad.Review, ad.window = "REJECTED", window{}
	case n%23 == 17 && ad.Status == Active:
		ad.Review, ad.window = "PENDING", window{}
		ad.Created = g.at(0, n)
	case n%29 == 13:
		ad.window = window{} // approved, yet never delivered
	}
	ad.shape = newShape(g.opts, ad)
	ad.Creative = g.creative(ad, h)
	gr.Ads = append(gr.Ads, ad)
	g.ads[ad.ID] = ad
}

func (g *generator) creative(ad *Ad, h uint64) *Creative {
	f := ad.Group.Format
	c := &Creative{
		PostID: g.base(postKind) + int64(ad.Ordinal)*3, Format: f,
		Title: name(titles, ad.Ordinal), Body: name(bodies, ad.Ordinal),
		URL: fmt.Sprintf("https://shop.example/p/%d?utm_source=ads&x=%%20y", ad.Ordinal),
		CTA: ctas[ad.Ordinal%len(ctas)], Created: ad.Created,
	}
	want, n := Image, 1
	switch f {
	case Video, Event:
		want = Video
	case Document:
		want = Document
	case Carousel:
		n = 3
	case Text, Message:
		n = 0
	}
	as := ad.AccountOf().Assets
	for i, at := 0, int(h%uint64(len(as))); i < len(as) && len(c.Assets) < n; i++ {
		if x := as[(at+i)%len(as)]; x.Kind == want {
			c.Assets = append(c.Assets, x)
		}
	}
	return c
}
