import type { CatalogProvider } from "../catalog/catalog.ts";
import type { ProviderConfig } from "../config/config.ts";
import type { Provider } from "../providers/contract.ts";
import { buildProvider } from "../providers/presets/build.ts";
import { type Variable, withEnvironment } from "../providers/presets/from-environment.ts";
import { presetOf } from "../providers/presets/list.ts";
import { DEMO_PROVIDER, demoModels } from "./providers.ts";

/** A provider of the configuration, ready to be called. */
export interface Configured {
  provider: Provider;
  config: ProviderConfig;
  priceId: string | null;
  discovers: boolean;
}

/** `place` is where the config has it, for the sentence about a mistake. */
export function configure(
  config: ProviderConfig,
  variable: Variable,
  place?: string,
): Configured | { problem: string } {
  const preset = config.preset === null ? null : presetOf(config.preset);
  if (config.preset !== null && !preset) return { problem: `provider ${config.id} names an unknown preset` };
  const provider = buildProvider(withEnvironment(config, preset, variable), preset, place);
  if ("problem" in provider) return provider;
  const priceId = preset ? (preset.priceId === undefined ? preset.id : preset.priceId) : null;
  return {
    provider,
    config,
    priceId,
    discovers: config.models === null && provider.paths.models !== undefined,
  };
}

export function catalogProvider({ provider, config, priceId, discovers }: Configured): CatalogProvider {
  return {
    id: provider.id,
    priceId,
    local: provider.local,
    discovers,
    dataCollection: config.dataCollection ?? (provider.local ? "deny" : "allow"),
    models: config.models,
  };
}

export const demoCatalogProvider: CatalogProvider = {
  id: DEMO_PROVIDER,
  priceId: null,
  local: true,
  discovers: false,
  dataCollection: "deny",
  models: null,
  ownModels: demoModels,
};
