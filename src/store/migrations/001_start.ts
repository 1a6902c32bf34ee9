import type { Migration } from "../migration.ts";

/**
 * `requests` has no foreign keys and no index but time: a request that happened is recorded whatever became of its
 * key, and each further index would be paid on every request. `sequence` rises with time, so rows are appended.
 */
export const start: Migration = {
  name: "001_start",
  up(db, nowMs) {
    db.run(`
      CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE orgs (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, time_zone TEXT NOT NULL, created_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE keys (
        id TEXT PRIMARY KEY, org_id TEXT NOT NULL REFERENCES orgs (id), name TEXT NOT NULL, prefix TEXT NOT NULL,
        scopes TEXT NOT NULL, allowed_models TEXT, allowed_providers TEXT, expires_at_ms INTEGER,
        created_at_ms INTEGER NOT NULL, last_used_at_ms INTEGER, revoked_at_ms INTEGER, metadata TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE key_secrets (
        hash TEXT PRIMARY KEY, key_id TEXT NOT NULL REFERENCES keys (id), expires_at_ms INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX key_secrets_by_key ON key_secrets (key_id);

      CREATE TABLE requests (
        sequence INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, org_id TEXT NOT NULL, key_id TEXT NOT NULL,
        operation TEXT NOT NULL, requested_model TEXT, model TEXT, provider TEXT, upstream_model TEXT,
        status TEXT NOT NULL, http_status INTEGER NOT NULL, error_code TEXT, stream INTEGER NOT NULL,
        input_tokens INTEGER, cached_read_tokens INTEGER, cache_write_tokens INTEGER, output_tokens INTEGER,
        reasoning_tokens INTEGER, usage_source TEXT NOT NULL, price TEXT, cost_nano_usd INTEGER,
        latency_ms REAL NOT NULL, ttft_ms REAL, fallback_used INTEGER NOT NULL, cache TEXT NOT NULL,
        industry TEXT, task TEXT, route_reason TEXT, attempts TEXT NOT NULL, decision TEXT
      ) STRICT;
      CREATE INDEX requests_by_time ON requests (time_ms);

      CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, actor_key_id TEXT, org_id TEXT,
        action TEXT NOT NULL, object TEXT NOT NULL, details TEXT NOT NULL
      ) STRICT;
    `);
    db.query("INSERT INTO orgs VALUES ('org_default', 'Default', 'UTC', ?)").run(nowMs);
  },
};
