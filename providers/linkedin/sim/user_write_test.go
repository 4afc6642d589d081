package sim_test

import (
	"strings"
	"testing"

	"github.com/admux/admux/providers/linkedin/sim"
)

func TestAccountUserWrites(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	viewer := w.sim.GrantTo(1).Member.ID
	stranger := w.sim.GrantTo(2).Member.ID
	key := func(member string) string {
		return "/rest/adAccountUsers/(account:" + acctURN + ",user:urn%3Ali%3Aperson%3A" + member + ")"
	}
	body := func(member, role string) string {
		return `{"account":"urn:li:sponsoredAccount:503000001","user":"urn:li:person:` + member + `","role":"` + role + `"}`
	}
	w.refused(w.get(key(stranger)), 404, "NOT_FOUND")
	if a := w.do("PUT", key(stranger), body(stranger, "CAMPAIGN_MANAGER")); a.status != 201 {
		t.Errorf("a new user: %d %s", a.status, a.text)
	}
	if a := w.ok(key(stranger)); a.body["role"] != "CAMPAIGN_MANAGER" {
		t.Error(a.text)
	}
	if a := w.do("POST", key(viewer), `{"patch":{"$set":{"role":"CREATIVE_MANAGER"}}}`, patch); a.status != 204 {
		t.Errorf("another role: %d %s", a.status, a.text)
	}
	if a := w.ok(key(viewer)); a.body["role"] != "CREATIVE_MANAGER" {
		t.Error(a.text)
	}
	if a := w.do("PUT", key(viewer), body(viewer, "KING")); a.status != 422 || !strings.Contains(a.message(), "not an enum symbol") {
		t.Errorf("no such role: %d %s", a.status, a.text)
	}
	w.refused(w.do("PUT", key(viewer), body(stranger, "VIEWER")), 400, "FIELD_IMMUTABLE")
	if a := w.do("DELETE", key(viewer), ""); a.status != 204 {
		t.Errorf("taken: %d %s", a.status, a.text)
	}
	w.refused(w.get(key(viewer)), 404, "NOT_FOUND")
	w.refused(w.do("PUT", key("nobody"), body("nobody", "VIEWER")), 404, "NOT_FOUND")
	w.token = w.sim.GrantTo(2).Access
	if a := w.ok(acct); a.body["id"] == nil {
		t.Error("the new user does not see the account")
	}
	w.refused(w.do("PUT", key(viewer), body(viewer, "VIEWER")), 403, "NO_PERMISSION_TO_UPDATE")
}
