-- +goose Up
-- Reference rates of the European Central Bank: how much of a currency one euro was, on the days that it published one.
-- They belong to no workspace.
CREATE TABLE rates (
    currency   TEXT NOT NULL,
    day        TEXT NOT NULL,    -- YYYY-MM-DD
    per_euro   TEXT NOT NULL,    -- a decimal number, exact
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (currency, day)
);
