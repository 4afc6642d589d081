package gateway

import "testing"

// A grant that is consented to anew may see other accounts: a report tells the two grants apart by the tokens' version,
// so that the accounts of the old one are not taken for those of the new.
func TestReportsTellGrantsApart(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	_, before, err := b.server.openReport(t.Context(), me.workspace, me.connection)
	if err != nil {
		t.Fatal(err)
	}
	c, grant, err := b.store.Grant(t.Context(), me.workspace, me.connection)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.ReplaceGrant(t.Context(), me.workspace, me.connection, c.Tokens.Version, grant, c.Tokens.RefreshDueAt); err != nil {
		t.Fatal(err)
	}
	_, after, err := b.server.openReport(t.Context(), me.workspace, me.connection)
	if err != nil || after.Version == before.Version {
		t.Errorf("version %d, then %d, %v", before.Version, after.Version, err)
	}
}
