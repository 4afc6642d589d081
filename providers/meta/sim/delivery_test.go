package sim_test

import (
	"slices"
	"testing"

	"github.com/admux/admux/providers/meta/sim"
)

// Singer's tap reads a level as the union of what each delivery word lists, so
// every object, archived and deleted ones too, has exactly one of the words.
func TestDeliveryInfoSplitsALevelWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Size: "medium"})
	act := accountID(w, 0)
	words := []string{"active", "archived", "completed", "limited", "not_delivering", "deleted", "not_published", "pending_review",
		"permanently_deleted", "recently_completed", "recently_rejected", "rejected", "scheduled", "inactive"}
	for edge, level := range map[string]string{"campaigns": "campaign", "adsets": "adset", "ads": "ad"} {
		status := level + ".effective_status"
		all := ids(w.data(act+"/"+edge, "limit", "2000", "filtering", `[{"field":"`+status+`","operator":"NOT_IN","value":["X"]}]`))
		var union []string
		for _, word := range words {
			list := w.data(act+"/"+edge, "fields", "effective_status", "limit", "2000",
				"filtering", `[{"field":"`+level+`.delivery_info","operator":"IN","value":["`+word+`"]}]`)
			for _, x := range list {
				st := text(x, "effective_status")
				if (word == "active") && st != "ACTIVE" || (word == "deleted") != (st == "DELETED") || (word == "archived") != (st == "ARCHIVED") {
					t.Errorf("%s: %s lists one that is %s", edge, word, st)
				}
			}
			union = append(union, ids(list)...)
		}
		slices.Sort(all)
		slices.Sort(union)
		if len(all) == 0 || !slices.Equal(all, union) {
			t.Errorf("%s: %d in the union, %d in all", edge, len(union), len(all))
		}
	}
	refused(t, w.get(act+"/ads", "fields", "delivery_info"), 400, "100", "")
	refused(t, w.get(act+"/adcreatives", "filtering", `[{"field":"delivery_info","operator":"IN","value":["active"]}]`), 400, "100", "")
}

// Airbyte's connector reads what it may ask of an account from its own seat.
func TestASeatInABusinessSaysWhatItMayDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	seats := w.data("me/business_users")
	if len(seats) != 1 || text(seats[0], "business", "id") == "" {
		t.Fatalf("%v", seats)
	}
	users := w.data(accountID(w, 0)+"/assigned_users", "business", text(seats[0], "business", "id"))
	if len(users) != 1 || text(users[0], "id") != text(seats[0], "id") || len(users[0]["tasks"].([]any)) != 3 {
		t.Errorf("%v", users)
	}
	if other := w.data(accountID(w, 0)+"/assigned_users", "business", "1"); len(other) != 0 {
		t.Errorf("of another business: %v", other)
	}
	refused(t, w.get(accountID(w, 0)+"/assigned_users"), 400, "100", "")
}

func TestAnEmptyListIsAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	if a := w.get(accountID(w, 0) + "/adlabels"); a.status != 200 || a.text != `{"data":[]}` {
		t.Errorf("%d %s", a.status, a.text)
	}
}
