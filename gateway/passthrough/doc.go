// Package passthrough answers /passthrough/{connection_id}/{path}: the platform's own API with the connection's
// authorization, limits and retries. What it guards is the connection's token:
//
//   - the host is the platform's own, from its declaration, and never from the request;
//   - a path that any server on the way could read as leaving that host, or as going up in it, is refused before a
//     byte is sent (path.go);
//   - the caller's own credentials and hop-by-hop headers stay here, and the platform's cookies too (headers.go);
//   - a redirect is answered, not followed.
package passthrough
