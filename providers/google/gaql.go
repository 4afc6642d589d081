package google

import (
	"slices"
	"strconv"
	"strings"
)

// gaql is a query. Conditions are ANDed: there is no OR. Texts in them come from gaqlString and numbers from digits, so
// that a caller's text is never read as a part of the query.
type gaql struct {
	fields []string
	from   string
	where  []string
	order  string
	limit  int // 0: none
}

// String is the query as the platform reads it.
func (q gaql) String() string {
	var b strings.Builder
	b.WriteString("SELECT ")
	b.WriteString(strings.Join(q.fields, ", "))
	b.WriteString(" FROM ")
	b.WriteString(q.from)
	if len(q.where) > 0 {
		b.WriteString(" WHERE ")
		b.WriteString(strings.Join(q.where, " AND "))
	}
	if q.order != "" {
		b.WriteString(" ORDER BY ")
		b.WriteString(q.order)
	}
	if q.limit > 0 {
		b.WriteString(" LIMIT ")
		b.WriteString(strconv.Itoa(q.limit))
	}
	return b.String()
}

var quoted = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// gaqlString quotes a text. It must hold no line break, which no text of GAQL may.
func gaqlString(s string) string { return "'" + quoted.Replace(s) + "'" }

// gaqlIDs is a list of ids, which must be digits.
func gaqlIDs(ids []string) string { return "(" + strings.Join(ids, ", ") + ")" }

// gaqlStrings is a list of texts.
func gaqlStrings(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = gaqlString(s)
	}
	return "(" + strings.Join(out, ", ") + ")"
}

var wildcards = strings.NewReplacer("%", "[%]", "_", "[_]", "[", "[[]", "]", "[]]")

// contains is the condition that a text field holds s, case ignored. ok is false when no field can: names hold no
// line breaks.
func contains(field, s string) (condition string, ok bool) {
	if strings.ContainsAny(s, "\n\r\x00") {
		return "", false
	}
	return field + " LIKE " + gaqlString("%"+wildcards.Replace(s)+"%"), true
}

// digits tells whether s can be an id: an int64 without a sign.
func digits(s string) bool {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return false
	}
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

// unique sorts ids and drops the empty and repeated ones.
func unique(ids []string) []string {
	ids = slices.DeleteFunc(ids, func(s string) bool { return s == "" })
	slices.Sort(ids)
	return slices.Compact(ids)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// tail is the last part of a resource name: its id.
func tail(resourceName string) string {
	return resourceName[strings.LastIndexByte(resourceName, '/')+1:]
}

// Ids of ours. Performance Max has asset groups where others have ad groups, numbered on their own: the prefix tells
// them apart in objects, filters and report rows alike.
const assetGroupPrefix = "assetgroup:"

func assetGroupID(number string) string { return assetGroupPrefix + number }

// adID is the id of an ad: an ad's own number cannot be addressed without its ad group.
func adID(group, ad string) string { return group + "~" + ad }

// parseGroup reads a group's id.
func parseGroup(id string) (number string, asset, ok bool) {
	number, asset = strings.CutPrefix(id, assetGroupPrefix)
	return number, asset, digits(number)
}

// parseAd reads an ad's id. For an asset group, group is its number and ad is empty.
func parseAd(id string) (group, ad string, asset, ok bool) {
	if number, isAsset := strings.CutPrefix(id, assetGroupPrefix); isAsset {
		return number, "", true, digits(number)
	}
	group, ad, _ = strings.Cut(id, "~")
	return group, ad, false, digits(group) && digits(ad)
}
