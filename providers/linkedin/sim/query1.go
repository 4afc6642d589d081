package sim

import (
	"strconv"
	"strings"
)

// maxIndex bounds a protocol-1 array index.
const maxIndex = 20_000

// setDotted puts a protocol 1.0.0 parameter (search.account.values[0]=…) into
// the tree under root. Arrays are records of numbers until finishDotted.
func setDotted(root map[string]value, name, text string) *fault {
	path, ok := dottedPath(name)
	if !ok || len(path) > maxDepth {
		return paramInvalid(name, "")
	}
	at := root
	for i, key := range path {
		if i == len(path)-1 {
			if old, taken := at[key]; taken {
				if old.kind == record && old.rec["#rep"].text != "yes" {
					return paramInvalid(name, "")
				}
				at[key] = repeated(old, text)
				return nil
			}
			at[key] = value{kind: primitive, text: text}
			return nil
		}
		next, ok := at[key]
		if !ok {
			next = value{kind: record, rec: map[string]value{}}
			at[key] = next
		}
		if next.kind != record {
			return paramInvalid(name, "")
		}
		at = next.rec
	}
	return nil
}

// repeated turns a parameter that is given again into a list: protocol 1 also
// writes arrays by repetition.
func repeated(old value, text string) value {
	if old.kind != record {
		return value{kind: record, rec: map[string]value{
			"#rep": {text: "yes"}, "#0": old, "#1": {kind: primitive, text: text},
		}}
	}
	old.rec["#"+strconv.Itoa(len(old.rec)-1)] = value{kind: primitive, text: text}
	return old
}

// dottedPath splits a.b[0].c into a, b, #0, c.
func dottedPath(name string) ([]string, bool) {
	var path []string
	for part := range strings.SplitSeq(name, ".") {
		key, rest, indexed := strings.Cut(part, "[")
		if key == "" || strings.ContainsAny(key, "]#") {
			return nil, false
		}
		path = append(path, key)
		for indexed {
			num, more, ok := strings.Cut(rest, "]")
			n, err := strconv.Atoi(num)
			if !ok || err != nil || n < 0 || n > maxIndex {
				return nil, false
			}
			path = append(path, "#"+strconv.Itoa(n))
			if more == "" {
				break
			}
			if more[0] != '[' {
				return nil, false
			}
			rest = more[1:]
		}
	}
	return path, true
}

// finishDotted turns index records into lists; a gap in the indices is an error.
func finishDotted(p *params, root map[string]value) *fault {
	for name, v := range root {
		done, ok := lists(v)
		if !ok {
			return paramInvalid(name, "")
		}
		p.values[name] = done
	}
	return nil
}

func lists(v value) (value, bool) {
	if v.kind != record {
		return v, true
	}
	delete(v.rec, "#rep")
	indexed := 0
	for k := range v.rec {
		if k[0] == '#' {
			indexed++
		}
	}
	if indexed > 0 {
		out := value{kind: list, list: make([]value, 0, indexed)}
		if indexed != len(v.rec) {
			return v, false
		}
		for i := range indexed {
			e, ok := v.rec["#"+strconv.Itoa(i)]
			if !ok {
				return v, false
			}
			e, ok = lists(e)
			if !ok {
				return v, false
			}
			out.list = append(out.list, e)
		}
		return out, true
	}
	for k, e := range v.rec {
		done, ok := lists(e)
		if !ok {
			return v, false
		}
		v.rec[k] = done
	}
	return v, true
}
