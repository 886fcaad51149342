-- A rule is removed when no report names it and none did for a while: one may be on its way.

-- +goose Up
ALTER TABLE rules ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE rules DROP COLUMN seen;
