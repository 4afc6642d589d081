// Package simkit is the kit that every platform's simulator is built with: one
// neutral world with an exact ledger, a clock, an OAuth 2 authorization server,
// a fault plan, a call log and the control paths. It knows no platform and
// imports nothing but the standard library.
//
// # World and ledger
//
// NewWorld makes accounts, campaigns, groups, ads, creatives and assets from a
// seed. Facts are not stored: World.Day computes what an ad did on a day of its
// account's zone, as it is known at a moment. Days cut by Hours or Split sum
// exactly to the whole, in integers and in decimals. Conversions keep arriving
// for 28 days, and invalid clicks leave the numbers after three: asking later
// gives other numbers, as on the real platforms. Writes through a simulator do
// not change the ledger. An account that World.Load brings has the facts it was
// given instead, for good.
//
// # Control paths
//
// They exist on no real platform and no adapter knows them. Bodies are JSON.
//
//	GET    /_sim/ledger?org=ID&from=DAY&to=DAY
//	       NDJSON, one fact per ad and day with activity, `to` exclusive, sorted
//	       by day, campaign, group, ad (in the world's order):
//	       {"org","campaign","group","ad","date","currency","impressions",
//	       "clicks","cost","conversions","conversion_value"}; ids, cost and
//	       conversion_value are strings.
//	POST   /_sim/fault      a Fault: {"path","query","method","status","headers",
//	       "body","delay_ms","cut_after_bytes","stall","times","after"}
//	DELETE /_sim/fault      disarm all
//	POST   /_sim/advance    {"duration":"24h"} → {"now"}
//	GET    /_sim/clock      {"now"}
//	GET    /_sim/calls      NDJSON of Call; DELETE empties it
//	GET    /_sim/oauth      {"settings","counts"}
//	POST   /_sim/load       a Load → a Loaded: one more account, with its
//	       campaigns, groups, ads and facts as given
//	POST   /_sim/oauth      any of the OAuthSettings by their JSON names, and
//	       {"revoke":"access|refresh|all"}, {"expire":"access|refresh|all"}
package simkit
