import type { Kysely } from "kysely";
import type { PeopleTables } from "./people-tables.ts";

/** Every table as SQLite keeps it: times in milliseconds since the epoch, booleans as 0 and 1, lists as JSON text. */
export interface Tables extends PeopleTables {
  orgs: OrgRow;
  keys: KeyRow;
  key_secrets: KeySecretRow;
  requests: RequestRow;
  request_bodies: RequestBodiesRow;
  audit: AuditRow;
  meta: MetaRow;
  budgets: BudgetRow;
  alerts: AlertRow;
  providers: ProviderRow;
  bills: BillRow;
  late_requests: LateRequestRow;
  rollup_groups: RollupGroupRow;
  rollups: RollupRow;
  rollup_histograms_due: RollupHistogramDueRow;
  rollup_state: RollupStateRow;
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

/** What was said in a request, where its organization keeps that. */
export interface RequestBodiesRow {
  /** Of its row in the ledger. */
  sequence: number;
  time_ms: number;
  org_id: string;
  /** 1 = only its beginning is here. */
  request_truncated: number;
  response_truncated: number;
  /** 1 = parts of it were left out: attached files, API keys. */
  request_redacted: number;
  response_redacted: number;
  /** Text, or bytes of it packed with zstd; null = there was none. */
  request: string | Uint8Array | null;
  response: string | Uint8Array | null;
}

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

/** A band of a budget that was reached, or its first refusal, once per period, limit and band. */
export interface AlertRow {
  /** Rising; in the order they were written. */
  sequence: number;
  /** `alert_…`, also the `webhook-id`. */
  id: string;
  time_ms: number;
  org_id: string;
  /** `org` or `key`. */
  scope: string;
  /** Of the key or the organization. */
  owner_id: string;
  /** As the key's was then; null = an organization's. */
  key_prefix: string | null;
  /** A fraction such as `0.8`, or `refused`. */
  band: string;
  limit_nano_usd: number;
  spent_nano_usd: number;
  period: string;
  period_start_ms: number;
  /** `none` (there was no webhook), `pending`, `delivered` or `given_up`. */
  delivery: string;
  /** Calls of the webhook so far. */
  attempts: number;
  /** null = there is no next. */
  next_try_ms: number | null;
}

/** A provider that was added by API. */
export interface ProviderRow {
  id: string;
  /** JSON, as a configuration file would say it, without secrets. */
  settings: string;
  /** Sealed JSON of the secrets; null = it has none. */
  secrets: string | null;
  created_at_ms: number;
  changed_at_ms: number;
}

/** A closed month of an organization; `document`, `checksum` and `closed_at_ms` are null until it was added up. */
export interface BillRow {
  org_id: string;
  /** `2026-11`. */
  month: string;
  /** As the organization's was when the month closed. */
  time_zone: string;
  /** Inclusive: where the bill before ended. */
  from_ms: number;
  /** Exclusive. */
  to_ms: number;
  /** Canonical JSON. */
  document: string | null;
  /** SHA-256 of it, in hex. */
  checksum: string | null;
  closed_at_ms: number | null;
}

/** What the trigger of `006_bills` kept of a request whose month was closed when its row came. */
export interface LateRequestRow {
  sequence: number;
  time_ms: number;
  org_id: string;
  key_id: string;
  provider: string | null;
  model: string | null;
  industry: string | null;
  prompt_tokens: number;
  completion_tokens: number;
  cost_nano_usd: number | null;
  is_unpriced: number;
  /** The month in whose bill it is; null = in the first that is open. */
  billed_month: string | null;
}

/** Everything requests can be told apart by in sums; a summary has neither key nor industry nor operation. */
export interface RollupGroupRow {
  id: number;
  org_id: string;
  key_id: string | null;
  provider: string | null;
  model: string | null;
  industry: string | null;
  operation: string | null;
  status: string;
  fallback_used: number;
}

/** What the requests of a group came to in a minute, hour or day: see `RollupSums` and `TIER`. */
export interface RollupRow {
  tier: number;
  bucket_ms: number;
  group_id: number;
  requests: number;
  unpriced: number;
  input_tokens: number;
  cached_read_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  cost_nano_usd: number;
  latency_us: number;
  ttft_us: number;
  ttft_count: number;
  /** Of the latencies of answered requests; null outside of summaries. */
  histogram: Uint8Array | null;
}

/** An hour whose histograms have to be made, or made again. */
export interface RollupHistogramDueRow {
  hour_ms: number;
}

/** The one row of `rollup_state`: see `RollupState`. */
export interface RollupStateRow {
  id: number;
  compacted_until_ms: number;
  raw_since_ms: number;
  /** 1 = the rows of before there were sums are in them. */
  is_filled: number;
}
