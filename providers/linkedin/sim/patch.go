package sim

import (
	"encoding/json"
	"maps"
	"slices"
)

// parsePatch takes {"patch":{…}} apart.
func parsePatch(body obj) (obj, *fault) {
	p, ok := body["patch"].(obj)
	if !ok || len(body) != 1 {
		return nil, badRequest("Missing patch in partial update")
	}
	return p, nil
}

// applyPatch makes a new object: $set, $delete and nested patches. A $set of a
// record replaces all of it.
func applyPatch(o, patch obj) (obj, *fault) {
	out := maps.Clone(o)
	if out == nil {
		out = obj{}
	}
	for k, v := range patch {
		switch k {
		case "$set":
			set, ok := v.(obj)
			if !ok {
				return nil, badRequest("$set must be an object")
			}
			maps.Copy(out, set)
		case "$delete":
			names, ok := v.([]any)
			if !ok {
				return nil, badRequest("$delete must be an array")
			}
			for _, n := range names {
				s, ok := n.(string)
				if !ok {
					return nil, badRequest("$delete must name fields")
				}
				delete(out, s)
			}
		default:
			sub, ok := v.(obj)
			if !ok {
				return nil, badRequest("Invalid patch of " + k)
			}
			inner, _ := out[k].(obj)
			done, f := applyPatch(inner, sub)
			if f != nil {
				return nil, f
			}
			out[k] = done
		}
	}
	return out, nil
}

// touched are the top fields that a patch names.
func touched(patch obj) []string {
	var out []string
	for k, v := range patch {
		switch k {
		case "$set":
			set, _ := v.(obj)
			out = slices.AppendSeq(out, maps.Keys(set))
		case "$delete":
			names, _ := v.([]any)
			for _, n := range names {
				if s, ok := n.(string); ok {
					out = append(out, s)
				}
			}
		default:
			out = append(out, k)
		}
	}
	return out
}

// plain turns the numbers of a client's JSON into int64 where they are whole,
// so that what is read back looks as what was seeded.
func plain(v any) any {
	switch v := v.(type) {
	case obj:
		out := make(obj, len(v))
		for k, x := range v {
			out[k] = plain(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plain(x)
		}
		return out
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
	}
	return v
}
