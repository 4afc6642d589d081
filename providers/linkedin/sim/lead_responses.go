package sim

import (
	"net/http"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// responseObj is one lead. The sheet names the finder alone; the fields are
// assumed.
func responseObj(a *simkit.Account, i int) obj {
	form := formID(a, 0)
	return obj{
		"id": "form-response-" + itoa(form) + "-" + itoa(int64(i)), "owner": obj{"sponsoredAccount": makeURN("sponsoredAccount", a.ID)},
		"leadType": "SPONSORED", "testLead": false, "submittedAt": ms(a.Modified.Add(-time.Duration(i) * time.Hour)),
		"submitter":               "urn:li:person:Lead" + itoa(int64(i)),
		"versionedLeadGenFormUrn": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:" + itoa(form) + ",1)",
		"formResponse": obj{"answers": []any{
			obj{"questionId": 10_000_000 + form, "answerDetails": obj{"textQuestionAnswer": obj{"answer": "Ada " + itoa(int64(i))}}},
			obj{"questionId": 20_000_000 + form, "answerDetails": obj{"textQuestionAnswer": obj{"answer": "ada" + itoa(int64(i)) + "@lead.example"}}},
		}},
	}
}

const leadsPerAccount = 12

// leadFormResponses: q=owner&owner=(sponsoredAccount:urn)&leadType=(leadType:SPONSORED).
func (s *Sim) leadFormResponses(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) > 0 || q.method != "FINDER" {
		return methodNotAllowed(q)
	}
	if q.finder() != "owner" {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	if f := q.params.only("q", "owner", "leadType", "limitedToTestLeads", "submittedAtTimeRange", "versionedLeadGenFormUrn", "start", "count"); f != nil {
		return f
	}
	owner, ok := q.params.values["owner"]
	if !ok {
		return paramMissing("owner")
	}
	acc, ok := owner.rec["sponsoredAccount"]
	if owner.kind != record || !ok || len(owner.rec) != 1 {
		return paramInvalid("owner", "")
	}
	a, f := s.accountParam(q, "owner", acc)
	if f != nil {
		return f
	}
	tests, _, f := q.params.boolean("limitedToTestLeads")
	if f != nil {
		return f
	}
	var all []any
	for i := range leadsPerAccount {
		if len(a.Campaigns) > 0 && !tests {
			all = append(all, responseObj(a, i))
		}
	}
	return indexed(w, q, orEmpty(all), 1000, len(all))
}
