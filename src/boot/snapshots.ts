import { buildCatalog, type CatalogProvider } from "../catalog/catalog.ts";
import type { ToldModel } from "../catalog/told-model.ts";
import type { Config, ProviderConfig } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import type { Clock } from "../core/clock.ts";
import { randomFraction } from "../core/ids.ts";
import type { Snapshot, Upstream } from "../gateway/gateway.ts";
import type { Provider } from "../providers/contract.ts";
import { DIALECTS } from "../providers/dialects/list.ts";
import { Discovery } from "../providers/discovery.ts";
import { buildProvider } from "../providers/presets/build.ts";
import { withEnvironment } from "../providers/presets/from-environment.ts";
import { presetOf } from "../providers/presets/list.ts";
import type { Sender } from "../providers/send.ts";
import { promptClassifier } from "../routing/classify.ts";
import { compilePolicy } from "../routing/policy.ts";
import { fetchModels } from "./fetch-models.ts";
import { KnownParams } from "./known-params.ts";
import { DEMO_PROVIDER, demoModels, demoProvider, providersFound } from "./providers.ts";
import { RememberedSnapshots } from "./remembered.ts";
import { unknownModels } from "./rule-models.ts";

const REPRICE_EVERY_MS = 10 * 60_000;

interface Parts {
  environment: Environment;
  clock: Clock;
  sender: Sender;
}

interface Configured {
  provider: Provider;
  config: ProviderConfig;
  priceId: string | null;
  discovers: boolean;
}

/**
 * Makes what requests see: from the config, and from the models that providers tell. Each change makes a whole new
 * snapshot; requests under way keep the one they began with.
 */
export class Snapshots {
  private readonly parts: Parts;
  private readonly discovery: Discovery<Provider, ToldModel>;
  private configured: readonly Configured[] = [];
  private config: { value: Config; revision: string } | null = null;
  private snapshot: Snapshot | null = null;
  private readonly remembered = new RememberedSnapshots();
  private readonly params = new KnownParams();
  /** Of the operator's word, not of the file: a reload keeps it, a restart forgets it. */
  private draining: ReadonlySet<string> = new Set();
  private readonly repricing: ReturnType<typeof setInterval>;

  constructor(parts: Parts) {
    this.parts = parts;
    this.discovery = new Discovery<Provider, ToldModel>({
      fetchModels: (provider) => fetchModels(parts.sender, provider, DIALECTS[provider.dialect], parts.clock),
      onChange: () => this.rebuild(),
      schedule: (callback, delayMs) => {
        const timer = setTimeout(callback, delayMs);
        timer.unref();
        return () => clearTimeout(timer);
      },
      random: randomFraction,
    });
    // Some providers charge by the hour of the day.
    this.repricing = setInterval(() => this.rebuild(), REPRICE_EVERY_MS);
    this.repricing.unref();
  }

  current(): Snapshot {
    if (!this.snapshot) throw new Error("no snapshot before the config was applied");
    return this.snapshot;
  }

  /** A snapshot of these revisions, while it is remembered; null = it is not. */
  at(catalogRevision: string, configRevision: string): Snapshot | null {
    return this.remembered.at(catalogRevision, configRevision);
  }

  /** The providers as they are called, the built-in one included while nothing real is there. */
  providers(): readonly Provider[] {
    return [...this.current().upstreams.values()].map(({ provider }) => provider);
  }

  /**
   * All or nothing: what cannot be built is returned as sentences and the snapshot stays. The promise `discovered`
   * resolves when every provider that tells its models has answered or failed once.
   */
  apply(config: Config, revision: string): { problems: string[] } | { discovered: Promise<void> } {
    const { environment } = this.parts;
    const isNamed = config.providers.length > 0;
    const wanted = isNamed ? config.providers : providersFound(environment);
    const configured: Configured[] = [];
    const problems: string[] = [];
    for (const [index, provider] of wanted.entries()) {
      const built = configure(provider, environment, isNamed ? `providers[${index}]` : undefined);
      if ("problem" in built) problems.push(built.problem);
      else configured.push(built);
    }
    if (problems.length === 0) {
      const catalog = this.catalogOf(configured.map(catalogProvider), config);
      const unheard = configured.filter(({ provider, discovers }) => discovers && !this.heard(provider.id));
      problems.push(...unknownModels(config.rules, catalog, unheard.length > 0));
    }
    if (problems.length > 0) return { problems };
    this.config = { value: config, revision };
    this.configured = configured;
    this.rebuild();
    const asked = configured.filter(({ discovers }) => discovers).map(({ provider }) => provider);
    return { discovered: this.discovery.use(asked) };
  }

