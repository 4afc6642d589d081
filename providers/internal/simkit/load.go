package simkit

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Load describes one account in neutral words, the body of POST /_sim/load: the
// same account, campaigns and facts can be put into every platform's simulator.
type Load struct {
	Account   LoadAccount    `json:"account"`
	Campaigns []LoadCampaign `json:"campaigns"`
}

// LoadAccount is the account. TimeZone is an IANA name, empty is UTC.
type LoadAccount struct {
	Name     string `json:"name"`
	Currency string `json:"currency"`
	TimeZone string `json:"time_zone"`
}

// LoadCampaign is one campaign; the budget is its own, its groups have none. Status is active or paused; Objective traffic,
// awareness, leads or sales; Start and End are days of the account's zone, End
// inclusive, both optional; DailyBudget a decimal, empty is none.
type LoadCampaign struct {
	Name        string      `json:"name"`
	Status      string      `json:"status"`
	Objective   string      `json:"objective"`
	Start       string      `json:"start"`
	End         string      `json:"end"`
	DailyBudget string      `json:"daily_budget"`
	Groups      []LoadGroup `json:"groups"`
}

// LoadGroup is one group of a campaign.
type LoadGroup struct {
	Name   string   `json:"name"`
	Status string   `json:"status"`
	Ads    []LoadAd `json:"ads"`
}

// LoadAd is one ad, with what it shows and what it did.
type LoadAd struct {
	Name     string     `json:"name"`
	Status   string     `json:"status"`
	Headline string     `json:"headline"`
	Text     string     `json:"text"`
	URL      string     `json:"url"`
	Facts    []LoadFact `json:"facts"`
}

// LoadFact is what an ad did on a day of the account's zone. Cost, Conversions
// and ConversionValue are decimals; empty is zero.
type LoadFact struct {
	Date            string `json:"date"`
	Impressions     int64  `json:"impressions"`
	Clicks          int64  `json:"clicks"`
	Cost            string `json:"cost"`
	Conversions     string `json:"conversions"`
	ConversionValue string `json:"conversion_value"`
}

// Loaded is the answer of POST /_sim/load: the ids as the ledger spells them,
// in the order of the body.
type Loaded struct {
	Org       string           `json:"org"`
	Campaigns []LoadedCampaign `json:"campaigns"`
}

// LoadedCampaign, LoadedGroup and LoadedAd name what was loaded.
type LoadedCampaign struct {
	ID     string        `json:"id"`
	Groups []LoadedGroup `json:"groups"`
}

// LoadedGroup is one group of a LoadedCampaign.
type LoadedGroup struct {
	ID  string     `json:"id"`
	Ads []LoadedAd `json:"ads"`
}

// LoadedAd is one ad of a LoadedGroup.
type LoadedAd struct {
	ID string `json:"id"`
}

var (
	loadStatus    = map[string]Status{"active": Active, "paused": Paused}
	loadObjective = map[string]Objective{"traffic": Traffic, "awareness": Awareness, "leads": LeadGen, "sales": Conversion}
)

// loader turns a Load into an account; the first thing wrong stays in err.
type loader struct {
	w       *World
	now     time.Time
	account *Account
	err     error
}

// Load adds an account that holds exactly what l says: its ads' facts are given,
// final whatever the clock says, and nothing is generated beside them. now is
// when everything was created; facts of days after it are refused. On an error
// nothing is added.
func (w *World) Load(l Load, now time.Time) (*Account, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := &loader{w: w, now: now}
	b.begin(l.Account)
	for i := range l.Campaigns {
		b.campaign(fmt.Sprintf("campaigns[%d]", i), &l.Campaigns[i])
	}
	if b.err != nil {
		return nil, b.err
	}
	w.publish(b.account)
	return b.account, nil
}

func (b *loader) fail(path, format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("simkit: %s: %s", path, fmt.Sprintf(format, args...))
	}
}

