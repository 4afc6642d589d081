-- +goose Up
-- Conventions, the same in postgres/:
--   * every moment is an INTEGER of microseconds since 1970 UTC, so that both databases sort, compare and return
--     it alike; NULL is "never";
--   * a column named sealed_* holds an AEAD envelope (gateway/store/secrets.go), never plain text;
--   * lists and maps that are only read back whole are JSON in TEXT;
--   * every row but a workspace's own belongs to a workspace.

CREATE TABLE workspaces (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    redirects  TEXT NOT NULL,             -- JSON list: where an OAuth flow may return to without an API key
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE,    -- SHA-256 of a 256-bit random key
    prefix       TEXT NOT NULL,           -- the first characters, so that people can tell keys apart
    scopes       TEXT NOT NULL,           -- JSON list
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
);
CREATE INDEX api_keys_workspace ON api_keys (workspace_id, id);

CREATE TABLE apps (
    workspace_id     TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    integration_type TEXT NOT NULL,
    client_id        TEXT NOT NULL,
    redirect_url     TEXT NOT NULL,
    sealed_secrets   BLOB NOT NULL,       -- client secret, developer token and the like
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, integration_type)
);

CREATE TABLE oauth_states (
    id               TEXT PRIMARY KEY,
    workspace_id     TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    integration_type TEXT NOT NULL,
    sealed_flow      BLOB NOT NULL,       -- redirects, PKCE verifier, the caller's own state, what was asked for
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
);
CREATE INDEX oauth_states_expiry ON oauth_states (expires_at);

CREATE TABLE connections (
    id                  TEXT PRIMARY KEY,
    workspace_id        TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    integration_type    TEXT NOT NULL,
    environment         TEXT NOT NULL,
    external_xref       TEXT NOT NULL,
    permissions         TEXT NOT NULL,    -- JSON list
    is_paused           BOOLEAN NOT NULL,
    orgs                TEXT NOT NULL,    -- JSON list: the ad accounts that the grant sees
    sealed_profile      BLOB NOT NULL,    -- who consented: name, emails, user id, meta
    sealed_grant        BLOB NOT NULL,    -- tokens, granted scopes, settings
    token_version       INTEGER NOT NULL, -- goes up by one whenever the tokens change: the judge between refreshers
    obtained_at         INTEGER,          -- when the platform issued the access token
    expires_at          INTEGER,          -- of the access token
    refresh_expires_at  INTEGER,          -- of the refresh token
    refresh_due_at      INTEGER,          -- when the background refresher should renew an idle connection
    refresh_failures    INTEGER NOT NULL, -- failures in a row, for back-off; 0 after a success
    warned_days         INTEGER NOT NULL, -- last expiry warning given: 14, 7 or 1; 0 for none
    lease_owner         TEXT NOT NULL,    -- who is refreshing; empty for nobody
    lease_epoch         INTEGER NOT NULL, -- goes up by one whenever the lease changes hands
    lease_beat          INTEGER NOT NULL, -- goes up while its owner is alive; no clock is compared
    last_healthy_at     INTEGER,
    last_unhealthy_at   INTEGER,
    last_unhealthy_code TEXT NOT NULL,    -- empty while healthy
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL
);
CREATE INDEX connections_workspace ON connections (workspace_id, created_at, id);
CREATE INDEX connections_xref ON connections (workspace_id, external_xref);
CREATE INDEX connections_due ON connections (refresh_due_at);

CREATE TABLE apicalls (
    id                    TEXT PRIMARY KEY,
    workspace_id          TEXT NOT NULL,
    connection_id         TEXT NOT NULL,
    integration_type      TEXT NOT NULL,
    environment           TEXT NOT NULL,
    external_xref         TEXT NOT NULL,
    type                  TEXT NOT NULL,
    name                  TEXT NOT NULL,
    method                TEXT NOT NULL,
    path                  TEXT NOT NULL,  -- without its query, which may carry secrets
    status                TEXT NOT NULL,
    error                 TEXT NOT NULL,
    size                  INTEGER NOT NULL,
    endapi_response_time  INTEGER NOT NULL,
    unified_response_time INTEGER NOT NULL,
    ip_address            TEXT NOT NULL,
    user_agent            TEXT NOT NULL,
    is_billable           BOOLEAN NOT NULL,
    webhook_id            TEXT NOT NULL,
    created_at            INTEGER NOT NULL
);
CREATE INDEX apicalls_workspace ON apicalls (workspace_id, created_at, id);
CREATE INDEX apicalls_connection ON apicalls (workspace_id, connection_id, created_at);
CREATE INDEX apicalls_age ON apicalls (created_at);
