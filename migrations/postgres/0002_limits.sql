-- +goose Up
-- What replicas know together of the platforms' rate limits. A bucket is a platform's own: an app, or an ad account seen
-- through an app. It belongs to no workspace, and its row holds nothing of one.
CREATE TABLE limits (
    bucket     TEXT COLLATE "C" PRIMARY KEY,
    state      TEXT NOT NULL,    -- JSON
    updated_at BIGINT NOT NULL
);
