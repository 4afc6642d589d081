package sim

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// accept holds a body against an object's published fields.
func (s *Sim) accept(object string, body obj, update bool) *apiError {
	fields := s.tab.fields[object]
	for _, name := range sortedKeys(body) {
		f, ok := fields[name]
		switch {
		case !ok || !f.onCreate && !f.onUpdate:
			return badParam("%s: Unknown field.", name)
		case update && !f.onUpdate:
			return badParam("%s: This field cannot be updated.", name)
		case !update && !f.onCreate:
			return badParam("%s: Unknown field.", name)
		}
		if err := s.kindOf(name, body[name], f.kind); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		if (update && f.needUpdate || !update && f.needCreate) && body[name] == nil && name != "advertiser_id" {
			if name == "budget" || name == "budget_mode" || name == "pacing" { // not with a campaign's budget
				continue
			}
			return missing(name)
		}
	}
	return nil
}

// kindOf checks a value against "array<enum<Age>>" and the like.
func (s *Sim) kindOf(path string, v any, kind string) *apiError {
	if v == nil {
		return nil
	}
	if !isKind(v, kind) {
		return badParam("%s: Not a valid %s", path, strings.TrimSuffix(kind, "_utc"))
	}
	head, inner, _ := strings.Cut(kind, "<")
	inner = strings.TrimSuffix(inner, ">")
	switch head {
	case "array":
		for i, x := range v.([]any) {
			if err := s.kindOf(path+"."+strconv.Itoa(i), x, inner); err != nil {
				return err
			}
		}
	case "object":
		fields, ok := s.tab.Types[inner]
		if !ok {
			return nil
		}
		for _, k := range sortedKeys(v.(obj)) {
			kind, ok := fields[k]
			if !ok {
				return badParam("%s.%s: Unknown field.", path, k)
			}
			if err := s.kindOf(path+"."+k, v.(obj)[k], kind); err != nil {
				return err
			}
		}
	case "enum":
		if list := s.tab.Enums[inner]; len(list) > 0 && !slices.Contains(list, v.(string)) {
			return badParam("%s: Must be one of: %s.", path, strings.Join(list, ", "))
		}
	}
	return nil
}

// gateway holds a body against the gateway's own definition of an endpoint.
// Later documentation widens two of its lists.
func (s *Sim) gateway(c *call, object string) *apiError {
	rules := s.tab.Endpoints["POST "+c.path]
	if err := s.gatewayObject(c.params, "", rules, object); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		r := rules[name]
		if r.Required && !strings.Contains(name, ".") && c.params[name] == nil {
			return missing(name)
		}
	}
	return nil
}

func (s *Sim) gatewayObject(o obj, path string, rules map[string]rule, object string) *apiError {
	for _, k := range sortedKeys(o) {
		at := strings.TrimPrefix(path+"."+k, ".")
		r, ok := rules[at]
		if !ok {
			f, known := s.tab.fields[object][k]
			if path == "" && known && (f.onCreate || f.onUpdate) {
				if err := s.kindOf(at, o[k], f.kind); err != nil {
					return err
				}
				continue
			}
			return badParam("%s: Unknown field.", at)
		}
		if err := s.gatewayValue(o[k], at, r, rules, object); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sim) gatewayValue(v any, at string, r rule, rules map[string]rule, object string) *apiError {
	if v == nil {
		return nil
	}
	if !isKind(v, r.Type) {
		return badParam("%s: Not a valid %s", at, r.Type)
	}
	switch x := v.(type) {
	case string:
		widened := at == "budget_mode" || at == "sales_destination"
		if len(r.Enum) > 0 && !slices.Contains(r.Enum, x) && !widened {
			return badParam("%s: Must be one of: %s.", at, strings.Join(r.Enum, ", "))
		}
	case json.Number:
		f, err := x.Float64()
		if err != nil || r.Min != nil && f < *r.Min || r.Max != nil && f > *r.Max {
			return badParam("%s: Out of range.", at)
		}
	case []any:
		if r.MinItems != nil && len(x) < *r.MinItems || r.MaxItems != nil && len(x) > *r.MaxItems {
			return badParam("%s: Length must be within the limits, got %d.", at, len(x))
		}
		for _, e := range x {
			if err := s.gatewayValue(e, at+"[]", rules[at+"[]"], rules, object); err != nil {
				return err
			}
		}
	case obj:
		return s.gatewayObject(x, at, rules, object)
	}
	return nil
}

// units is a text's length as TikTok counts it: Chinese and Japanese characters
// are two.
func units(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x2E80 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF || r >= 0xFF00 && r <= 0xFF60 {
			n++
		}
	}
	return n
}

