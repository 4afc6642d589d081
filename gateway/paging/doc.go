// Package paging holds what lists have in common: cursors that belong to the query they came from, and the Link header.
package paging
