package sim

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// seed makes the platform's objects of the world.
func (s *Sim) seed() {
	for _, a := range s.kit.World.List() {
		customer := ownCustomer
		switch a.Index {
		case foreignAccount:
			customer = foreignCustomer
		case linkedAccount:
			customer = clientCustomer
		}
		s.seedAccount(a, customer)
	}
	s.seedUsers()
}

func (s *Sim) seedAccount(src *simkit.Account, customer string) {
	a := &account{src: src, customer: customer}
	a.kind, a.id, a.acc, a.modified = "Account", itoa(src.ID), a, src.Modified
	a.build = func() obj { return s.accountFields(a) }
	s.accounts = append(s.accounts, a)
	s.seedShared(a)
	for _, c := range src.Campaigns {
		s.seedCampaign(a, c)
	}
}

// micros is money as the platform writes it: a number in major units.
func micros(v int64) json.Number { return json.Number(simkit.FormatMicros(v)) }

func amount(v int64) any { return obj{"Amount": micros(v)} }

// stampOf is an account's TimeStamp: it changes with every change.
func stampOf(t time.Time) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(t.UnixMilli())))
}

const wireTime = "2006-01-02T15:04:05.999"

// readTime reads a dateTime: with or without a fraction or a zone.
func readTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// dateObj is a day as the platform writes days.
func dateObj(d simkit.Day) obj {
	y, m, dd := d.Date()
	return obj{"Year": int64(y), "Month": int64(m), "Day": int64(dd)}
}

// dayOf reads a Date object; ok is false for one that is no day.
func dayOf(v any) (simkit.Day, bool) {
	o, _ := v.(obj)
	y, ok1 := o["Year"].(int64)
	m, ok2 := o["Month"].(int64)
	d, ok3 := o["Day"].(int64)
	if !ok1 || !ok2 || !ok3 || y < 1 || y > 9999 {
		return 0, false
	}
	day := simkit.Date(int(y), int(m), int(d))
	yy, mm, dd := day.Date()
	return day, yy == int(y) && mm == int(m) && dd == int(d)
}

// lifeCycle is the account's state; a closed one is Inactive.
func lifeCycle(a *simkit.Account) string {
	if a.Status == simkit.Canceled {
		return "Inactive"
	}
	return "Active"
}

var accountLanguages = map[string]string{"Europe/Berlin": "German", "Asia/Tokyo": "Japanese", "Europe/Athens": "Greek", "Europe/Budapest": "Hungarian"}

func languageOf(a *simkit.Account) string {
	if l := accountLanguages[a.Zone]; l != "" {
		return l
	}
	return "English"
}

func (s *Sim) accountFields(a *account) obj {
	n := a.src.Index
	o := obj{
		"BillToCustomerId": a.customer, "CurrencyCode": a.src.Currency, "AccountFinancialStatus": "ClearFinancialStatus",
		"Id": a.id, "Language": languageOf(a.src), "LastModifiedByUserId": "0",
		"LastModifiedTime": a.modified.UTC().Format(wireTime), "Name": a.src.Name, "Number": fmt.Sprintf("F149%04X", 0x1A00+n),
		"ParentCustomerId": a.customer, "PaymentMethodId": itoa(138100001 + int64(n)), "PrimaryUserId": members[0].ID,
		"AccountLifeCycleStatus": lifeCycle(a.src), "TimeStamp": stampOf(a.modified), "TimeZone": s.tab.zoneOf(a.src.Zone),
		"ForwardCompatibilityMap": []any{}, "LinkedAgencies": []any{}, "TaxInformation": []any{}, "AutoTagType": "Inactive",
		"BusinessAddress": obj{"City": "Berlin", "CountryCode": "DE", "Id": itoa(149000001 + int64(n)), "Line1": "Str. 1",
			"PostalCode": "10115", "BusinessName": a.src.Name},
		"AccountMode": "Expert",
	}
	if a.customer == clientCustomer {
		o["LinkedAgencies"] = []any{obj{"Id": ownCustomer, "Name": customerNames[ownCustomer]}}
	}
	return o
}

var customerNames = map[string]string{ownCustomer: "Acme Holding", foreignCustomer: "Initech LLC", clientCustomer: "Northwind GmbH"}

