package sim

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"time"
)

func (s *Sim) mediaOfAccount(c *call) (answer, *fault) {
	if len(flagSet(c.in["MediaEnabledEntities"])) == 0 {
		return nil, refuse(4007, "MediaEnabledEntities is required")
	}
	index, size, f := page(c.in, 1000)
	if f != nil {
		return nil, f
	}
	out := []any{}
	for _, e := range cut(living(c.acc.kids["Media"]), index, size) {
		out = append(out, e.get())
	}
	return answer{{"MediaMetaData", listKind("Media"), out}}, nil
}

func (s *Sim) videos(c *call) (answer, *fault) {
	if c.in["VideoIds"] != nil {
		return s.ofAccount("Video", "Videos", "VideoIds", 1000, 1044)(c)
	}
	index, size, f := page(c.in, 1000)
	if f != nil {
		return nil, f
	}
	out := []any{}
	for _, e := range cut(living(c.acc.kids["Video"]), index, size) {
		out = append(out, s.view(c, e))
	}
	return answer{{"Videos", listKind("Video"), out}, {"PartialErrors", errorsKind, []any{}}}, nil
}

// geoLocales are the languages of the file of places.
const geoLocales = "zh-Hant en fr de it ja-JP pt-BR es"

const geoLife = 15 * time.Minute

func (s *Sim) geoFile(c *call) (answer, *fault) {
	locale, _ := c.in["LanguageLocale"].(string)
	if c.in["Version"] != "2.0" && c.in["Version"] != "1.0" {
		return nil, refuse(205, "Version")
	}
	if !strings.Contains(" "+geoLocales+" ", " "+locale+" ") || locale == "" {
		return nil, refuse(2959, "LanguageLocale")
	}
	name := "GeoLocations_" + locale + ".csv"
	if c.in["CompressionType"] == "GZip" {
		name += ".gz"
	}
	expires := c.now.Add(geoLife)
	return answer{{"FileUrl", "string", s.storageURL(c.base, "geo", name, expires)},
		{"FileUrlExpiryTimeUtc", "dateTime", expires.UTC().Format(wireTime)},
		{"LastModifiedTimeUtc", "dateTime", s.Epoch().AddDate(0, 0, -12).Format(wireTime)}}, nil
}

// geoPlaces are a few of the real file's rows: unordered, with a deprecated one
// and its replacement.
const geoPlaces = `Location Id,Bing Display Name,Location Type,Replaces,Status,AdWords Location Id
4498,Bavaria|Germany,State,,Active,20226
72,Germany,Country,,Active,2276
10115,10115|Berlin|Berlin|Germany,PostalCode,,Active,9042934
190,United States,Country,,Active,2840
5001,Washington|United States,State,,Active,21180
84303,"Seattle|Washington|United States",City,,Active,1027744
80211,"Seattle-Tacoma, WA|United States",MetroArea,,Active,200819
107,Japan,Country,,Active,2392
188,United Kingdom,Country,,Active,2826
600001,Old Town|Washington|United States,Neighborhood,,PendingDeprecation,
600002,Lost Village|Germany,City,,Deprecated,
600003,New Village|Germany,City,600002,Active,
25061,King County|Washington|United States,County,,Active,9052341
`

func (s *Sim) sendGeo(w http.ResponseWriter, name string) {
	body := []byte("\ufeff" + geoPlaces)
	if strings.Contains(name, "_de.") {
		body = bytes.ReplaceAll(body, []byte("Germany"), []byte("Deutschland"))
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if !strings.HasSuffix(name, ".gz") {
		w.Write(body)
		return
	}
	z := gzip.NewWriter(w) // raw gzip: no Content-Encoding is set
	z.Write(body)
	z.Close()
}
