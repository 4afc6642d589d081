package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// customer is one Google Ads account, a manager or a client.
type customer struct {
	id                    int64
	name, currency, zone  string
	loc                   *time.Location
	status                string
	manager, test, hidden bool
	src                   *simkit.Account // nil for a manager

	seedCore, seedRest sync.Once
	writing            sync.Mutex // held by a mutate for its whole time

	mu      sync.RWMutex
	tables  map[string]*table
	changes []change
	edits   obj // what a mutate has set on the customer itself
}

// key is an object's identity within its account and kind.
type key struct {
	a, b int64
	c    string // the field type of an asset link
}

func (k key) compare(o key) int {
	return cmp.Or(cmp.Compare(k.a, o.a), cmp.Compare(k.b, o.b), strings.Compare(k.c, o.c))
}

// entity is one object of an account. The account's lock guards data, st and kids.
type entity struct {
	kind string // the GAQL resource
	key  key
	c    *customer
	up   *entity // the campaign of an ad group or criterion, the ad group of an ad …
	src  any     // *simkit.Campaign, *simkit.Group or *simkit.Ad; nil: written by a client
	data obj     // nil: as seeded, rendered from src
	st   string  // status, "" for kinds without
	kids []*entity
	made time.Time // when a client wrote its content; its review takes a while
}

// collections are the path segments of resource names, by kind.
var collections = map[string]string{
	"campaign": "campaigns", "campaign_budget": "campaignBudgets", "campaign_criterion": "campaignCriteria",
	"campaign_asset": "campaignAssets", "campaign_label": "campaignLabels", "ad_group": "adGroups", "ad_group_ad": "adGroupAds",
	"ad_group_criterion": "adGroupCriteria", "asset": "assets", "asset_group": "assetGroups",
	"asset_group_asset": "assetGroupAssets", "asset_group_signal": "assetGroupSignals",
	"conversion_action": "conversionActions", "label": "labels", "bidding_strategy": "biddingStrategies",
	"user_list": "userLists", "custom_audience": "customAudiences", "combined_audience": "combinedAudiences",
	"audience": "audiences", "user_interest": "userInterests", "you_tube_video_upload": "youTubeVideoUploads",
}

// compound kinds have two numbers in their names.
var compound = map[string]bool{
	"campaign_criterion": true, "campaign_asset": true, "campaign_label": true, "ad_group_ad": true, "ad_group_criterion": true,
	"asset_group_asset": true, "asset_group_signal": true,
}

func resourceName(customer int64, kind string, k key) string {
	b := make([]byte, 0, 64)
	b = append(b, customerName(customer)...)
	b = append(b, '/')
	b = append(b, collections[kind]...)
	b = append(b, '/')
	b = strconv.AppendInt(b, k.a, 10)
	if compound[kind] {
		b = append(b, '~')
		b = strconv.AppendInt(b, k.b, 10)
	}
	if k.c != "" {
		b = append(b, '~')
		b = append(b, k.c...)
	}
	return string(b)
}

func (e *entity) name() string { return resourceName(e.c.id, e.kind, e.key) }

// parseName splits "customers/1/campaignCriteria/2~3".
func parseName(s string) (customer int64, kind string, k key, ok bool) {
	parts := strings.Split(s, "/")
	if len(parts) != 4 || parts[0] != "customers" {
		return 0, "", key{}, false
	}
	customer, ok = customerID(parts[1])
	for kd, coll := range collections {
		if coll == parts[2] {
			kind = kd
		}
	}
	if parts[2] == "ads" {
		kind = "ad"
	}
	var err error
	nums := strings.Split(parts[3], "~")
	if k.a, err = strconv.ParseInt(nums[0], 10, 64); err != nil || kind == "" || len(nums) > 3 {
		return 0, "", key{}, false
	}
	if len(nums) > 1 {
		if k.b, err = strconv.ParseInt(nums[1], 10, 64); err != nil {
			return 0, "", key{}, false
		}
	}
	if len(nums) == 3 {
		k.c = nums[2]
	}
	return customer, kind, k, ok && (len(nums) > 1) == compound[kind]
}

// table holds the objects of one kind, by key.
type table struct {
	list []*entity
	at   map[key]*entity
}

func newTable() *table { return &table{at: map[key]*entity{}} }

