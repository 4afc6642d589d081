package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *Sim) handlers() map[string]handler {
	h := map[string]handler{
		"GetUser": s.getUser, "GetCurrentUser": s.getUser, "SearchAccounts": s.searchAccounts, "GetAccount": s.getAccount,
		"UpdateAccount": s.updateAccount, "GetAccountsInfo": s.accountsInfo, "GetCustomersInfo": s.customersInfo,
		"GetCustomer": s.getCustomer, "GetLinkedAccountsAndCustomersInfo": s.linkedInfo,
		"SubmitGenerateReport": s.submitReport, "PollGenerateReport": s.pollReport,
		"DownloadCampaignsByAccountIds": s.bulkDownload, "GetBulkDownloadStatus": s.bulkStatus,
	}
	s.readHandlers(h)
	s.writeHandlers(h)
	return h
}

// denied is Customer Management's word for what one may not see.
func denied() *fault {
	return &fault{status: http.StatusBadRequest, code: 1001, details: "The user may not access the entity."}
}

func (s *Sim) getUser(c *call) (answer, *fault) {
	id, ok := c.in["UserId"].(string)
	u := c.user
	if ok && id != u.member.ID {
		return nil, denied()
	}
	first, last, _ := strings.Cut(u.member.Name, " ")
	ids := func(list []string) any {
		if list == nil {
			return nil
		}
		out := []any{}
		for _, x := range list {
			out = append(out, x)
		}
		return out
	}
	role := obj{"RoleId": u.roleID, "CustomerId": u.customer, "AccountIds": ids(u.only), "LinkedAccountIds": ids(u.linked)}
	out := answer{{"User", "object<User>", obj{
		"ContactInfo": obj{"Email": u.member.Email, "EmailFormat": "Text", "Id": "7001"}, "CustomerId": u.customer, "Id": u.member.ID,
		"LastModifiedByUserId": "0", "LastModifiedTime": "2026-10-01T08:15:22.277", "Lcid": "EnglishUS",
		"Name": obj{"FirstName": first, "LastName": last}, "SecretQuestion": "None", "UserLifeCycleStatus": "Active",
		"TimeStamp": "AAAAAH1yyMo=", "UserName": u.member.Email, "ForwardCompatibilityMap": []any{}}}}
	if c.op.name == "GetCurrentUser" {
		return out, nil
	}
	return append(out, part{"CustomerRoles", "array<object<CustomerRole>>", []any{role}}), nil
}

// visible are the accounts that the caller sees, by id.
func (s *Sim) visible(c *call) []*account {
	var out []*account
	for _, a := range s.accounts {
		if c.user.sees(a) {
			out = append(out, a)
		}
	}
	return out
}

// predicate holds one against an account; ok is false for a field or operator
// that the search does not take.
func (s *Sim) predicate(c *call, a *account, p obj) (match, ok bool) {
	field, _ := p["Field"].(string)
	op, _ := p["Operator"].(string)
	want, _ := p["Value"].(string)
	operators := map[string]string{"AccountId": "Equals In", "AccountName": "Contains Equals", "AccountNumber": "Contains Equals In",
		"AccountLifeCycleStatus": "Equals", "CustomerId": "Equals", "UserId": "Equals"}
	if !slices.Contains(strings.Fields(operators[field]), op) {
		return false, false
	}
	if field == "UserId" {
		return want == c.user.member.ID, true
	}
	got := map[string]string{"AccountId": a.id, "AccountName": a.str("Name"), "AccountNumber": a.str("Number"),
		"AccountLifeCycleStatus": a.str("AccountLifeCycleStatus"), "CustomerId": a.customer}[field]
	switch op {
	case "In":
		return slices.Contains(strings.FieldsFunc(want, func(r rune) bool { return r == ',' || r == ' ' }), got), true
	case "Contains":
		return strings.Contains(strings.ToLower(got), strings.ToLower(want)), true
	}
	return strings.EqualFold(got, want), true
}

// page cuts a list; Size 0, the default, is an empty page.
func page(in obj, limit int64) (index, size int, f *fault) {
	p, ok := in["PageInfo"].(obj)
	if !ok {
		return 0, 0, refuse(201, "PageInfo is required")
	}
	i, _ := p["Index"].(int64)
	n, _ := p["Size"].(int64)
	if i < 0 || n < 0 || n > limit {
		return 0, 0, refuse(201, "PageInfo is out of range")
	}
	return int(i), int(n), nil
}

func cut[T any](list []T, index, size int) []T {
	from := min(index*size, len(list))
	return list[from:min(from+size, len(list))]
}

func (s *Sim) searchAccounts(c *call) (answer, *fault) {
	index, size, f := page(c.in, 1000)
	predicates, _ := c.in["Predicates"].([]any)
	if f != nil || len(predicates) == 0 {
		return nil, refuse(201, "Predicates and PageInfo are required")
	}
	var found []*account
	for _, a := range s.visible(c) {
		all := true
		for _, p := range predicates {
			o, _ := p.(obj)
			if o["Field"] == "AccountLifeCycleStatus" && len(predicates) == 1 {
				return nil, refuse(201, "AccountLifeCycleStatus goes with another predicate only")
			}
			match, ok := s.predicate(c, a, o)
			if !ok {
				return nil, refuse(201, "Predicate not supported")
			}
			all = all && match
		}
		if all {
			found = append(found, a)
		}
	}
	if order, ok := c.in["Ordering"].([]any); ok && len(order) > 0 {
		s.order(found, order[0])
	}
	out := []any{}
	for _, a := range cut(found, index, size) {
		out = append(out, a.get())
	}
	return answer{{"Accounts", "array<object<AdvertiserAccount>>", out}}, nil
}

