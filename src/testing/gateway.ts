import type { Caller } from "../core/caller.ts";
import { systemClock } from "../core/clock.ts";
import { Deadlines } from "../core/deadlines.ts";
import type { Deployment } from "../core/deployment.ts";
import { RequestNumbers } from "../core/ids.ts";
import type { Gateway, Snapshot } from "../gateway/gateway.ts";
import type { LedgerRow } from "../ledger/row.ts";
import type { Provider, Timeouts } from "../providers/contract.ts";
import { openaiDialect } from "../providers/dialects/openai/dialect.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { Health } from "../routing/health.ts";
import { type Listening, listen } from "../server/app.ts";
import type { Services } from "../server/services.ts";
import { catalogOf } from "./catalog.ts";

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
  logs: string[];
  /** Calls the chat endpoint with the test's key. */
  chat(body: unknown, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  /** Resolves once that many rows were written. */
  rowsWritten(count: number): Promise<LedgerRow[]>;
  stop(): Promise<void>;
}

export interface TestGatewayOptions {
  providers: readonly Provider[];
  deployments: readonly Deployment[];
  aliases?: Record<string, readonly string[]>;
  caller?: Partial<Caller>;
  maxAttempts?: number;
  maxBodyBytes?: number;
  bodyTimeoutMs?: number;
  corsOrigins?: readonly string[];
  /** Replaces the ledger: rejects to simulate a full disk. */
  write?: (row: LedgerRow) => Promise<void>;
}

/** The real server, gateway, router and sender on loopback; only the ledger is a list. */
export function startGateway(options: TestGatewayOptions): TestGateway {
  const clock = systemClock;
  const rows: LedgerRow[] = [];
  const logs: string[] = [];
  const note = (fields: Record<string, unknown>, message: string) =>
    void logs.push(JSON.stringify({ ...fields, message }));
  const snapshot: Snapshot = {
    catalog: catalogOf(options.deployments, options.aliases, ["openai"]),
    upstreams: new Map(
      options.providers.map((provider) => [provider.id, { provider, dialect: openaiDialect }]),
    ),
    configRevision: "test",
    maxAttempts: options.maxAttempts ?? 5,
  };
  const waiting: (() => void)[] = [];
  const gateway: Gateway = {
    clock,
    log: { info: note, warn: note, error: note },
    deadlines: new Deadlines(clock),
    health: new Health(clock),
    sender: new Sender(new Pins(clock), { allow: [] }),
    write: async (row) => {
      await options.write?.(row);
      rows.push(row);
      for (const look of waiting) look();
    },
    observe() {},
    snapshot: () => snapshot,
  };
  const services = servicesOf(gateway, options);
  const listening: Listening = listen(
    {
      services,
      manage: async () => null,
      renderMetrics: async () => ({ body: "", contentType: "text/plain" }),
    },
    { host: "127.0.0.1", port: 0 },
  );
  const post = (path: string, body: unknown, init: RequestInit = {}) =>
    fetch(listening.url + path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
      headers: { authorization: `Bearer ${TEST_KEY}`, "content-type": "application/json", ...init.headers },
    });
  return {
    url: listening.url,
    gateway,
    rows,
    logs,
    post,
    chat: (body, init) => post("/v1/chat/completions", body, init),
    rowsWritten: (count) =>
      new Promise((resolve) => {
        const look = () => rows.length >= count && resolve(rows);
        waiting.push(look);
        look();
      }),
    stop: () => listening.stop(0),
  };
}

function servicesOf(gateway: Gateway, options: TestGatewayOptions): Services {
  const caller: Caller = {
    keyId: "key_test",
    orgId: "org_test",
    scopes: ["inference"],
    allowedModels: null,
    allowedProviders: null,
    ...options.caller,
  };
  return {
    gateway,
    numbers: new RequestNumbers(gateway.clock, 0),
    verify: (secret) => (secret === TEST_KEY ? caller : null),
    noteUse() {},
    limits: () => ({
      maxBodyBytes: options.maxBodyBytes ?? 32 * 2 ** 20,
      bodyTimeoutMs: options.bodyTimeoutMs ?? 30_000,
      corsOrigins: options.corsOrigins ?? [],
      publicMetrics: false,
    }),
    notReady: async () => null,
  };
}
