-- +goose Up
-- Writes of ads objects: the keys that make creates safe to repeat, the limits that writes must stay within, and who
-- wrote what.
CREATE TABLE idempotency (
    workspace_id  TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    idem_key      TEXT COLLATE "C" NOT NULL,
    fingerprint   TEXT NOT NULL,       -- of the request; another one may not use the key
    connection_id TEXT COLLATE "C" NOT NULL,
    object        TEXT COLLATE "C" NOT NULL,
    state         TEXT NOT NULL,       -- started, sent, done
    owner         TEXT NOT NULL,       -- who works on it
    beat_at       BIGINT NOT NULL,    -- when the owner was last seen alive
    known         TEXT NOT NULL,       -- JSON: ids of objects of that name that were there before
    since         BIGINT,             -- of what was sent: not after that moment
    answer        TEXT NOT NULL,       -- JSON; empty until it is done
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, idem_key)
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TABLE guardrails (
    workspace_id  TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id TEXT COLLATE "C" NOT NULL,       -- empty: of the whole workspace
    limits        TEXT NOT NULL,       -- JSON
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection_id)
);

-- A row is made before the platform is called, and told once what came of it. Nothing else ever changes but undone_by.
CREATE TABLE audit (
    id              TEXT COLLATE "C" PRIMARY KEY,
    workspace_id    TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    key_id          TEXT NOT NULL,
    request_id      TEXT NOT NULL,
    connection_id   TEXT COLLATE "C" NOT NULL,
    organization_id TEXT NOT NULL,
    object          TEXT COLLATE "C" NOT NULL,
    object_id       TEXT COLLATE "C" NOT NULL,
    op              TEXT NOT NULL,     -- create, update, delete
    is_dry_run      BOOLEAN NOT NULL,
    idem_key        TEXT COLLATE "C" NOT NULL,
    paths           TEXT NOT NULL,     -- JSON: the fields that were given
    value_before    TEXT NOT NULL,     -- JSON; empty for none
    value_after     TEXT NOT NULL,     -- JSON; empty for none
    outcome         TEXT NOT NULL,     -- unknown, done, failed
    problem         TEXT NOT NULL,     -- the code of what it failed with
    checked         TEXT NOT NULL,     -- of a dry run: by whom
    effect          TEXT NOT NULL,     -- of a delete: what the platform did
    upstream_ids    TEXT NOT NULL,     -- JSON: the platform's request ids
    undoes          TEXT NOT NULL,     -- the entry that this one took back
    undone_by       TEXT NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX audit_workspace ON audit (workspace_id, created_at, id);
CREATE INDEX audit_object ON audit (workspace_id, connection_id, object, object_id);

-- What switched-on objects may spend in a day, by the writes that went through the gateway. A row with a token is of a
-- write that is under way, or ended unseen; of an object, the most that any of its rows says counts.
CREATE TABLE spends (
    workspace_id  TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id TEXT COLLATE "C" NOT NULL,
    object        TEXT COLLATE "C" NOT NULL,
    object_id     TEXT COLLATE "C" NOT NULL,       -- empty until the platform has given one
    token         TEXT COLLATE "C" NOT NULL,       -- empty: settled
    campaign_id   TEXT COLLATE "C" NOT NULL,       -- of a group
    amount        TEXT NOT NULL,       -- a decimal, in major units
    days          INTEGER NOT NULL,    -- that the amount is for
    currency      TEXT NOT NULL,       -- empty: not known
    set_at        BIGINT NOT NULL,
    expires_at    BIGINT,             -- of a write that ended unseen
    PRIMARY KEY (workspace_id, connection_id, object, object_id, token)
);

-- The calls to platforms that a call of ours made: JSON, without queries, bodies or secrets; empty for none.
ALTER TABLE apicalls ADD COLUMN upstream TEXT NOT NULL DEFAULT '';
