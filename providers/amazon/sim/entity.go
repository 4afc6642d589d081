package sim

import (
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// entity is anything that a profile holds. Its fields are in the product's own
// spelling; ids and state are added when it is shown. fields are replaced, never
// changed, so that a reader needs the lock only for the pointer.
type entity struct {
	kind     *kind
	prof     *profile
	id       int64
	campaign *entity
	group    *entity
	state    string // ENABLED, PAUSED, ARCHIVED
	fields   obj
	created  time.Time
	updated  time.Time
	review   string    // PENDING, REJECTED; empty: approved
	until    time.Time // under review until then
	legacy   bool      // a Sponsored Brands campaign from before v4
	versions []obj     // of a Sponsored Brands ad's creative

	src     *simkit.Campaign
	neutral *simkit.Group
	ad      *simkit.Ad
}

func (e *entity) text(name string) string {
	t, _ := e.fields[name].(string)
	return t
}

// shown is the entity as its product spells it.
func (s *Sim) shown(e *entity, extended bool, now time.Time) obj {
	k := e.kind
	b := maps.Clone(e.fields)
	id := func(n int64) any {
		if k.numbers {
			return n
		}
		return itoa(n)
	}
	b["state"] = e.state
	if k.numbers {
		b["state"] = strings.ToLower(e.state)
	}
	if k.idField != "" && (e.kind.name != "sb.ad" || !e.campaign.legacy) {
		b[k.idField] = id(e.id)
	}
	if k.level > levelCampaign && e.campaign != nil && !k.noCampaign {
		b["campaignId"] = id(e.campaign.id)
	}
	if k.level > levelGroup && e.group != nil {
		b["adGroupId"] = id(e.group.id)
	}
	if e.kind.name == "sb.ad" && e.campaign.legacy {
		delete(b, "name")
	}
	if extended {
		s.extend(b, e, now)
	}
	return b
}

// extend adds what a list gives only when asked: as an object in SP and SB v4,
// among the fields in SD.
func (s *Sim) extend(b obj, e *entity, now time.Time) {
	word := servingStatus(e, now)
	switch e.kind.product {
	case sd:
		b["servingStatus"] = word
		b["creationDate"], b["lastUpdatedDate"] = e.created.UnixMilli(), e.updated.UnixMilli()
	case sb:
		b["extendedData"] = obj{"servingStatus": word, "servingStatusDetails": []any{word + "_DETAIL"},
			"creationDate": e.created.UnixMilli(), "lastUpdateDate": e.updated.UnixMilli()}
	default:
		b["extendedData"] = obj{"servingStatus": word, "servingStatusDetails": []any{obj{"name": word + "_DETAIL"}},
			"creationDateTime": stampText(e.created), "lastUpdateDateTime": stampText(e.updated)}
	}
}

func stampText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// amount is money as a JSON number in major units.
func amount(micros int64) json.Number { return json.Number(simkit.FormatMicros(micros)) }

// next numbers what is made after the seed.
func (s *Sim) next(name string, base int64) int64 {
	s.nextID[name]++
	return base + s.nextID[name] - 1
}