  /** From now on the provider takes no new requests, or takes them again. Those under way end as they began. */
  drain(providerId: string, isDraining: boolean): void {
    const draining = new Set(this.draining);
    if (isDraining) draining.add(providerId);
    else draining.delete(providerId);
    this.draining = draining;
    this.rebuild();
  }

  stop(): void {
    clearInterval(this.repricing);
    this.discovery.stop();
  }

  private heard(providerId: string): boolean {
    return this.discovery.discovered().has(providerId);
  }

  private rebuild(): void {
    if (!this.config) return;
    const { value: config, revision } = this.config;
    const configured = this.present(config);
    const real = this.catalogOf(configured.map(catalogProvider), config);
    const isDemo = real.models.size === 0 && config.providers.length === 0;
    const catalog = isDemo ? this.catalogOf([demoCatalogProvider], config) : real;
    const upstreams = new Map<string, Upstream>();
    for (const { provider } of configured)
      upstreams.set(provider.id, { provider, dialect: DIALECTS[provider.dialect] });
    if (isDemo) upstreams.set(DEMO_PROVIDER, { provider: demoProvider, dialect: DIALECTS.openai });
    const policy = compilePolicy(config, catalog, {
      classifier: promptClassifier,
      draining: this.draining,
      notTaken: ({ providerId, upstream: model }) => {
        const upstream = upstreams.get(providerId);
        return upstream ? this.params.notTakenBy(upstream, model) : {};
      },
    });
    const { maxAttempts } = config.routing;
    this.snapshot = { catalog, policy, upstreams, configRevision: revision, maxAttempts };
    this.remembered.add(this.snapshot);
  }

  /** Nobody asked for the usual local servers by name: each is there as long as it answers. */
  private present(config: Config): readonly Configured[] {
    if (config.providers.length > 0) return this.configured;
    const discovered = this.discovery.discovered();
    return this.configured.filter(({ provider }) => !provider.local || discovered.has(provider.id));
  }

  private catalogOf(providers: readonly CatalogProvider[], config: Config) {
    return buildCatalog({
      providers,
      aliases: config.aliases,
      discovered: this.discovery.discovered(),
      nowMs: this.parts.clock.now(),
    });
  }
}

/** `place` is where the config has it, for the sentence about a mistake. */
function configure(
  config: ProviderConfig,
  environment: Environment,
  place?: string,
): Configured | { problem: string } {
  const preset = config.preset === null ? null : presetOf(config.preset);
  if (config.preset !== null && !preset) return { problem: `provider ${config.id} names an unknown preset` };
  const provider = buildProvider(withEnvironment(config, preset, environment.value), preset, place);
  if ("problem" in provider) return provider;
  const priceId = preset ? (preset.priceId === undefined ? preset.id : preset.priceId) : null;
  return {
    provider,
    config,
    priceId,
    discovers: config.models === null && provider.paths.models !== undefined,
  };
}

function catalogProvider({ provider, config, priceId, discovers }: Configured): CatalogProvider {
  return {
    id: provider.id,
    priceId,
    local: provider.local,
    discovers,
    dataCollection: config.dataCollection ?? (provider.local ? "deny" : "allow"),
    models: config.models,
  };
}

const demoCatalogProvider: CatalogProvider = {
  id: DEMO_PROVIDER,
  priceId: null,
  local: true,
  discovers: false,
  dataCollection: "deny",
  models: null,
  ownModels: demoModels,
};
