// Package connections owns what lies between a workspace and a grant at a platform: the OAuth flow that begins one, the
// tokens that keep it alive, its health, and the calls by which it is listed, changed and ended.
//
// # Tokens
//
// One refresh upstream for any number of callers and replicas, and never a token in use that is not durable:
//
//   - A token that is valid for long enough comes from memory, without SQL.
//   - Else the callers of this process share one flight (renew.go), which outlives each of them.
//   - The flights of all processes queue for the lease on the connection's row (lease.go). It is renewed while the call
//     runs, however long that takes, and no transaction is open meanwhile. Whoever comes to hold it reads the row anew:
//     mostly the work is done.
//   - What the platform answers is stored by compare-and-swap on the version of the tokens, before anybody uses it. The
//     version is the judge: should two processes ever refresh at once, one result is kept and both use that.
//   - A refusal is believed only when it comes twice, with a pause, and the row has not changed.
//
// A connection can be refreshed when it has a refresh token. A platform that prolongs access tokens by themselves has
// its adapter return the access token as the refresh token too.
package connections
