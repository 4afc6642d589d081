-- +goose Up
-- What platforms have answered, cut into the periods that reports tell apart: numbers of days that are final are not
-- asked for again, and those of days that still move are what restated ones are compared with. A row is one version of a
-- period; the one that nothing has superseded is the newest.
CREATE TABLE report_blocks (
    id            TEXT PRIMARY KEY,
    workspace_id  TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    block_key     TEXT NOT NULL,  -- digest of everything that changes the answer but the days
    first_day     TEXT NOT NULL,  -- YYYY-MM-DD
    end_day       TEXT NOT NULL,  -- exclusive
    read_at       INTEGER NOT NULL,  -- first read so
    seen_at       INTEGER NOT NULL,  -- last read so
    used_at       INTEGER NOT NULL,  -- last answered with, to an hour
    final_at      INTEGER,           -- when it was read with all of its days final; never while they can change
    superseded_at INTEGER,           -- when other numbers were read
    digest        TEXT NOT NULL,
    row_count     INTEGER NOT NULL,
    size          INTEGER NOT NULL,  -- bytes of all of it
    meta          TEXT NOT NULL,    -- JSON: what the platform said of the numbers
    body          BLOB NOT NULL     -- the rows, compressed
);
CREATE UNIQUE INDEX report_blocks_newest ON report_blocks (workspace_id, block_key, first_day, end_day) WHERE superseded_at IS NULL;
CREATE INDEX report_blocks_versions ON report_blocks (workspace_id, block_key, first_day, read_at);
CREATE INDEX report_blocks_connection ON report_blocks (connection_id);
CREATE INDEX report_blocks_seen ON report_blocks (seen_at);
