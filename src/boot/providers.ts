import type { ProviderConfig } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import type { CatalogView } from "../core/deployment.ts";
import type { Provider } from "../providers/contract.ts";
import { DEMO_MODEL } from "../providers/demo.ts";
import { keyVariables, withEnvironment } from "../providers/presets/from-environment.ts";
import { PRESETS, presetOf } from "../providers/presets/list.ts";
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
    const config = fromPreset(preset.id, null);
    if (preset.local) {
      found.push(config);
      continue;
    }
    // Only by a key that is for this provider: AWS's and Google's other variables are there for many reasons.
    const complete = withEnvironment(config, preset, environment.value);
    const slots = [...preset.baseUrl.matchAll(/\{([a-z_]+)\}/g)].map(([, slot = ""]) => slot);
    if (complete.apiKey !== null && slots.every((slot) => complete.auth[slot] !== undefined))
      found.push(complete);
  }
  return found;
}

/** Answers in this process while nothing real is there. */
export const demoProvider: Provider = {
  id: DEMO_PROVIDER,
  presetId: null,
  dialect: "openai",
  baseUrl: DEMO_BASE_URL,
  auth: { kind: "none" },
  apiKey: null,
  credentials: null,
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
function originOfKey({ apiKey, credentials, presetId }: Provider, environment: Environment): string | null {
  const preset = presetId === null ? null : presetOf(presetId);
  const names = preset ? keyVariables(preset) : [];
  const [first] = names;
  if (first === undefined || credentials !== null) return null;
  if (apiKey === null) return `no key: ${first} is not set`;
  return names.find((name) => apiKey === environment.value(name)) ?? null;
}
