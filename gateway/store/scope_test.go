package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// S2, by construction: every statement that reads or changes a tenant's table names the workspace (one that inserts
// must: the column is NOT NULL), except in functions that say AnyWorkspace and in the rotation of keys, which names it
// row by row.
func TestS2_EverySQLNamesItsWorkspace(t *testing.T) {
	t.Parallel()
	table := regexp.MustCompile(`(?i)\b(FROM|UPDATE)\s+(api_keys|apps|oauth_states|connections|apicalls|report_jobs|report_tickets|report_blocks|idempotency|guardrails|audit|spends)\b`)
	constants := map[string]string{"selectKey": selectKey, "selectJob": selectJob}
	parsed, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0) //nolint:staticcheck // one package, no build tags
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name, file := range parsed["store"].Files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || strings.Contains(fn.Name.Name, "AnyWorkspace") {
				continue
			}
			body := literals(fn.Body, constants)
			if table.MatchString(body) {
				seen++
				if !strings.Contains(body, "workspace_id = ?") {
					t.Errorf("%s: %s reaches a tenant's table without its workspace:\n%s", name, fn.Name.Name, body)
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d functions with SQL found: the test looks at the wrong place", seen)
	}
}

// literals joins a function's string literals and the shared parts that it uses.
func literals(body ast.Node, shared map[string]string) string {
	var out strings.Builder
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				out.WriteString(n.Value + " ")
			}
		case *ast.Ident:
			out.WriteString(shared[n.Name] + " ")
		}
		return true
	})
	return out.String()
}