func (t *table) put(e *entity) {
	t.at[e.key] = e
	if n := len(t.list); n == 0 || t.list[n-1].key.compare(e.key) < 0 {
		t.list = append(t.list, e)
		return
	}
	i, found := slices.BinarySearchFunc(t.list, e.key, func(x *entity, k key) int { return x.key.compare(k) })
	if found {
		t.list[i] = e
		return
	}
	t.list = slices.Insert(t.list, i, e)
}

func (t *table) drop(e *entity) {
	delete(t.at, e.key)
	t.list = slices.DeleteFunc(t.list, func(x *entity) bool { return x == e })
}

// core are the kinds that most queries need; the others are seeded when one of
// them is first asked for.
var core = map[string]bool{"campaign": true, "campaign_budget": true, "ad_group": true, "ad_group_ad": true, "asset_group": true}

// ready seeds what a kind needs.
func (s *Sim) ready(c *customer, kind string) {
	c.seedCore.Do(func() { s.seedCampaigns(c) })
	if !core[kind] {
		c.seedRest.Do(func() { s.seedOthers(c) })
	}
}

// list is a snapshot of the objects of a kind, in order of their numbers.
func (s *Sim) list(c *customer, kind string) []*entity {
	s.ready(c, kind)
	c.mu.RLock()
	defer c.mu.RUnlock()
	if t := c.tables[kind]; t != nil {
		return slices.Clone(t.list)
	}
	return nil
}

// find looks an object up; nil when there is none.
func (s *Sim) find(c *customer, kind string, k key) *entity {
	s.ready(c, kind)
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.lookup(kind, k)
}

// lookup is find for a caller that holds the lock and has seeded.
func (c *customer) lookup(kind string, k key) *entity {
	if t := c.tables[kind]; t != nil {
		return t.at[k]
	}
	return nil
}

// findName is find by resource name.
func (s *Sim) findName(c *customer, name string) *entity {
	id, kind, k, ok := parseName(name)
	if !ok || id != c.id {
		return nil
	}
	return s.find(c, kind, k)
}

// put adds an object; the caller holds the lock or seeds.
func (c *customer) put(e *entity) *entity {
	e.c = c
	t := c.tables[e.kind]
	if t == nil {
		t = newTable()
		c.tables[e.kind] = t
	}
	t.put(e)
	if e.up != nil && (e.kind == "ad_group" || e.kind == "asset_group" || e.kind == "ad_group_ad") {
		e.up.kids = append(e.up.kids, e)
	}
	return e
}

// tree is the object as a client reads it, without what is derived.
func (s *Sim) tree(e *entity) obj {
	e.c.mu.RLock()
	data, made := e.data, e.made
	e.c.mu.RUnlock()
	switch {
	case data == nil:
		return s.render(e)
	case !made.IsZero():
		return s.reviewed(data, made)
	}
	return data
}

func (e *entity) status() string {
	e.c.mu.RLock()
	defer e.c.mu.RUnlock()
	return e.st
}

func (e *entity) children() []*entity {
	e.c.mu.RLock()
	defer e.c.mu.RUnlock()
	return slices.Clone(e.kids)
}

// customer looks an account up; nil when there is none.
func (s *Sim) customer(id int64) *customer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.customers[id]
}

func (s *Sim) addManager(id int64, name string, test bool) {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		loc = time.UTC
	}
	s.addCustomer(&customer{id: id, name: name, currency: "EUR", zone: "Europe/Berlin", loc: loc, status: "ENABLED", manager: true, test: test})
}

func (s *Sim) addAccount(a *simkit.Account) *customer {
	c := &customer{id: a.ID, name: a.Name, currency: a.Currency, zone: a.Zone, loc: a.Loc, status: "ENABLED", src: a}
	if a.Status == simkit.Canceled {
		c.status = "CANCELED"
	}
	return s.addCustomer(c)
}

func (s *Sim) addCustomer(c *customer) *customer {
	c.tables = map[string]*table{}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.customers[c.id] = c
	return c
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// unit is what money of a currency comes in multiples of, in micros.
func unit(currency string) int64 {
	switch currency {
	case "JPY", "HUF", "KRW":
		return simkit.Micro
	}
	return simkit.Micro / 100
}

// wall is a moment in the account's zone, without offset.
func wall(t time.Time, loc *time.Location) string { return t.In(loc).Format(time.DateTime) }

func urlOf(ad *simkit.Ad) string {
	if ad.AccountOf().Loaded {
		return ad.Creative.URL
	}
	return fmt.Sprintf("https://shop.example/p/%d", ad.Ordinal%1000)
}