func (b *loader) begin(l LoadAccount) {
	zone := l.TimeZone
	if zone == "" {
		zone = "UTC"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		b.fail("account.time_zone", "%q is no IANA zone", zone)
		loc = time.UTC
	}
	if b.w.opts.Zone != "" && zone != b.w.opts.Zone {
		b.fail("account.time_zone", "this platform cuts days in %s only", b.w.opts.Zone)
	}
	if l.Name == "" {
		b.fail("account.name", "is required")
	}
	if len(l.Currency) != 3 || strings.ToUpper(l.Currency) != l.Currency {
		b.fail("account.currency", "%q is no ISO 4217 code", l.Currency)
	}
	index := len(b.w.Accounts)
	b.account = &Account{
		ID: b.w.base(accountKind) + int64(index), PageID: b.w.base(pageKind) + int64(index), Index: index,
		Name: l.Name, PageName: l.Name, Currency: l.Currency, Zone: zone, Loc: loc, Status: Active, Loaded: true,
		Created: b.now, Modified: b.now, minor: minorUnit(l.Currency), convQuantum: Micro / 100,
	}
	if b.w.opts.WholeConversions {
		b.account.convQuantum = Micro
	}
	// One picture, for the kinds of ads that cannot be without.
	b.account.Assets = []*Asset{{ID: b.w.next(assetKind), Account: b.account, Kind: Image, Name: "picture",
		Width: 1200, Height: 627, Created: b.now}}
}

func (b *loader) status(path, s string) Status {
	v, ok := loadStatus[s]
	if !ok {
		b.fail(path+".status", "%q is none of active, paused", s)
	}
	return v
}

func (b *loader) day(path, s string) (Day, bool) {
	if s == "" {
		return 0, false
	}
	d, err := ParseDay(s)
	if err != nil {
		b.fail(path, "%q is not a day (YYYY-MM-DD)", s)
	}
	return d, err == nil
}

func (b *loader) micros(path, s string, quantum int64) int64 {
	if s == "" {
		return 0
	}
	v, err := ParseMicros(s)
	switch {
	case err != nil:
		b.fail(path, "%q is not a decimal", s)
	case v < 0:
		b.fail(path, "%s is negative", s)
	case v%quantum != 0:
		b.fail(path, "%s is finer than this platform's step of %s", s, FormatMicros(quantum))
	}
	return v
}

func (b *loader) campaign(path string, l *LoadCampaign) {
	objective, ok := loadObjective[l.Objective]
	if !ok {
		b.fail(path+".objective", "%q is none of traffic, awareness, leads, sales", l.Objective)
	}
	c := &Campaign{
		ID: b.w.next(campaignKind), Account: b.account, Name: l.Name, Status: b.status(path, l.Status),
		Objective: objective, DailyBudget: b.micros(path+".daily_budget", l.DailyBudget, b.account.minor),
		Created: b.now, Modified: b.now, window: window{-endless, endless},
	}
	if l.Name == "" {
		b.fail(path+".name", "is required")
	}
	start, hasStart := b.day(path+".start", l.Start)
	end, hasEnd := b.day(path+".end", l.End)
	if hasStart {
		c.Start = start.Start(b.account.Loc)
	}
	if hasEnd {
		c.End = (end + 1).Start(b.account.Loc).Add(-time.Second)
	}
	if hasStart && hasEnd && end < start {
		b.fail(path+".end", "is before start")
	}
	b.account.Campaigns = append(b.account.Campaigns, c)
	for i := range l.Groups {
		b.group(fmt.Sprintf("%s.groups[%d]", path, i), c, &l.Groups[i])
	}
}

func (b *loader) group(path string, c *Campaign, l *LoadGroup) {
	g := &Group{
		ID: b.w.next(groupKind), Campaign: c, Name: l.Name, Status: b.status(path, l.Status), Format: Image,
		Objective: c.Objective, Start: c.Start, End: c.End, Country: "US", Language: "en",
		Created: b.now, Modified: b.now, window: window{-endless, endless},
	}
	if l.Name == "" {
		b.fail(path+".name", "is required")
	}
	c.Groups = append(c.Groups, g)
	for i := range l.Ads {
		b.ad(fmt.Sprintf("%s.ads[%d]", path, i), g, &l.Ads[i])
	}
}

