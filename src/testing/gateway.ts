import { RateLimits } from "../budget/rate-limits.ts";
import { NO_ORIGINS } from "../config/origins.ts";
import type { Caller } from "../core/caller.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { Deadlines } from "../core/deadlines.ts";
import type { Deployment } from "../core/deployment.ts";
import { RequestNumbers } from "../core/ids.ts";
import type { Log } from "../core/log.ts";
import type { BudgetSettings, Funds } from "../gateway/funds.ts";
import type { Gateway, Snapshot } from "../gateway/gateway.ts";
import type { RequestBodies } from "../ledger/bodies.ts";
import type { LedgerRow } from "../ledger/row.ts";
import type { Dialect, Provider, Timeouts } from "../providers/contract.ts";
import { DIALECTS } from "../providers/dialects/list.ts";
import { Pins, type Resolve } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { Health } from "../routing/health.ts";
import { type Listening, listen } from "../server/app.ts";
import type { Services } from "../server/services.ts";
import { BUDGET_SETTINGS, NO_BUDGETS } from "./budgets.ts";
import { catalogOf } from "./catalog.ts";
import { type PolicyChanges, policyOf } from "./policy.ts";

export const TEST_KEY = "neu_live_test-key-that-is-long-enough-000000";
/** A credential that must never come back to a client. */
export const UPSTREAM_SECRET = "sk-upstream-secret-1234567890";

/** A provider of the test's own, reached on loopback. */
export function testProvider(id: string, baseUrl: string, rest: Partial<Provider> = {}): Provider {
  const timeouts: Timeouts = { connectMs: 300, firstContentMs: 400, idleMs: 400, totalMs: 3_000 };
  return {
    id,
    presetId: null,
    dialect: "openai",
    baseUrl,
    auth: { kind: "bearer" },
    apiKey: UPSTREAM_SECRET,
    credentials: null,
    paths: { chat: "/chat/completions", embeddings: "/embeddings", models: "/models" },
    headers: {},
    query: {},
    quirks: {},
    local: true,
    takesMetadata: false,
    timeouts,
    ...rest,
  };
}

