-- +goose Up
-- Reports that are made in the background. The queue that hands them to workers (River) has tables of its own, made by
-- its own migrations: what a job is, and who works on it, stands here alone.
CREATE TABLE report_jobs (
    id           TEXT COLLATE "C" PRIMARY KEY,
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connections  TEXT NOT NULL,    -- as in the path: ids separated by commas, or all
    query        TEXT NOT NULL,    -- the report's parameters, URL-encoded
    state        TEXT NOT NULL,    -- queued, running, completed, failed, cancelled
    progress     BIGINT NOT NULL,  -- millionths
    row_count    BIGINT NOT NULL,
    result       TEXT NOT NULL,    -- the key of its object in the bucket; empty for none
    problem      TEXT NOT NULL,    -- JSON; empty for none
    attempts     BIGINT NOT NULL,  -- tries that have failed
    lease_owner  TEXT NOT NULL,    -- the worker that has it; empty for none
    lease_epoch  BIGINT NOT NULL,
    lease_beat   BIGINT NOT NULL,
    wake_at      BIGINT NOT NULL,  -- when a worker was told to take it up (again)
    created_at   BIGINT NOT NULL,
    started_at   BIGINT,
    finished_at  BIGINT,
    expires_at   BIGINT            -- never before it has finished
);
CREATE INDEX report_jobs_workspace ON report_jobs (workspace_id, id);
CREATE INDEX report_jobs_state ON report_jobs (state, wake_at);
CREATE INDEX report_jobs_expiry ON report_jobs (expires_at);

-- What platforms have been told to make for a job, so that it is told once however often workers change.
CREATE TABLE report_tickets (
    id            TEXT COLLATE "C" PRIMARY KEY,  -- the job's, a slash, the part's
    workspace_id  TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    job_id        TEXT COLLATE "C" NOT NULL,
    connection_id TEXT NOT NULL,
    sealed_ticket BYTEA NOT NULL,                -- the platform's own: it may hold the address of a file
    progress      BIGINT NOT NULL,               -- millionths
    is_done       BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX report_tickets_job ON report_tickets (workspace_id, job_id);
