package sim

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"time"
)

// bulkJob is one download of an account's entities.
type bulkJob struct {
	acc       *account
	user      string
	entities  map[string]bool
	since     time.Time
	submitted time.Time
	polls     int
	name      string
	gzip, tsv bool
}

const bulkTime = "01/02/2006 15:04:05.000"

func (s *Sim) bulkDownload(c *call) (answer, *fault) {
	ids, _ := c.in["AccountIds"].([]any)
	list, _ := c.in["DownloadEntities"].([]any)
	switch {
	case len(ids) != 1 || ids[0] != c.acc.id:
		return nil, refuse(1102, "AccountIds")
	case len(list) == 0:
		return nil, refuse(203, "DownloadEntities")
	case c.in["FormatVersion"] != "6.0":
		return nil, refuse(205, "FormatVersion")
	}
	j := &bulkJob{acc: c.acc, user: c.user.member.ID, entities: map[string]bool{}, submitted: c.now,
		gzip: c.in["CompressionType"] == "GZip", tsv: c.in["DownloadFileType"] == "Tsv"}
	for _, x := range list {
		text, _ := x.(string)
		if !strings.Contains(" Campaigns AdGroups Ads Budgets Keywords AssetGroups ", " "+text+" ") {
			return nil, &fault{status: http.StatusBadRequest, code: 204, message: "The simulator downloads no " + text + "."}
		}
		j.entities[text] = true
	}
	if text, ok := c.in["LastSyncTimeInUTC"].(string); ok {
		at, _ := readTime(text)
		if j.since = at; c.now.Sub(at) > 30*24*time.Hour {
			return nil, refuse(201, "LastSyncTimeInUTC is older than 30 days")
		}
	}
	s.nextID["bulk"]++
	id := itoa(618436000000 + s.nextID["bulk"])
	j.name = id + ".zip"
	if j.gzip {
		j.name = id + ".csv.gz"
	}
	s.bulk[id] = j
	return answer{{"DownloadRequestId", "string", id}}, nil
}

func (s *Sim) bulkStatus(c *call) (answer, *fault) {
	id, _ := c.in["RequestId"].(string)
	j := s.bulk[id]
	if j == nil || j.user != c.user.member.ID || c.now.Sub(j.submitted) > 48*time.Hour {
		return nil, refuse(201, "RequestId")
	}
	status, percent, link := "InProgress", int64(40), any(nil)
	if j.polls++; j.polls > 1 {
		status, percent, link = "Completed", 100, s.storageURL(c.base, "bulk", j.name, c.now.Add(urlLife))
	}
	return answer{{"RequestStatus", "string", status}, {"ResultFileUrl", "string", link}, {"PercentComplete", "int", percent},
		{"ForwardCompatibilityMap", "array<string>", []any{}}, {"Errors", "array<string>", []any{}}}, nil
}

func (s *Sim) sendBulk(w http.ResponseWriter, name string) {
	id, _, _ := strings.Cut(name, ".")
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.bulk[id]
	if j == nil || j.name != name {
		storageError(w, http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if j.gzip {
		z := gzip.NewWriter(w) // raw gzip: no Content-Encoding is set
		s.writeBulk(z, j)
		z.Close()
		return
	}
	z := newZip(w)
	if f, err := z.Create(id + ".csv"); err == nil {
		s.writeBulk(f, j)
	}
	z.Close()
}

var bulkColumns = []string{"Type", "Status", "Id", "Parent Id", "Sub Type", "Campaign", "Ad Group", "Name", "Sync Time", "Modified Time", "Campaign Type", "Budget", "Budget Type", "Keyword", "Match Type"}

// writeBulk writes the rows; with a time of last sync only what changed since,
// deleted things among them, but none whose parent went with them.
func (s *Sim) writeBulk(w io.Writer, j *bulkJob) {
	io.WriteString(w, "\ufeff")
	c := csv.NewWriter(w)
	if j.tsv {
		c.Comma = '\t'
	}
	c.UseCRLF = true
	row := func(values map[string]string) {
		line := make([]string, len(bulkColumns))
		for i, name := range bulkColumns {
			line[i] = values[name]
		}
		c.Write(line)
	}
	c.Write(bulkColumns)
	row(map[string]string{"Type": "Format Version", "Name": "6.0"})
	row(map[string]string{"Type": "Account", "Id": j.acc.id, "Name": j.acc.str("Name"), "Sync Time": j.submitted.UTC().Format(bulkTime)})
	for _, b := range j.acc.kids["Budget"] {
		s.bulkRow(row, j, "Budgets", "Budget", b, map[string]string{})
	}
	for _, camp := range j.acc.kids["Campaign"] {
		s.bulkCampaign(row, j, camp)
	}
	c.Flush()
}

func (s *Sim) bulkCampaign(row func(map[string]string), j *bulkJob, camp *entity) {
	name := camp.str("Name")
	s.bulkRow(row, j, "Campaigns", "Campaign", camp, map[string]string{"Campaign": name, "Campaign Type": camp.str("CampaignType"),
		"Budget Type": camp.str("BudgetType"), "Budget": numberText(camp.get()["DailyBudget"]), "Sub Type": camp.str("SubType")})
	if camp.deleted {
		return
	}
	for _, g := range camp.children["AssetGroup"] {
		s.bulkRow(row, j, "AssetGroups", "Asset Group", g, map[string]string{"Campaign": name, "Name": g.str("Name")})
	}
	for _, g := range camp.children["AdGroup"] {
		group := map[string]string{"Campaign": name, "Ad Group": g.str("Name")}
		s.bulkRow(row, j, "AdGroups", "Ad Group", g, group)
		if g.deleted {
			continue
		}
		for _, ad := range g.children["Ad"] {
			kind := map[string]string{"ResponsiveSearch": "Responsive Search Ad", "ResponsiveAd": "Responsive Ad", "ExpandedText": "Expanded Text Ad",
				"Product": "Product Ad", "AppInstall": "App Install Ad", "Hotel": "Hotel Ad"}[ad.str("Type")]
			s.bulkRow(row, j, "Ads", kind, ad, map[string]string{"Campaign": name, "Ad Group": g.str("Name")})
		}
		for _, k := range g.children["Keyword"] {
			s.bulkRow(row, j, "Keywords", "Keyword", k, map[string]string{"Campaign": name, "Ad Group": g.str("Name"), "Keyword": k.str("Text"), "Match Type": k.str("MatchType")})
		}
	}
}

func (s *Sim) bulkRow(row func(map[string]string), j *bulkJob, set, kind string, e *entity, values map[string]string) {
	if !j.entities[set] || j.since.IsZero() && e.deleted || !j.since.IsZero() && e.modified.Before(j.since) {
		return
	}
	values["Type"], values["Id"], values["Status"] = kind, e.id, e.str("Status")
	values["Modified Time"] = e.modified.UTC().Format(bulkTime)
	values["Parent Id"] = j.acc.id
	if e.parent != nil {
		values["Parent Id"] = e.parent.id
	}
	if e.deleted {
		values["Status"] = "Deleted"
	}
	row(values)
}
