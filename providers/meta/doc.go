// Package meta is the adapter of the Meta Marketing API, which is a part of the Graph API: Facebook, Instagram,
// Messenger, Threads, WhatsApp and the Audience Network.
//
// Levels. Meta's oldest words are shifted by one, and still surface in error texts: there an adcampaign is an ad set and
// an adgroup is an ad.
//
//	organization  ad account  /act_{id}
//	campaign      campaign    /{id}, listed by /act_{account}/campaigns
//	group         ad set      /{id}, listed by /act_{account}/adsets
//	ad            ad          /{id}, listed by /act_{account}/ads
//	creative      ad creative /{id}, listed by /act_{account}/adcreatives: its content never changes
//	asset         image, video
//
// What bites, and where it is dealt with:
//   - The next page's URL holds the access token: client.go goes by the cursor alone, and says the page is the last by
//     the absence of that URL, never by a short page.
//   - A call may be refused as too heavy in the middle of a list: client.go asks again for half as many, from the same place.
//   - Every failure is HTTP 400, throttles included, or even 200; codes come in two positions: errors.go reads the body.
//   - A throttled account stays throttled for as long as it is called: limits.go slows down from 80 percent on.
//   - Amounts are in minor units by Meta's own table, not by ISO 4217: map_money.go refuses a currency that is not in it.
//   - Lists hide what is archived or deleted, unless asked.
//   - There are no refresh tokens: auth.go exchanges a living token for one that lives longer. A locked account is not a dead grant.
//   - Media URLs are signed and run out.
//
// The platform's reference: https://developers.facebook.com/docs/marketing-api/
//
// The lists in README.md are written by "go generate".
//
//go:generate go test -count=1 -run ^TestREADME$ . -update
package meta
