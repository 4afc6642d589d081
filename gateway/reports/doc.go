// Package reports answers GET /ads/{connection_id}/report: it parses the question once, finds the accounts and their
// zones, asks the platform for what the KPIs are made of, derives, totals, orders and writes. It owns what is the same
// on every platform; what a platform can answer, and its rows, are the adapter's (providers.Reports); the bytes are
// package stream's.
//
// A report is whole or it is an error. Rows that can leave as they come do (format=table); what must be put together
// first (an object per entity, an order, a page) is sorted in bounded memory, on disk when it is large.
package reports
