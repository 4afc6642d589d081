// Package gaql reads the Google Ads Query Language and answers it: it parses a
// query, refuses what the platform refuses with the platform's own error code,
// and turns objects and facts of a [Source] into the JSON rows of
// GoogleAdsService.Search and SearchStream.
//
// It knows the platform's catalogue (fields, types, joins, which segments go
// with which metrics); the source knows the world.
package gaql
