package openapi

import (
	"embed"
	"io/fs"
)

//go:embed docs/index.html docs/docs.js docs/docs.css
var page embed.FS

// DocsCSP is the Content-Security-Policy that the page under /docs is written for: nothing from elsewhere, nothing inline.
const DocsCSP = "default-src 'self'"

// Docs holds the page: index.html, to be served as /docs (without a slash at the end: its links are relative to that), and
// docs.js and docs.css, to be served as /docs/docs.js and /docs/docs.css. It reads /openapi.json.
func Docs() fs.FS {
	files, err := fs.Sub(page, "docs")
	if err != nil {
		return page // cannot be: the folder is embedded above
	}
	return files
}
