package sim

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// export is one asynchronous dump of a profile's objects in the common model.
type export struct {
	id, what string
	prof     *profile
	products []string
	states   []string
	created  time.Time
	polls    int
	done     time.Time
	file     []byte
}

type exportDesk struct {
	mu   sync.Mutex
	byID map[string]*export
	n    uint64
}

const exportBucket = "snapshots-prod-us-east-1"

func newExportDesk() *exportDesk { return &exportDesk{byID: map[string]*export{}} }

// exportKinds are what each export holds.
var exportKinds = map[string][]string{
	"campaigns": {"sp.campaign", "sb.campaign", "sd.campaign"},
	"adGroups":  {"sp.adGroup", "sb.adGroup", "sd.adGroup"},
	"ads":       {"sp.productAd", "sb.ad", "sd.productAd"},
	"targets": {"sp.keyword", "sp.target", "sp.negativeKeyword", "sp.negativeTarget", "sp.campaignNegativeKeyword", "sp.campaignNegativeTarget",
		"sb.keyword", "sb.target", "sb.theme", "sb.negativeKeyword", "sb.negativeTarget", "sd.target", "sd.negativeTarget"},
}

func (s *Sim) exportRoutes(add adder) {
	for what := range exportKinds {
		media := "application/vnd." + strings.ToLower(what) + "export.v1+json"
		add("POST /"+what+"/export", route{family: exports, media: media, serve: func(c *call) (any, *fault) { return s.createExport(c, what) }})
	}
	add("GET /exports/{id}", route{family: exports, serve: s.getExport})
}

var productNames = map[string]string{sp: "SPONSORED_PRODUCTS", sb: "SPONSORED_BRANDS", sd: "SPONSORED_DISPLAY"}

func (s *Sim) createExport(c *call, what string) (any, *fault) {
	in, f := c.object("adProductFilter", "stateFilter", "targetTypeFilter", "targetLevelFilter", "negativeFilter")
	if f != nil {
		return nil, f
	}
	x := &export{what: what, prof: c.prof, created: c.now, products: []string{sp, sb, sd}, states: []string{"ENABLED", "PAUSED"}}
	if v := in["adProductFilter"]; v != nil {
		list, ok := texts(v)
		x.products = nil
		for _, n := range list {
			ok = ok && slices.Contains([]string{sp, sb, sd}, adProducts[n])
			x.products = append(x.products, adProducts[n])
		}
		if !ok {
			return nil, c.bad("adProductFilter is invalid")
		}
	}
	if v := in["stateFilter"]; v != nil {
		list, ok := texts(v)
		if !ok || slices.ContainsFunc(list, func(n string) bool { return n != "ENABLED" && n != "PAUSED" && n != "ARCHIVED" }) {
			return nil, c.bad("stateFilter is invalid")
		}
		x.states = list
	}
	d := s.exports
	d.mu.Lock()
	defer d.mu.Unlock()
	running := 0
	for _, e := range d.byID {
		if e.prof == c.prof && e.what == what && e.done.IsZero() {
			running++
		}
	}
	if running >= 5 {
		return nil, c.fail(http.StatusTooManyRequests, "THROTTLED", "Too many exports in progress")
	}
	d.n++
	x.id = base64.RawStdEncoding.EncodeToString([]byte(uuid(s.opts.Seed, 71, d.n) + "," + what[:1]))
	d.byID[x.id] = x
	return status(http.StatusAccepted, obj{"exportId": x.id, "status": "PROCESSING"}), nil
}

// getExport is asked with the same Accept as the export was made with.
func (s *Sim) getExport(c *call) (any, *fault) {
	d := s.exports
	d.mu.Lock()
	defer d.mu.Unlock()
	x := d.byID[c.r.PathValue("id")]
	if x == nil || x.prof != c.prof {
		return nil, c.fail(http.StatusNotFound, "NOT_FOUND", "Export not found")
	}
	if !strings.EqualFold(c.r.Header.Get("Accept"), "application/vnd."+x.what+"export.v1+json") {
		return nil, c.fail(http.StatusNotAcceptable, "NOT_ACCEPTABLE", "Accept must be that of the export")
	}
	if x.polls++; x.polls < 2 && c.now.Sub(x.created) < time.Minute {
		return obj{"exportId": x.id, "status": "PROCESSING"}, nil
	}
	if x.done.IsZero() {
		x.done, x.file = c.now, s.packExport(x, c.now)
	}
	return obj{"exportId": x.id, "status": "COMPLETED", "url": s.signed(c.r, exportBucket, x.id, c.now, time.Hour), "fileSize": len(x.file),
		"urlExpiresAt": stampText(c.now.Add(time.Hour)), "generatedAt": stampText(x.done), "createdAt": stampText(x.created)}, nil
}

func (s *Sim) exportFile(id string) []byte {
	s.exports.mu.Lock()
	defer s.exports.mu.Unlock()
	if x := s.exports.byID[id]; x != nil {
		return x.file
	}
	return nil
}

func (s *Sim) packExport(x *export, now time.Time) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := []any{}
	for _, name := range exportKinds[x.what] {
		k := s.kinds[name]
		for _, e := range x.prof.lists[name] {
			if slices.Contains(x.products, k.product) && slices.Contains(x.states, e.state) {
				rows = append(rows, commonRow(e, x.what, now))
			}
		}
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	json.NewEncoder(z).Encode(rows)
	z.Close()
	return buf.Bytes()
}

