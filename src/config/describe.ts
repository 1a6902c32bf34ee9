import type { JsonObject } from "../core/json.ts";
import { formatUsd } from "../core/money.ts";
import type { Config, ModelConfig, ProviderConfig, RuleConfig } from "./config.ts";

const MASK = "***";

/** What `auth` may hold that is no secret. Whatever is not listed is masked. */
const PUBLIC_AUTH = [
  "api_version",
  "client_id",
  "credentials_file",
  "deployment",
  "location",
  "profile",
  "project",
  "region",
  "resource",
  "tenant_id",
];

/** In the file what was not told is absent, so it is here. */
function told(entries: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== null && value !== undefined),
  );
}

function usd(nanoUsd: number | null): string | null {
  return nanoUsd === null ? null : formatUsd(nanoUsd);
}

function masked(values: Readonly<Record<string, string>>, shown: readonly string[] = []): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, shown.includes(name) ? value : MASK]),
  );
}

function describeModel(model: ModelConfig): JsonObject {
  const { price } = model;
  return told({
    id: model.id,
    upstream: model.upstream,
    price:
      price &&
      told({
        input: usd(price.input),
        output: usd(price.output),
        cached_input: usd(price.cachedInput),
        cache_write: usd(price.cacheWrite),
      }),
    quality: model.quality,
    context: model.context,
    max_output: model.maxOutput,
    capabilities: model.capabilities,
    kind: model.kind,
    max_parallel: model.maxParallel,
    weight: model.weight,
  });
}

function describeProvider(provider: ProviderConfig): JsonObject {
  const { timeouts } = provider;
  return told({
    id: provider.id,
    preset: provider.preset,
    dialect: provider.dialect,
    base_url: provider.baseUrl,
    api_key: provider.apiKey === null ? null : MASK,
    local: provider.local,
    timeouts: told({
      connect_ms: timeouts.connectMs,
      first_content_ms: timeouts.firstContentMs,
      idle_ms: timeouts.idleMs,
      total_ms: timeouts.totalMs,
    }),
    auth: masked(provider.auth, PUBLIC_AUTH),
    headers: masked(provider.headers),
    takes_metadata: provider.takesMetadata,
    data_collection: provider.dataCollection,
    models: provider.models?.map(describeModel),
  });
}

/** One rule in the words of the file. */
export function describeRule({ name, priority, when, then: actions }: RuleConfig): JsonObject {
  return {
    name,
    priority,
    when: told({
      prompt_tokens: when.promptTokens && told(when.promptTokens),
      keywords: when.keywords,
      industry: when.industry,
      task: when.task,
      needs: when.needs.length > 0 ? when.needs : null,
      max_input_cost_usd: usd(when.maxInputCostNanoUsd),
      model: when.model,
      key: when.key,
      org: when.org,
      metadata: Object.keys(when.metadata).length > 0 ? { ...when.metadata } : null,
      stream: when.stream,
      contains_pii: when.containsPii,
    }),
    then: told({
      models: actions.models,
      strategy: actions.strategy,
      only_local: actions.onlyLocal,
      allow_cloud_fallback: actions.allowCloudFallback,
      deny: actions.deny,
      max_cost_usd: usd(actions.maxCostNanoUsd),
      set_params: Object.keys(actions.setParams).length > 0 ? actions.setParams : null,
    }),
  };
}

/** Addresses of webhooks are often secrets themselves: only the origin is shown. */
function describeWebhook(webhook: Config["alerts"]["webhook"]): JsonObject {
  if (webhook === null) return { url: "", secret: "" };
  return { url: `${new URL(webhook.url).origin}/${MASK}`, secret: MASK };
}

/**
 * The effective configuration in the words of the file, every secret shown as `***`. Written to a file it
 * would load again, and mean the same but for the secrets.
 */
export function describeConfig(config: Config): JsonObject {
  const { server, store, routing, budgets } = config;
  return {
    server: {
      host: server.host,
      port: server.port,
      public_url: server.publicOrigin ?? "",
      max_body_mb: server.maxBodyMb,
      body_timeout_ms: server.bodyTimeoutMs,
      drain_ms: server.drainMs,
      public_metrics: server.publicMetrics,
      cors: { origins: server.cors.origins },
    },
    data_dir: config.dataDir,
    store: { sync: store.sync, raw_days: store.rawDays, body_days: store.bodyDays },
    egress: { allow: config.egress.allow },
    providers: config.providers.map(describeProvider),
    aliases: { ...config.aliases },
    industries: { ...config.industries },
    auto: { ...config.auto },
    rules: config.rules.map(describeRule),
    routing: {
      quality_floor: routing.qualityFloor,
      local_fallback: routing.localFallback,
      max_attempts: routing.maxAttempts,
      sticky: routing.sticky,
    },
    budgets: {
      default_output_tokens: budgets.defaultOutputTokens,
      on_limit: budgets.onLimit,
      unknown_price: budgets.unknownPrice,
    },
    alerts: { webhook: describeWebhook(config.alerts.webhook) },
  };
}
