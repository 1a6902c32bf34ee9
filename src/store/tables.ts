import type { Kysely } from "kysely";

/** Every table as SQLite keeps it: times in milliseconds since the epoch, booleans as 0 and 1, lists as JSON text. */
export interface Tables {
  orgs: OrgRow;
  keys: KeyRow;
  key_secrets: KeySecretRow;
  requests: RequestRow;
  audit: AuditRow;
  meta: MetaRow;
  budgets: BudgetRow;
  holds: HoldRow;
}

/** Builds every query of the project. What it executes runs in the reader's Worker, where nothing can be written. */
export type Queries = Kysely<Tables>;

export interface OrgRow {
  id: string;
  name: string;
  /** IANA name: `Europe/Vienna`. */
  time_zone: string;
  created_at_ms: number;
  /** 1 = the bodies of its requests are kept. */
  store_bodies: number;
  /** `skip` or `allow`; null = as the configuration says. */
  unknown_price: string | null;
  /** JSON of `{rpm, tpm, max_parallel}`; null = none. */
  rate_limit: string | null;
}

export interface KeyRow {
  id: string;
  org_id: string;
  name: string;
  prefix: string;
  scopes: string;
  /** JSON list; null = all. */
  allowed_models: string | null;
  allowed_providers: string | null;
  expires_at_ms: number | null;
  created_at_ms: number;
  last_used_at_ms: number | null;
  revoked_at_ms: number | null;
  metadata: string;
  /** JSON of `{rpm, tpm, max_parallel}`; null = none. */
  rate_limit: string | null;
}

/** One key has one secret, or several while a rotation's overlap lasts. */
export interface KeySecretRow {
  /** HMAC-SHA-256 of the secret in base64url; the secret itself is nowhere. */
  hash: string;
  key_id: string;
  /** null = as long as the key lives. */
  expires_at_ms: number | null;
}

/** The ledger: see `LedgerRow` for what each column means. */
export type RequestRow = {
  sequence: number;
  time_ms: number;
  org_id: string;
  key_id: string;
  operation: string;
  requested_model: string | null;
  model: string | null;
  provider: string | null;
  upstream_model: string | null;
  status: string;
  http_status: number;
  error_code: string | null;
  stream: number;
  /** The five token buckets are all null where usage is unknown, else none is. */
  input_tokens: number | null;
  cached_read_tokens: number | null;
  cache_write_tokens: number | null;
  output_tokens: number | null;
  reasoning_tokens: number | null;
  usage_source: string;
  price: string | null;
  cost_nano_usd: number | null;
  latency_ms: number;
  ttft_ms: number | null;
  fallback_used: number;
  cache: string;
  industry: string | null;
  task: string | null;
  route_reason: string | null;
  attempts: string;
  decision: string | null;
};

export interface AuditRow {
  time_ms: number;
  /** null = the operator at the machine: first start, offline CLI. */
  actor_key_id: string | null;
  org_id: string | null;
  /** `key.create`, `key.revoke`, … */
  action: string;
  /** Id of what was changed. */
  object: string;
  /** JSON; never holds a secret. */
  details: string;
}

export interface MetaRow {
  name: string;
  value: string;
}

/** What a key or an organization may spend; no row = no limit. */
export interface BudgetRow {
  /** `org` or `key`. */
  scope: string;
  id: string;
  limit_nano_usd: number;
  /** `none`, `daily`, `weekly` or `monthly`. */
  period: string;
  /** Fraction of the limit. */
  alert_threshold: number;
}

/** A request under way: what it may still cost at most, and what its row must say if nobody lives to write it. */
export type HoldRow = {
  /** Of the request; its row will have the same number. */
  sequence: number;
  time_ms: number;
  org_id: string;
  key_id: string;
  operation: string;
  requested_model: string | null;
  /** Of the deployment that is being called. */
  provider: string;
  model: string;
  stream: number;
  /** null = its price is unknown. */
  amount_nano_usd: number | null;
};
