import type { Capability } from "../core/deployment.ts";
import type { JsonObject } from "../core/json.ts";
import type { Industry, Strategy, Task } from "./words.ts";

/** Integer nano-USD per million tokens. A null bucket is not told: what it costs instead is the catalog's business. */
export interface PriceConfig {
  input: number;
  output: number;
  cachedInput: number | null;
  cacheWrite: number | null;
}

/** One model as the file declares it. Null = not told, left to the catalog. */
export interface ModelConfig {
  id: string;
  /** What the provider calls the model; null = the same as `id`. */
  upstream: string | null;
  price: PriceConfig | null;
  /** 0–100. */
  quality: number | null;
  /** Tokens of prompt + output. */
  context: number | null;
  /** Tokens of output. */
  maxOutput: number | null;
  capabilities: readonly Capability[] | null;
  /** null = chat and embeddings alike. */
  kind: "chat" | "embedding" | null;
  /** Most calls at once; null = no limit. */
  maxParallel: number | null;
  /** Relative share among equals; 1 by default. */
  weight: number;
}

/** Milliseconds; an absent one keeps its default. */
export interface TimeoutsConfig {
  connectMs?: number;
  firstContentMs?: number;
  idleMs?: number;
  totalMs?: number;
}

/** One provider as the file declares it. Null = not told: the preset, else the default, decides. */
export interface ProviderConfig {
  id: string;
  /** null = a server of the user's own; then `dialect` and `baseUrl` are set. */
  preset: string | null;
  dialect: string | null;
  /** Without a trailing slash. */
  baseUrl: string | null;
  apiKey: string | null;
  local: boolean | null;
  timeouts: TimeoutsConfig;
  /** Keys as in the file, in snake_case: `api_version`, `region`, … May hold secrets. */
  auth: Readonly<Record<string, string>>;
  /** Sent with every call to this provider. May hold secrets. */
  headers: Readonly<Record<string, string>>;
  takesMetadata: boolean | null;
  dataCollection: "allow" | "deny" | null;
  /** null = discovered, or the catalog's; a list = only these. */
  models: readonly ModelConfig[] | null;
}

/** All of them must hold. Null or empty = no condition. */
export interface RuleConditions {
  /** Inclusive bounds on the estimated prompt tokens; a null bound is open. */
  promptTokens: { min: number | null; max: number | null } | null;
  keywords: { any: readonly string[]; all: readonly string[] } | null;
  industry: Industry | null;
  task: Task | null;
  needs: readonly Capability[];
  maxInputCostNanoUsd: number | null;
  /** A glob over the model as it was asked for. */
  model: string | null;
  key: string | null;
  org: string | null;
  metadata: Readonly<Record<string, string>>;
  stream: boolean | null;
  containsPii: boolean | null;
}

export interface RuleActions {
  /** Replace what was asked; never set together with `strategy`. */
  models: readonly string[] | null;
  strategy: Strategy | null;
  onlyLocal: boolean | null;
  allowCloudFallback: boolean | null;
  /** The message of the 403; null = not denied. */
  deny: string | null;
  maxCostNanoUsd: number | null;
  /** Request fields to set; empty = none. */
  setParams: Readonly<JsonObject>;
}

export interface RuleConfig {
  name: string;
  /** Lower first; rules that name none keep the order of the file. */
  priority: number;
  when: RuleConditions;
  then: RuleActions;
}

export interface ServerConfig {
  host: string;
  /** 0 = any free port. */
  port: number;
  /** `https://llm.example.com`: where browsers reach the console; null = not told. */
  publicOrigin: string | null;
  maxBodyMb: number;
  bodyTimeoutMs: number;
  drainMs: number;
  publicMetrics: boolean;
  /** No origins = CORS is off; `*` = every origin. */
  cors: { origins: readonly string[] };
}

export interface RoutingConfig {
  /** 0–100. */
  qualityFloor: number;
  localFallback: "none" | "cloud";
  maxAttempts: number;
  sticky: readonly string[];
}

export interface BudgetsConfig {
  defaultOutputTokens: number;
  onLimit: "cut" | "finish";
  unknownPrice: "skip" | "allow";
}

export interface AlertsConfig {
  /** null = alerts go to the log and the API only. */
  webhook: { url: string; secret: string } | null;
}

/** The whole effective configuration: file, environment and defaults. Holds secrets; `describeConfig` masks them. */
export interface Config {
  server: ServerConfig;
  /** Absolute path. */
  dataDir: string;
  store: { sync: "normal" | "full"; rawDays: number; bodyDays: number };
  /** CIDR ranges. */
  egress: { allow: readonly string[] };
  /** Empty = what is found in the environment and on loopback. */
  providers: readonly ProviderConfig[];
  /** This and the next two have no prototype, so that looking up a caller's word finds only what was configured. */
  aliases: Readonly<Record<string, readonly string[]>>;
  industries: Readonly<Record<string, readonly string[]>>;
  auto: Readonly<Record<string, readonly string[]>>;
  rules: readonly RuleConfig[];
  routing: RoutingConfig;
  budgets: BudgetsConfig;
  alerts: AlertsConfig;
}