func (s *Sim) order(list []*account, by any) {
	o, _ := by.(obj)
	key := map[any]string{"Id": "Id", "Name": "Name", "Number": "Number", "LifeCycleStatus": "AccountLifeCycleStatus"}[o["Field"]]
	slices.SortStableFunc(list, func(a, b *account) int {
		n := strings.Compare(a.str(key), b.str(key))
		if o["Order"] == "Descending" {
			return -n
		}
		return n
	})
}

func (s *Sim) getAccount(c *call) (answer, *fault) {
	id, _ := c.in["AccountId"].(string)
	a := s.accountOf(id)
	if a == nil || !c.user.sees(a) {
		return nil, denied()
	}
	return answer{{"Account", "object<AdvertiserAccount>", a.get()}}, nil
}

// updateAccount is a full update: what is left out is emptied, and the
// TimeStamp must be the one last read.
func (s *Sim) updateAccount(c *call) (answer, *fault) {
	in, _ := c.in["Account"].(obj)
	id, _ := in["Id"].(string)
	a := s.accountOf(id)
	switch {
	case a == nil || !c.user.sees(a):
		return nil, denied()
	case in["TimeStamp"] != a.str("TimeStamp"):
		return nil, refuse(209, "")
	case in["Name"] == nil || in["Name"] == "" || in["ParentCustomerId"] != a.customer || in["BusinessAddress"] == nil:
		return nil, refuse(203, "Name, ParentCustomerId and BusinessAddress are required")
	case in["CurrencyCode"] != a.str("CurrencyCode") || in["TimeZone"] != a.str("TimeZone"):
		return nil, refuse(201, "CurrencyCode and TimeZone cannot be changed here")
	}
	old := a.get()
	next := clone(in).(obj)
	for _, p := range s.tab.classes["AdvertiserAccount"].props {
		if p.readonly && p.name != "TimeStamp" {
			next[p.name] = old[p.name]
		}
	}
	a.modified = c.now.Truncate(time.Millisecond)
	next["TimeStamp"], next["LastModifiedTime"], next["LastModifiedByUserId"] = stampOf(a.modified), a.modified.UTC().Format(wireTime), c.user.member.ID
	a.fields = next
	return answer{{"LastModifiedTime", "dateTime", next["LastModifiedTime"]}}, nil
}

func info(a *account) any {
	return obj{"Id": a.id, "Name": a.str("Name"), "Number": a.str("Number"), "AccountLifeCycleStatus": a.str("AccountLifeCycleStatus")}
}

func (s *Sim) accountsInfo(c *call) (answer, *fault) {
	id, ok := c.in["CustomerId"].(string)
	parents, _ := c.in["OnlyParentAccounts"].(bool)
	if ok && id != c.user.customer {
		return nil, denied()
	}
	out := []any{}
	for _, a := range s.visible(c) {
		if !parents || a.customer == c.user.customer {
			out = append(out, info(a))
		}
	}
	return answer{{"AccountsInfo", "array<object<AccountInfo>>", out}}, nil
}

func (s *Sim) linkedInfo(c *call) (answer, *fault) {
	if id, ok := c.in["CustomerId"].(string); ok && id != c.user.customer {
		return nil, denied()
	}
	accounts, customers := []any{}, []any{}
	for _, a := range s.visible(c) {
		if a.customer != c.user.customer {
			accounts = append(accounts, info(a))
			customers = append(customers, obj{"Id": a.customer, "Name": customerNames[a.customer]})
		}
	}
	return answer{{"AccountsInfo", "array<object<AccountInfo>>", accounts}, {"CustomersInfo", "array<object<CustomerInfo>>", customers}}, nil
}

func (s *Sim) customersInfo(c *call) (answer, *fault) {
	name, _ := c.in["CustomerNameFilter"].(string)
	out := []any{}
	if own := customerNames[c.user.customer]; strings.Contains(strings.ToLower(own), strings.ToLower(name)) {
		out = append(out, obj{"Id": c.user.customer, "Name": own})
	}
	return answer{{"CustomersInfo", "array<object<CustomerInfo>>", out}}, nil
}

func (s *Sim) getCustomer(c *call) (answer, *fault) {
	if c.in["CustomerId"] != c.user.customer {
		return nil, denied()
	}
	return answer{{"Customer", "object<Customer>", obj{"CustomerFinancialStatus": "ClearFinancialStatus", "Id": c.user.customer,
		"Industry": "Retail", "LastModifiedByUserId": "0", "LastModifiedTime": "2026-10-01T08:15:22.277", "MarketCountry": "DE",
		"MarketLanguage": "German", "Name": customerNames[c.user.customer], "ServiceLevel": "SelfServe", "CustomerLifeCycleStatus": "Active",
		"TimeStamp": "AAAAAH1yyMo=", "Number": "C012345", "ForwardCompatibilityMap": []any{}}}}, nil
}