// commonRow is an object in Amazon's common model: one spelling for all products.
func commonRow(e *entity, what string, now time.Time) obj {
	word := servingStatus(e, now)
	r := obj{"adProduct": productNames[e.kind.product], "state": e.state, "creationDateTime": stampText(e.created), "lastUpdatedDateTime": stampText(e.updated),
		"deliveryStatus": "DELIVERING", "deliveryReasons": []any{}, "campaignId": itoa(e.campaign.id)}
	if word != living(e.kind) {
		r["deliveryStatus"], r["deliveryReasons"] = "NOT_DELIVERING", []any{deliveryReason(word)}
	}
	if n := e.text("name"); n != "" {
		r["name"] = n
	}
	if e.group != nil {
		r["adGroupId"] = itoa(e.group.id)
	}
	switch what {
	case "campaigns":
		commonCampaign(r, e)
	case "adGroups":
		if bid := e.fields["defaultBid"]; bid != nil {
			r["bid"] = obj{"defaultBid": bid, "currencyCode": e.prof.currency}
		}
	case "ads":
		delete(r, "campaignId")
		r["adId"], r["adType"] = itoa(e.id), "PRODUCT_AD"
		if c, ok := e.fields["creative"].(obj); ok {
			r["adType"], r["creative"] = c["type"], c
		} else {
			r["creative"] = obj{"products": []any{obj{"productIdType": "ASIN", "productId": e.fields["asin"]}}}
		}
	default:
		commonTarget(r, e)
	}
	return r
}

// deliveryReason is the common model's word for a serving status.
func deliveryReason(word string) string {
	switch word {
	case "PENDING_START_DATE":
		return "CAMPAIGN_PENDING_START_DATE"
	case "ENDED":
		return "CAMPAIGN_END_DATE_REACHED"
	}
	return word
}

func commonCampaign(r obj, e *entity) {
	r["campaignId"], r["startDate"] = itoa(e.id), e.text("startDate")
	if v := e.text("endDate"); v != "" {
		r["endDate"] = v
	}
	if v := e.fields["portfolioId"]; v != nil {
		if p := portfolioOf(e); p != nil {
			r["portfolioId"] = itoa(p.id)
		}
	}
	money, kind := campaignBudget(e)
	r["budgetCaps"] = obj{"recurrenceTimePeriod": strings.TrimSuffix(kind, "_BUDGET"), "budgetType": "MONETARY",
		"budgetValue": obj{"monetaryBudget": obj{"amount": money, "currencyCode": e.prof.currency}}}
	if t := e.text("targetingType"); t != "" {
		r["targetingSettings"] = t
	}
	if t := e.text("costType"); t != "" {
		r["costType"] = strings.ToUpper(t)
	}
	if d, ok := e.fields["dynamicBidding"].(obj); ok {
		words := map[any]any{"LEGACY_FOR_SALES": "SALES_DOWN_ONLY", "AUTO_FOR_SALES": "SALES", "RULE_BASED": "RULE_BASED"}
		r["optimization"] = obj{"bidStrategy": words[d["strategy"]], "placementBidAdjustments": d["placementBidding"]}
	}
}

var autoMatch = map[string]string{"QUERY_HIGH_REL_MATCHES": "SEARCH_CLOSE_MATCH", "QUERY_BROAD_REL_MATCHES": "SEARCH_LOOSE_MATCH", "ASIN_SUBSTITUTE_RELATED": "PRODUCT_SUBSTITUTES", "ASIN_ACCESSORY_RELATED": "PRODUCT_COMPLEMENTS"}

func commonTarget(r obj, e *entity) {
	r["targetId"] = itoa(e.id)
	r["negative"] = strings.Contains(strings.ToLower(e.kind.name), "negative")
	if bid := e.fields["bid"]; bid != nil {
		r["bid"] = obj{"bid": bid, "currencyCode": e.prof.currency}
	}
	if t := e.text("keywordText"); t != "" {
		match := strings.ToUpper(e.text("matchType"))
		match = strings.TrimPrefix(strings.TrimPrefix(match, "NEGATIVE_"), "NEGATIVE")
		r["targetType"], r["targetDetails"] = "KEYWORD", obj{"matchType": match, "keyword": t}
		return
	}
	list, _ := e.fields["expression"].([]any)
	if list == nil {
		list, _ = e.fields["expressions"].([]any)
	}
	r["targetType"], r["targetDetails"] = "PRODUCT", obj{}
	for _, v := range list {
		m, _ := v.(obj)
		kind, _ := m["type"].(string)
		if auto := autoMatch[kind]; auto != "" {
			r["targetType"], r["targetDetails"] = "AUTO", obj{"matchType": auto}
		} else if strings.EqualFold(strings.ReplaceAll(kind, "_", ""), "asinCategorySameAs") {
			r["targetType"], r["targetDetails"] = "PRODUCT_CATEGORY", obj{"productCategoryId": m["value"]}
		} else if strings.EqualFold(strings.ReplaceAll(kind, "_", ""), "asinSameAs") {
			r["targetDetails"] = obj{"matchType": "PRODUCT_EXACT", "asin": m["value"]}
		}
	}
	if t := e.text("themeType"); t != "" {
		r["targetType"], r["targetDetails"] = "THEME", obj{"matchType": t}
	}
}
