import type { RateLimits } from "../budget/rate-limits.ts";
import type { Caller } from "../core/caller.ts";
import type { Clock } from "../core/clock.ts";
import type { Deadlines } from "../core/deadlines.ts";
import type { CatalogView } from "../core/deployment.ts";
import type { Log } from "../core/log.ts";
import type { RequestBodies } from "../ledger/bodies.ts";
import type { LedgerRow } from "../ledger/row.ts";
import type { Dialect, Provider } from "../providers/contract.ts";
import type { Sender } from "../providers/send.ts";
import type { Health } from "../routing/health.ts";
import type { RoutePolicy } from "../routing/policy.ts";
import type { BudgetSettings, Funds } from "./funds.ts";
import type { OpenRequest } from "./open-requests.ts";
import type { Transcript } from "./transcript.ts";

export interface Upstream {
  provider: Provider;
  dialect: Dialect;
}

/** What one request sees of config and catalog: taken once when it begins, never changed under it. */
export interface Snapshot {
  catalog: CatalogView;
  /** Compiled for this catalog. */
  policy: RoutePolicy;
  upstreams: ReadonlyMap<string, Upstream>;
  configRevision: string;
  /** Most candidates called for one request. */
  maxAttempts: number;
  budgets: BudgetSettings;
}

/** The parts that requests pass through, joined in main.ts. */
export interface Gateway {
  clock: Clock;
  log: Log;
  deadlines: Deadlines;
  health: Health;
  limits: RateLimits;
  funds: Funds;
  /** What an organization says of candidates without a price; null = as the config says. */
  unknownPriceOf(orgId: string): "skip" | "allow" | null;
  /** An organization keeps what is said in its requests. */
  storesBodies(orgId: string): boolean;
  /** Off the main thread, where organizations take turns; null = it was not counted. */
  countTokens(texts: readonly string[], orgId: string): Promise<number | null>;
  sender: Sender;
  /** Resolves once the row is durable, and with it what was said; what the request held ends with it. */
  write(row: LedgerRow, said: RequestBodies | null): Promise<void>;
  /** Told of every row, after it is durable: metrics. */
  observe(row: LedgerRow): void;
  snapshot(): Snapshot;
  /** An earlier snapshot, while it is still remembered; null = it is not. */
  snapshotAt(catalogRevision: string, configRevision: string): Snapshot | null;
}

/** One request as it came in, before anything of its body was read. */
export interface Incoming {
  sequence: number;
  /** `req_…` */
  id: string;
  caller: Caller;
  operation: "chat" | "embeddings";
  /** `X-Nyuro-Max-Cost-Usd` and `X-Session-Id` as written; null = not sent. */
  maxCostUsd: string | null;
  sessionId: string | null;
  /** Wall time it arrived. */
  timeMs: number;
  /** Monotonic time it arrived. */
  startedMs: number;
  /** Null = its organization does not keep what is said. */
  transcript: Transcript | null;
  /** Learns when the client goes away or the server stops; told when the row is written. */
  open: OpenRequest;
  /** Called just before the reply ends: gives the connection its idle timeout back. */
  beforeEnd: () => void;
}
