package sim

import (
	"net/http"
	"net/url"
	"strings"
)

// encodeKey is a key as Rest.li maps print it: reserved characters escaped.
func encodeKey(k string) string {
	e := url.QueryEscape(k)
	return strings.ReplaceAll(e, "+", "%20")
}

// batchGet answers ids=List(…) with results, statuses and errors by key. get
// returns a fault for a key it has nothing for.
func batchGet(w http.ResponseWriter, q *request, get func(id string) (obj, *fault)) *fault {
	if f := q.params.only("ids"); f != nil {
		return f
	}
	ids, _, f := q.params.texts("ids", false)
	if f != nil {
		return f
	}
	results, statuses, errs := obj{}, obj{}, obj{}
	for _, id := range ids {
		o, f := get(id)
		if f != nil {
			errs[encodeKey(id)] = f.body()
			continue
		}
		results[encodeKey(id)] = q.mask.apply(o)
		statuses[encodeKey(id)] = int64(http.StatusOK)
	}
	writeJSON(w, http.StatusOK, obj{"results": results, "statuses": statuses, "errors": errs})
	return nil
}