// seedShared makes what hangs on the account itself.
func (s *Sim) seedShared(a *account) {
	n := int64(a.src.Index)
	s.add(a, "Budget", itoa(8001+n), obj{"Id": itoa(8001 + n), "Name": "Shared pool, 1", "Amount": micros(100 * simkit.Micro),
		"BudgetType": "DailyBudgetStandard"})
	s.add(a, "BidStrategy", itoa(6001+n), obj{"Id": itoa(6001 + n), "Name": "Top of page", "AssociatedCampaignType": "Search",
		"BiddingScheme": obj{"Type": "TargetImpressionShareBiddingScheme", "TargetImpressionShare": json.Number("60"), "TargetAdPosition": "MainLine"},
		"Scope":         "Account", "CurrencyCode": a.src.Currency, "ReportingTimeZone": s.tab.zoneOf(a.src.Zone)})
	for i, kind := range []string{"RemarketingList", "InMarket", "CustomerList"} {
		s.add(a, "Audience", itoa(5000+100*n+int64(i)), audience(itoa(5000+100*n+int64(i)), kind, a))
	}
	s.add(a, "UetTag", tagOf(a), obj{"Id": tagOf(a), "Name": "shop.example", "TrackingStatus": "Active", "TrackingScript": "<script>uet</script>"})
	s.add(a, "Label", itoa(3001+n), obj{"Id": itoa(3001 + n), "Name": "Season, winter", "ColorCode": "#FF0000"})
	s.seedGoals(a, 4001+10*n)
	for _, as := range a.src.Assets {
		s.seedAsset(a, as)
	}
}

// seedGoals makes what conversions are: how long after a click or a view they
// count is each goal's own.
func (s *Sim) seedGoals(a *account, id int64) {
	for i, name := range []string{"Purchase", "Newsletter \"VIP\""} {
		o := obj{"Id": itoa(id + int64(i)), "Name": name, "Type": "Url", "Status": "Active", "Scope": "Account", "CountType": "All",
			"ConversionWindowInMinutes": int64(43200), "ViewThroughConversionWindowInMinutes": int64(1440), "TagId": tagOf(a),
			"TrackingStatus": "RecordingConversions", "ExcludeFromBidding": i == 1, "GoalCategory": "Purchase", "AttributionModelType": "LastClick",
			"UrlOperator": "Contains", "UrlExpression": "/thanks", "Revenue": obj{"Type": "VariableValue", "Value": nil, "CurrencyCode": nil}}
		s.add(a, "ConversionGoal", itoa(id+int64(i)), o)
	}
}

// add stores an entity of the account whose properties are known.
func (s *Sim) add(a *account, kind, id string, fields obj) *entity {
	return s.attach(&entity{kind: kind, id: id, acc: a, fields: fields, modified: s.kit.Clock.Now()})
}

// tagOf is the account's one UET tag.
func tagOf(a *account) string { return itoa(26000001 + int64(a.src.Index)) }

func audience(id, kind string, a *account) obj {
	o := obj{"Id": id, "Type": kind, "Name": map[string]string{"RemarketingList": "All visitors, 30 days", "InMarket": "Apparel & Accessories",
		"CustomerList": "Newsletter \"VIP\""}[kind], "Scope": "Account", "MembershipDuration": int64(30), "SearchSize": "1200",
		"AudienceNetworkSize": "900", "SupportedCampaignTypes": []any{"Audience", "Search"}, "ParentId": a.id, "ForwardCompatibilityMap": []any{}}
	switch kind {
	case "InMarket":
		o["ParentId"], o["Scope"], o["MembershipDuration"] = "0", "Customer", int64(0)
	case "RemarketingList":
		o["TagId"], o["Rule"] = tagOf(a), obj{"Type": "PageVisitors"}
	}
	return o
}

func (s *Sim) seedAsset(a *account, as *simkit.Asset) {
	id := itoa(as.ID)
	if as.Kind == simkit.Video {
		s.add(a, "Video", id, obj{"Id": id, "Description": as.Name, "ThumbnailUrl": "https://video.example/t/" + id + ".jpg",
			"SourceUrl": "https://cdn.example/" + id + ".mp4", "Url": "https://video.example/" + id, "AspectRatio": "16:9",
			"DurationInMilliseconds": as.Duration.Milliseconds(), "Status": "Active",
			"CreatedDateTimeInUTC": as.Created.Format(wireTime), "ModifiedDateTimeInUTC": as.Created.Format(wireTime)})
		return
	}
	s.add(a, "Media", id, obj{"Id": id, "MediaType": "GenericImage", "Type": "Image", "Text": as.Name, "Representations": []any{obj{
		"Type": "ImageMediaRepresentation", "Name": "Full", "Url": "https://th.bing.example/th?id=" + id, "Width": int64(as.Width), "Height": int64(as.Height)}}})
}
