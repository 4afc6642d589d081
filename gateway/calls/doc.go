// Package calls keeps and shows the log of calls (/unified/apicall): one row for each call of /ads and /passthrough. A row
// holds names and numbers, never a query, a header or a body.
package calls
