// Package linkedin is the adapter of the LinkedIn Marketing API (Advertising program), spoken in Rest.li 2.0.
//
// Levels. LinkedIn's own words shifted by one: its campaign is our group.
//
//	organization  ad account        /adAccounts/{id}
//	campaign      campaign group    /adAccounts/{account}/adCampaignGroups/{id}
//	group         campaign          /adAccounts/{account}/adCampaigns/{id}
//	ad, creative  creative          /adAccounts/{account}/creatives/{urn}: one object, the same id at both levels
//	asset         image, video, document, found through the posts that creatives sponsor
//
// What bites, and where it is dealt with:
//   - A version lives a year and dies with HTTP 426 on every call: version.go keeps the calendar, reads fall forward.
//   - Rest.li 2.0 wants its structure literal and its values escaped twice as hard as a URL would: restli.go.
//   - adAnalytics does not page and cuts at 15,000 rows without a word: windows are planned below that, and report_split.go asks again.
//   - A report of an account without a role is empty, not forbidden: report_stream.go asks for the account.
//   - A new token may be refused as revoked for some seconds: auth.go tells a young token from a revoked one.
//   - Everything is UTC, whatever the account's country: days, budgets, schedules.
//   - Posts and media need other scopes than ads do: without them creatives come without their text.
//
// The platform's reference: https://learn.microsoft.com/linkedin/marketing/
//
// The lists in README.md are written by "go generate".
//
//go:generate go test -count=1 -run ^TestREADME$ . -update
package linkedin
