// Package google is the adapter of the Google Ads API, spoken over its REST JSON interface.
//
// Levels.
//
//	organization  customer that is not a manager     customers/{id}
//	campaign      campaign and its campaign budget   customers/{customer}/campaigns/{id}
//	group         ad group, or the asset group of a Performance Max campaign ("assetgroup:" before its number)
//	ad, creative  ad of an ad group                  customers/{customer}/adGroupAds/{ad group}~{ad}: one id for both
//	              or the asset group again, as Performance Max has no ads
//	asset         image, text, YouTube video, media bundle of the account's library
//
// What bites, and where it is dealt with:
//   - There is no list and no get: everything is a query in GAQL (gaql.go), without offset or page size. Lists page by key.
//   - Who may read an account depends on the manager named in login-customer-id: tree.go finds the way to each account, forest.go keeps it.
//   - Removed objects stay and are answered: lists hide them on every level, unless they are asked for.
//   - Amounts are micros in text, averages doubles of micros, conversion values doubles in major units: no float is read.
//   - int64 is text, what is unset is absent, an empty list as well.
//   - A 401 is an expired token, a person without Google Ads, or an account that does not exist: errors.go tells them apart.
//   - A streamed answer may fail after good parts of it, under a 200: report_fetch.go.
//   - No limit is told before it is hit; what an app may do in a day depends on its access level: limits.go counts.
//   - Times of campaigns are wall clock of the account, and the last second is part of them: map_time.go.
//   - Revoking one connection's grant ends all grants of that user to that app: auth.go.
//
// The platform's reference: https://developers.google.com/google-ads/api/
//
// The lists in README.md are written by "go generate".
//
//go:generate go test -count=1 -run ^TestREADME$ . -update
package google
