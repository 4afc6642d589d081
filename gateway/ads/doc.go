// Package ads answers /ads/{connection_id}/{object}: one generic list and get over every kind of object of every
// platform. It owns what is the same everywhere: parameters, filters over whole lists, sorting, offsets, cursors, the
// projection to the fields asked for. A provider sees only the filters that it claims, and page sizes within its range.
//
// What a list promises: every object that passes the filters is in exactly one page, in an order that is total when a
// sort is asked; a page that could not be read whole is an error and never a shorter list; a cursor belongs to the
// query that it came from.
//
// It does not own connections or keys: a session is opened by a function of Config.
package ads
