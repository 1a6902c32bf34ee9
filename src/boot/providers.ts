import type { ProviderConfig } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import type { CatalogView } from "../core/deployment.ts";
import type { Provider } from "../providers/contract.ts";
import { DEMO_MODEL } from "../providers/demo.ts";
import { PRESETS } from "../providers/presets/list.ts";
import { DEMO_BASE_URL } from "../providers/send.ts";

export const DEMO_PROVIDER = "demo";

function fromPreset(preset: string, apiKey: string | null): ProviderConfig {
  return {
    id: preset,
    preset,
    dialect: null,
    baseUrl: null,
    apiKey,
    local: null,
    timeouts: {},
    auth: {},
    headers: {},
    takesMetadata: null,
    dataCollection: null,
    models: null,
  };
}

/**
 * The providers of a config that names none: those whose key is in the environment, and the usual servers on
 * loopback, which show themselves by answering with a model list.
 */
export function providersFound(environment: Environment): ProviderConfig[] {
  const found: ProviderConfig[] = [];
  for (const preset of PRESETS) {
    const apiKey = preset.keyEnv === null ? null : environment.value(preset.keyEnv);
    const needsMore = preset.baseUrl.includes("{");
    if (preset.local) found.push(fromPreset(preset.id, null));
    else if (apiKey !== null && !needsMore) found.push(fromPreset(preset.id, apiKey));
  }
  return found;
}

/**
 * The key of a configured preset that names none comes from the preset's own variable; not where the operator gave
 * another address, because a key only ever goes where it was meant for.
 */
export function withEnvironmentKey(config: ProviderConfig, environment: Environment): ProviderConfig {
  if (config.apiKey !== null || config.preset === null || config.baseUrl !== null) return config;
  const keyEnv = PRESETS.find(({ id }) => id === config.preset)?.keyEnv ?? null;
  return keyEnv === null ? config : { ...config, apiKey: environment.value(keyEnv) };
}

/** Answers in this process while nothing real is there. */
export const demoProvider: Provider = {
  id: DEMO_PROVIDER,
  presetId: null,
  dialect: "openai",
  baseUrl: DEMO_BASE_URL,
  auth: { kind: "none" },
  apiKey: null,
  paths: {},
  headers: {},
  query: {},
  quirks: {},
  local: true,
  takesMetadata: true,
  timeouts: { connectMs: 5_000, firstContentMs: 5_000, idleMs: 5_000, totalMs: 10_000 },
};

export const demoModels = [DEMO_MODEL] as const;

/** `openai (OPENAI_API_KEY)`, `ollama (http://127.0.0.1:11434)`: where each one came from, never a credential. */
export function describeProviders(
  providers: readonly Provider[],
  catalog: CatalogView,
  environment: Environment,
): string[] {
  return providers
    .filter(({ id }) => catalog.providerIds.has(id))
    .map((provider) => {
      if (provider.id === DEMO_PROVIDER && provider.baseUrl === DEMO_BASE_URL) {
        return "demo (simulated: nothing real is configured)";
      }
      const from = provider.local ? new URL(provider.baseUrl).origin : originOfKey(provider, environment);
      return from === null ? provider.id : `${provider.id} (${from})`;
    });
}

/** Null = the key is the config file's, or the provider takes none that we know of. */
function originOfKey({ apiKey, presetId }: Provider, environment: Environment): string | null {
  const keyEnv = PRESETS.find(({ id }) => id === presetId)?.keyEnv ?? null;
  if (keyEnv === null) return null;
  if (apiKey === null) return `no key: ${keyEnv} is not set`;
  return apiKey === environment.value(keyEnv) ? keyEnv : null;
}
