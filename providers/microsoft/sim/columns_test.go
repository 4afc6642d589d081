package sim

import (
	"slices"
	"testing"
)

// Every published column of the reports made is served, but goals: what a goal
// brought is not kept apart.
func TestEveryColumnIsServed(t *testing.T) {
	t.Parallel()
	for report, columns := range loadTables().columns {
		for _, name := range columns {
			sp := &reportSpec{kind: report}
			if _, ok := sp.column(name); !ok && !slices.Contains([]string{"Goal", "GoalId", "GoalType"}, name) {
				t.Errorf("%s has no %s", report, name)
			}
		}
	}
}
