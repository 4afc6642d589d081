// Package sim is the toy platform, simulated.
package sim

import (
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

var page = template.Must(template.New("").Parse(`<form method="post" action="/authorize">
{{range $name, $value := .}}<input name="{{$name}}" value="{{index $value 0}}">{{end}}<button name="decision" value="allow">Allow</button></form>`))

// New makes the simulator.
func New() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) { _ = page.Execute(w, r.URL.Query()) })
	mux.HandleFunc("POST /authorize", func(w http.ResponseWriter, r *http.Request) {
		back := r.FormValue("redirect_uri") + "?" + url.Values{"code": {"toy-code"}, "state": {r.FormValue("state")}}.Encode()
		http.Redirect(w, r, back, http.StatusFound)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"access_token": "toy-token", "refresh_token": "toy-refresh", "token_type": "Bearer", "expires_in": 3600})
	})
	mux.HandleFunc("GET /accounts", known(func(url.Values) any {
		return []any{map[string]any{"ID": 1, "Name": "Toy account", "Currency": "EUR"}}
	}))
	mux.HandleFunc("GET /campaigns", known(func(url.Values) any {
		return []any{map[string]any{"ID": "77", "Account": 1, "Name": "Building blocks"}}
	}))
	mux.HandleFunc("GET /report", known(report))
	return mux
}

func known(f func(url.Values) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer toy-token" {
			http.Error(w, "who is there", http.StatusUnauthorized)
			return
		}
		answer(w, f(r.URL.Query()))
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// report has three taps and 1.25 spent on every day.
func report(q url.Values) any {
	from, _ := time.Parse(time.DateOnly, q.Get("from"))
	to, _ := time.Parse(time.DateOnly, q.Get("to"))
	days := []any{}
	n := int64(0)
	for d := from; d.Before(to); d = d.AddDate(0, 0, 1) {
		n++
		days = append(days, fact(d.Format(time.DateOnly), 1))
	}
	if q.Get("total") != "" {
		return []any{fact("", n)}
	}
	return days
}

func fact(day string, n int64) any {
	cents := strconv.FormatInt(125*n, 10)
	return map[string]any{"Campaign": 77, "Name": "Building blocks", "Date": day, "Taps": 3 * n, "Price": cents[:len(cents)-2] + "." + cents[len(cents)-2:]}
}
