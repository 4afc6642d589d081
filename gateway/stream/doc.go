// Package stream turns the rows of a report into bytes, one shape a file: the contract's AdsReport objects and the
// flat table, both JSON, behind one Writer. It owns names of columns, order of keys and how a failure shows; it knows
// nothing of platforms, plans or HTTP beyond the response it writes to. Memory does not grow with rows.
package stream
