import type { Usage, UsageSource } from "../core/usage.ts";

/** `ok` answered; `error` no candidate did; `canceled` the client left; `interrupted` broken off mid-answer; `refused` by us, nobody called. */
export type RowStatus = "ok" | "error" | "canceled" | "interrupted" | "refused";

/** One call to one candidate. */
export interface AttemptRecord {
  provider: string;
  model: string;
  /** `ok`, a fault kind, or why it was left uncalled (`resting`). */
  outcome: string;
  ms: number;
  /** The upstream's own HTTP status; absent when there was no response. */
  status?: number;
  /** Nano-USD a failed attempt was billed; absent = nothing. */
  costNanoUsd?: number;
}

/** One request, whatever happened to it. Null = unknown or not applicable, never 0. */
export interface LedgerRow {
  /** Primary key, rising; `requestIdOf(sequence)` is the public id. */
  sequence: number;
  timeMs: number;
  orgId: string;
  keyId: string;
  /** `chat` or `embeddings`. */
  operation: "chat" | "embeddings";
  /** As the client wrote it; null = none was named. */
  requestedModel: string | null;
  model: string | null;
  provider: string | null;
  /** What the provider calls the model. */
  upstreamModel: string | null;
  status: RowStatus;
  httpStatus: number;
  /** The error code the client was given; null = none. */
  errorCode: string | null;
  stream: boolean;
  usage: Usage | null;
  usageSource: UsageSource;
  /** The prices used, as JSON of `Price`; null = unknown. */
  price: string | null;
  /** Nano-USD; null = price or usage unknown. */
  costNanoUsd: number | null;
  latencyMs: number;
  /** Milliseconds to the first content; to the first response byte where nothing streams; null = there was none. */
  ttftMs: number | null;
  fallbackUsed: boolean;
  /** `none` until there is a response cache. */
  cache: "none";
  industry: string | null;
  task: string | null;
  routeReason: string | null;
  attempts: readonly AttemptRecord[];
  /** Compact JSON of the decision: chain, exclusions by reason, revisions. */
  decision: string | null;
}
