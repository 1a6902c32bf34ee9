import type { Migration } from "../migration.ts";

/**
 * `bills` is a chain for each organization: every month from its first one, each from where the one before ended, whatever
 * its time zone became. From the moment a month is in there it is closed, so that the trigger knows, in the transaction of
 * the row itself and whoever writes it, that a request came late; `late_requests` keeps its figures for the first bill that
 * is open. The trigger's question is one step in an index: up to 1 µs for a request.
 */
export const bills: Migration = {
  name: "006_bills",
  up(db) {
    db.run(`
      CREATE TABLE bills (
        org_id TEXT NOT NULL, month TEXT NOT NULL, time_zone TEXT NOT NULL,
        from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,
        document TEXT, checksum TEXT, closed_at_ms INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX bills_by_month ON bills (org_id, month);
      CREATE UNIQUE INDEX bills_by_end ON bills (org_id, to_ms);

      CREATE TABLE late_requests (
        sequence INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, org_id TEXT NOT NULL, key_id TEXT NOT NULL,
        provider TEXT, model TEXT, industry TEXT, prompt_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL, cost_nano_usd INTEGER, is_unpriced INTEGER NOT NULL, billed_month TEXT
      ) STRICT;
      CREATE INDEX late_requests_open ON late_requests (org_id) WHERE billed_month IS NULL;

      CREATE TRIGGER note_late_request AFTER INSERT ON requests
        WHEN NEW.time_ms < (SELECT max(to_ms) FROM bills WHERE org_id = NEW.org_id)
      BEGIN
        INSERT INTO late_requests VALUES (
          NEW.sequence, NEW.time_ms, NEW.org_id, NEW.key_id, NEW.provider, NEW.model, NEW.industry,
          coalesce(NEW.input_tokens + NEW.cached_read_tokens + NEW.cache_write_tokens, 0),
          coalesce(NEW.output_tokens + NEW.reasoning_tokens, 0),
          NEW.cost_nano_usd, NEW.cost_nano_usd IS NULL AND NEW.usage_source <> 'none', NULL
        );
      END;
    `);
  },
};