func (b *loader) ad(path string, g *Group, l *LoadAd) {
	id := b.w.next(adKind)
	ad := &Ad{
		ID: id, Ordinal: int(id - b.w.base(adKind)), Group: g, Name: l.Name, Status: b.status(path, l.Status),
		Review: "APPROVED", Created: b.now, Modified: b.now, given: map[Day]*Fact{},
	}
	ad.shape = shape{key: Hash(b.w.opts.Seed, 5, uint64(ad.Ordinal)), format: g.Format}
	if u, err := url.Parse(l.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		b.fail(path+".url", "%q is no http URL", l.URL)
	}
	if l.Headline == "" {
		b.fail(path+".headline", "is required")
	}
	ad.Creative = &Creative{
		PostID: b.w.base(postKind) + int64(ad.Ordinal)*3, Format: g.Format, Title: l.Headline, Body: l.Text,
		URL: l.URL, CTA: ctas[0], Assets: b.account.Assets, Created: b.now,
	}
	for i := range l.Facts {
		b.fact(fmt.Sprintf("%s.facts[%d]", path, i), ad, &l.Facts[i])
	}
	ad.window = spanOf(ad.given)
	g.Ads = append(g.Ads, ad)
}

func (b *loader) fact(path string, ad *Ad, l *LoadFact) {
	if l.Date == "" {
		b.fail(path+".date", "is required")
	}
	d, _ := b.day(path+".date", l.Date)
	if d > DayOf(b.now.In(b.account.Loc)) {
		b.fail(path+".date", "%s has not begun", l.Date)
	}
	if ad.given[d] != nil {
		b.fail(path+".date", "%s is given twice", l.Date)
	}
	if l.Impressions < 0 || l.Clicks < 0 || l.Clicks > l.Impressions {
		b.fail(path, "impressions %d and clicks %d do not go together", l.Impressions, l.Clicks)
	}
	f := &Fact{}
	f[Impressions], f[Clicks], f[LandingClicks] = l.Impressions, l.Clicks, l.Clicks
	f[Cost] = b.micros(path+".cost", l.Cost, b.account.minor)
	f[ClickConversions] = b.micros(path+".conversions", l.Conversions, b.account.convQuantum)
	f[ConversionValue] = b.micros(path+".conversion_value", l.ConversionValue, b.account.minor)
	ad.given[d] = f
}

func spanOf(given map[Day]*Fact) window {
	if len(given) == 0 {
		return window{}
	}
	w := window{endless, -endless}
	for d := range given {
		w = window{min(w.from, d), max(w.to, d+1)}
	}
	return w
}

// ParseMicros reads a decimal of at most six places as millionths, exactly.
func ParseMicros(s string) (int64, error) {
	whole, frac, _ := strings.Cut(s, ".")
	digits := strings.TrimPrefix(whole, "-")
	bad := len(frac) > 6 || len(digits) > 12 || digits == "" || strings.HasSuffix(s, ".") ||
		strings.ContainsFunc(digits+frac, func(r rune) bool { return r < '0' || r > '9' })
	if bad {
		return 0, errors.New("simkit: not a decimal of at most six places")
	}
	v, err := strconv.ParseInt(digits+frac+strings.Repeat("0", 6-len(frac)), 10, 64)
	if strings.HasPrefix(whole, "-") {
		v = -v
	}
	return v, err
}

// Days are the days for which facts were loaded, in order; nil for an ad whose
// facts are generated.
func (a *Ad) Days() []Day {
	if a.given == nil {
		return nil
	}
	days := make([]Day, 0, len(a.given))
	for d := range a.given {
		days = append(days, d)
	}
	slices.Sort(days)
	return days
}