export interface TestGateway {
  url: string;
  gateway: Gateway;
  rows: LedgerRow[];
  /** What was said in the request of each row; null = it is not kept. */
  bodies: (RequestBodies | null)[];
  logs: string[];
  /** Inference requests with a good key so far. */
  arrived(): number;
  /** Calls the chat endpoint with the test's key. */
  chat(body: unknown, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  /** Resolves once that many rows were written. */
  rowsWritten(count: number): Promise<LedgerRow[]>;
  /** `drainMs` is how long what is in flight may take; 0 by default. */
  stop(drainMs?: number): Promise<void>;
}

export interface TestGatewayOptions {
  providers: readonly Provider[];
  deployments: readonly Deployment[];
  aliases?: Record<string, readonly string[]>;
  /** Industries, lists, rules and routing of the config; absent = an empty config's. */
  policy?: PolicyChanges;
  caller?: Partial<Caller>;
  /** Other keys by their secrets, read at each request; null = a key that may not pass any more. */
  callers?: Record<string, Partial<Caller> | null>;
  maxAttempts?: number;
  maxBodyBytes?: number;
  bodyTimeoutMs?: number;
  corsOrigins?: readonly string[];
  publicMetrics?: boolean;
  /** Time for health, rows and timers alike; absent = the system's. */
  clock?: Clock;
  /** Budgets that requests are held to; absent = none. */
  funds?: Funds;
  budgets?: BudgetSettings;
  /** What the organization says; absent = nothing. */
  unknownPrice?: "skip" | "allow";
  /** What the organization says of what is said, at each request; absent = it is not kept. */
  storesBodies?: () => boolean;
  /** Replaces the tokenizer; absent = nothing is counted. */
  countTokens?: Gateway["countTokens"];
  /** Replaces the name server. */
  resolve?: Resolve;
  /** Replaces the sender, for providers that need one with an authorizer. */
  sender?: Sender;
  /** Replaces the second connection that tells a silent origin from a dead one. */
  probe?: () => Promise<boolean>;
  /** Replaces every dialect: throws to simulate a bug. */
  dialect?: Dialect;
  /** What `/readyz` says is missing; null = nothing. */
  notReady?: string | null;
  /** Replaces the ledger: rejects to simulate a full disk. */
  write?: (row: LedgerRow) => Promise<void>;
}

/** The real server, gateway, router and sender on loopback; only the ledger is a list. */
export function startGateway(options: TestGatewayOptions): TestGateway {
  const clock = options.clock ?? systemClock;
  const rows: LedgerRow[] = [];
  const bodies: TestGateway["bodies"] = [];
  const logs: string[] = [];
  const snapshot = snapshotOf(options);
  const waiting: (() => void)[] = [];
  const gateway: Gateway = {
    clock,
    log: listLog(logs),
    deadlines: new Deadlines(clock),
    health: new Health(clock),
    limits: new RateLimits(clock),
    funds: options.funds ?? NO_BUDGETS,
    unknownPriceOf: () => options.unknownPrice ?? null,
    storesBodies: () => options.storesBodies?.() ?? false,
    countTokens: options.countTokens ?? (async () => null),
    sender: senderOf(clock, options),
    write: async (row, said) => {
      await options.write?.(row);
      rows.push(row);
      bodies.push(said);
      for (const look of waiting) look();
    },
    observe() {},
    snapshot: () => snapshot,
    snapshotAt: () => null,
  };
  let arrived = 0;
  const services = servicesOf(gateway, options, () => {
    arrived += 1;
  });
  const listening: Listening = listen(
    {
      services,
      manage: async () => null,
      serveConsole: async () => null,
      renderMetrics: async () => ({ body: "nyuro_requests_total 1\n", contentType: "text/plain" }),
    },
    { host: "127.0.0.1", port: 0 },
  );
  const post = posting(listening.url);
  return {
    url: listening.url,
    gateway,
    rows,
    bodies,
    logs,
    arrived: () => arrived,
    post,
    chat: (body, init) => post("/v1/chat/completions", body, init),
    rowsWritten: (count) =>
      new Promise((resolve) => {
        const look = () => rows.length >= count && resolve(rows);
        waiting.push(look);
        look();
      }),
    stop: (drainMs = 0) => listening.stop(drainMs),
  };
}

function listLog(logs: string[]): Log {
  const note = (fields: Record<string, unknown>, message: string) =>
    void logs.push(JSON.stringify({ ...fields, message }));
  return { info: note, warn: note, error: note };
}

function snapshotOf(options: TestGatewayOptions): Snapshot {
  const catalog = catalogOf(options.deployments, options.aliases, ["openai"]);
  return {
    catalog,
    policy: policyOf(catalog, options.policy),
    upstreams: new Map(
      options.providers.map((provider) => [
        provider.id,
        { provider, dialect: options.dialect ?? DIALECTS[provider.dialect] },
      ]),
    ),
    configRevision: "test",
    maxAttempts: options.maxAttempts ?? 5,
    budgets: options.budgets ?? BUDGET_SETTINGS,
  };
}

function posting(url: string): TestGateway["post"] {
  return (path, body, init = {}) =>
    fetch(url + path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
      headers: { authorization: `Bearer ${TEST_KEY}`, "content-type": "application/json", ...init.headers },
    });
}

function senderOf(clock: Clock, options: TestGatewayOptions): Sender {
  const { resolve, probe } = options;
  const sender = options.sender ?? new Sender(new Pins(clock, resolve), { allow: [] });
  return probe ? Object.assign(sender, { probe }) : sender;
}

function servicesOf(gateway: Gateway, options: TestGatewayOptions, onUse: () => void): Services {
  const caller: Caller = {
    keyId: "key_test",
    orgId: "org_test",
    scopes: ["inference"],
    allowedModels: null,
    allowedProviders: null,
    rateLimits: null,
    ...options.caller,
  };
  return {
    gateway,
    numbers: new RequestNumbers(gateway.clock, 0),
    verify(secret) {
      const other = options.callers?.[secret ?? ""];
      if (other !== undefined) return other && { ...caller, ...other };
      return secret === TEST_KEY ? caller : null;
    },
    personOf: async () => null,
    reached: () => ({ publicOrigin: null, host: "127.0.0.1" }),
    noteUse: onUse,
    limits: () => ({
      maxBodyBytes: options.maxBodyBytes ?? 32 * 2 ** 20,
      bodyTimeoutMs: options.bodyTimeoutMs ?? 30_000,
      corsOrigins: options.corsOrigins ?? [],
      publicMetrics: options.publicMetrics ?? false,
    }),
    drain() {},
    origins: () => NO_ORIGINS,
    notReady: async () => options.notReady ?? null,
  };
}
