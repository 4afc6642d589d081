// Package store keeps what the gateway must remember: workspaces, API keys, apps, OAuth flows under way, connections
// with their tokens, and the log of calls. It runs on SQLite and on PostgreSQL, with the same suite over both
// (storetest).
//
// Three rules hold everywhere in it:
//
//   - A row is reached through its workspace. Every method that reads or changes a tenant's row takes the workspace's
//     id and puts it into the SQL, so that a foreign id is simply not found. The few methods for the gateway's own
//     upkeep carry AnyWorkspace in their name.
//   - A secret is sealed before it reaches SQL (secrets.go), and bound to its place: a ciphertext that is moved to
//     another row, column or workspace does not open.
//   - A change that depends on what was read is a compare-and-swap or runs inside a transaction; nothing is ever held
//     open over a network call to a platform.
package store
