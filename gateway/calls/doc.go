// Package calls keeps and shows the log of calls (/unified/apicall): one row for each call of /ads and /passthrough, with
// the calls to platforms that it made. A row holds names and numbers, never a query or a body, and of headers only what is
// known to hold no secret.
package calls
