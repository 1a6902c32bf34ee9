import type { Migration } from "../migration.ts";

/**
 * Who may use the console. `users`, `sessions`, `accounts` and `verifications` are better-auth's core tables under our
 * names; it writes its times as ISO 8601 text. An account's `password` is an Argon2id hash. Of a link's token only a
 * hash is kept, as of keys.
 */
export const people: Migration = {
  name: "008_console",
  up(db) {
    db.run(`
      CREATE TABLE users (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, email_verified INTEGER NOT NULL,
        image TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, token TEXT NOT NULL UNIQUE,
        org_id TEXT REFERENCES orgs (id), expires_at TEXT NOT NULL, ip_address TEXT, user_agent TEXT,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sessions_by_user ON sessions (user_id);
      CREATE TABLE accounts (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, account_id TEXT NOT NULL,
        provider_id TEXT NOT NULL, password TEXT, access_token TEXT, refresh_token TEXT, id_token TEXT,
        access_token_expires_at TEXT, refresh_token_expires_at TEXT, scope TEXT,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX accounts_by_user ON accounts (user_id);
      CREATE TABLE verifications (
        id TEXT PRIMARY KEY, identifier TEXT NOT NULL, value TEXT NOT NULL, expires_at TEXT NOT NULL,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE members (
        org_id TEXT NOT NULL REFERENCES orgs (id), user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        role TEXT NOT NULL, created_at_ms INTEGER NOT NULL, PRIMARY KEY (org_id, user_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX members_by_user ON members (user_id);
      CREATE TABLE links (
        id TEXT PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, purpose TEXT NOT NULL,
        org_id TEXT NOT NULL REFERENCES orgs (id), role TEXT NOT NULL, email TEXT, made_by TEXT,
        created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
