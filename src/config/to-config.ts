import { resolve } from "node:path";
import type { z } from "zod";
import type {
  Config,
  ModelConfig,
  PriceConfig,
  ProviderConfig,
  RuleActions,
  RuleConditions,
  RuleConfig,
  TimeoutsConfig,
} from "./config.ts";
import type { modelSchema, providerSchema } from "./provider-schema.ts";
import type { ruleSchema } from "./rule-schema.ts";
import type { FileShape } from "./schema.ts";

type ModelShape = z.output<typeof modelSchema>;
type ProviderShape = z.output<typeof providerSchema>;
type RuleShape = z.output<typeof ruleSchema>;

/** What a provider without a preset speaks unless it says otherwise. */
const DEFAULT_DIALECT = "openai";

function toPrice(price: NonNullable<ModelShape["price"]>): PriceConfig {
  return {
    input: price.input,
    output: price.output,
    cachedInput: price.cached_input ?? null,
    cacheWrite: price.cache_write ?? null,
  };
}

function toModel(model: ModelShape): ModelConfig {
  return {
    id: model.id,
    upstream: model.upstream ?? null,
    price: model.price ? toPrice(model.price) : null,
    quality: model.quality ?? null,
    context: model.context ?? null,
    maxOutput: model.max_output ?? null,
    capabilities: model.capabilities ? [...new Set(model.capabilities)] : null,
    kind: model.kind ?? null,
    maxParallel: model.max_parallel ?? null,
    weight: model.weight,
  };
}

function toTimeouts(timeouts: NonNullable<ProviderShape["timeouts"]>): TimeoutsConfig {
  return {
    ...(timeouts.connect_ms === undefined ? {} : { connectMs: timeouts.connect_ms }),
    ...(timeouts.first_content_ms === undefined ? {} : { firstContentMs: timeouts.first_content_ms }),
    ...(timeouts.idle_ms === undefined ? {} : { idleMs: timeouts.idle_ms }),
    ...(timeouts.total_ms === undefined ? {} : { totalMs: timeouts.total_ms }),
  };
}

/** Files named there start at the folder of the configuration file, like those of `${file:…}`. */
function toAuth(auth: ProviderShape["auth"], folder: string): Record<string, string> {
  const settings = dictionary(auth);
  const { credentials_file: file } = settings;
  if (file !== undefined) settings.credentials_file = resolve(folder, file);
  return settings;
}

/** Names of files start at `folder`, which is absolute. */
export function toProvider(provider: ProviderShape, folder: string): ProviderConfig {
  return {
    id: provider.id,
    preset: provider.preset ?? null,
    dialect: provider.dialect ?? (provider.preset === undefined ? DEFAULT_DIALECT : null),
    baseUrl: provider.base_url?.replace(/\/+$/, "") ?? null,
    apiKey: provider.api_key ?? null,
    local: provider.local ?? null,
    timeouts: toTimeouts(provider.timeouts ?? {}),
    auth: toAuth(provider.auth, folder),
    headers: dictionary(provider.headers),
    takesMetadata: provider.takes_metadata ?? null,
    dataCollection: provider.data_collection ?? null,
    models: provider.models?.map(toModel) ?? null,
  };
}

function toConditions(when: RuleShape["when"]): RuleConditions {
  const bounds = when.prompt_tokens;
  return {
    promptTokens: bounds ? { min: bounds.min ?? null, max: bounds.max ?? null } : null,
    keywords: when.keywords ?? null,
    industry: when.industry ?? null,
    task: when.task ?? null,
    needs: when.needs ?? [],
    maxInputCostNanoUsd: when.max_input_cost_usd ?? null,
    model: when.model ?? null,
    key: when.key ?? null,
    org: when.org ?? null,
    metadata: dictionary(when.metadata ?? {}),
    stream: when.stream ?? null,
    containsPii: when.contains_pii ?? null,
  };
}

function toActions({ then: actions }: RuleShape): RuleActions {
  return {
    models: actions.models ?? null,
    strategy: actions.strategy ?? null,
    onlyLocal: actions.only_local ?? null,
    allowCloudFallback: actions.allow_cloud_fallback ?? null,
    deny: actions.deny ?? null,
    maxCostNanoUsd: actions.max_cost_usd ?? null,
    setParams: actions.set_params ?? {},
  };
}

export function toRule(rule: RuleShape): RuleConfig {
  return { name: rule.name, priority: rule.priority, when: toConditions(rule.when), then: toActions(rule) };
}

/** Without a prototype, so that `constructor` is found only where somebody configured it. */
function dictionary<Value>(source: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  const result: Record<string, Value> = Object.create(null);
  for (const [name, value] of Object.entries(source)) if (value !== undefined) result[name] = value;
  return result;
}

/** What the environment may overrule, and the folder, which depends on who named it. */
interface Settled {
  host: string;
  port: number;
  /** Absolute. */
  dataDir: string;
  /** Absolute; where relative names in the file start. */
  folder: string;
}

function toServer(server: FileShape["server"], { host, port }: Settled): Config["server"] {
  return {
    host,
    port,
    publicOrigin: server.public_url === "" ? null : new URL(server.public_url).origin,
    maxBodyMb: server.max_body_mb,
    bodyTimeoutMs: server.body_timeout_ms,
    drainMs: server.drain_ms,
    publicMetrics: server.public_metrics,
    cors: server.cors,
  };
}

/** The checked file in the words of the code. */
export function toConfig(file: FileShape, settled: Settled): Config {
  const { routing, budgets, store } = file;
  const { url, secret } = file.alerts.webhook;
  return {
    server: toServer(file.server, settled),
    dataDir: settled.dataDir,
    store: { sync: store.sync, rawDays: store.raw_days, bodyDays: store.body_days },
    egress: file.egress,
    providers: file.providers.map((provider) => toProvider(provider, settled.folder)),
    aliases: dictionary(file.aliases),
    industries: dictionary(file.industries),
    auto: dictionary(file.auto),
    rules: file.rules.map(toRule).sort((a, b) => a.priority - b.priority),
    routing: {
      qualityFloor: routing.quality_floor,
      localFallback: routing.local_fallback,
      maxAttempts: routing.max_attempts,
      sticky: routing.sticky,
    },
    budgets: {
      defaultOutputTokens: budgets.default_output_tokens,
      onLimit: budgets.on_limit,
      unknownPrice: budgets.unknown_price,
    },
    alerts: { webhook: url === "" ? null : { url, secret } },
  };
}