// checkName wants a name of a sane length without emoji.
func checkName(field, name string, most int) *apiError {
	switch {
	case name == "":
		return missing(field)
	case units(name) > most:
		return badParam("%s: Longer than maximum length %d.", field, most)
	case strings.ContainsFunc(name, isEmoji):
		return badParam("%s: Emojis are not supported.", field)
	}
	return nil
}

// amount reads money: a JSON number in major units with the decimals that the
// currency has.
func (s *Sim) amount(a *account, o obj, name string) (int64, *apiError) {
	n, ok := o[name].(json.Number)
	if !ok {
		return 0, nil
	}
	v, err := simkit.ParseMicros(n.String())
	step := int64(simkit.Micro / 100)
	if s.tab.wholeMoney(a.src.Currency) {
		step = simkit.Micro
	}
	if err != nil || v < 0 || v%step != 0 {
		return 0, badParam("%s: The precision of the amount is not supported for %s.", name, a.src.Currency)
	}
	return v, nil
}

// checkBudget wants at least base × the currency's ratio (× days for a lifetime
// budget of an ad group), less than ten million, and 105 % of what is spent.
func (s *Sim) checkBudget(a *account, budget, base, days int64, spent int64) *apiError {
	ratio := max(1, s.tab.Ratio[a.src.Currency])
	least := base * ratio * max(1, days)
	switch {
	case budget < least*simkit.Micro:
		return badParam("budget: The budget must be at least %d %s.", least, a.src.Currency)
	case budget >= 10_000_000*ratio*simkit.Micro:
		return badParam("budget: The budget is too high.")
	case budget*100 < spent*105:
		return badParam("budget: The budget cannot be lower than 105%% of the current spend.")
	}
	return nil
}

// spentBy is what the ads below an object have cost: today, or ever.
func (s *Sim) spentBy(c *call, e *entity, mode string) int64 {
	loc := c.account.src.Loc
	to := simkit.DayOf(c.now.In(loc)) + 1
	from := to - 1
	if mode == "BUDGET_MODE_TOTAL" {
		from = s.kit.World.FirstDay()
	}
	total := int64(0)
	for _, ad := range c.account.ads.all {
		if ad.ad != nil && (ad.parent == e || ad.parent.parent == e) {
			f := s.kit.World.Sum(ad.ad, from, to, c.now)
			total += f[simkit.Cost]
		}
	}
	return total
}

// spend marks an idempotency key as used; a key used before is refused (that it
// is, and not answered with the first object, is assumed).
func (c *call) spendKey() *apiError {
	key := c.str("request_id")
	if key == "" {
		return nil
	}
	if _, err := strconv.ParseInt(key, 10, 64); err != nil {
		return badParam("request_id: Not a valid 64-bit integer")
	}
	if c.account.requests[key] {
		return refuse(codeDuplicate, "Duplicated request.")
	}
	return nil
}

// edit copies what a seeded object shows, so that it can be changed.
func (e *entity) edit() obj {
	if e.fields == nil {
		e.fields = e.build()
	}
	return e.fields
}

// set writes a body's fields into the object; null leaves what is there.
func (e *entity) set(body obj, except ...string) {
	f := e.edit()
	for k, v := range body {
		if v != nil && k != "advertiser_id" && k != "request_id" && k != "operation_status" && !slices.Contains(except, k) {
			f[k] = v
		}
	}
}

// full is the answer of a write: the whole object.
func (s *Sim) full(c *call, e *entity, object string) obj {
	return row{e: e}.render(s, listing{object: object}, c.now)
}
