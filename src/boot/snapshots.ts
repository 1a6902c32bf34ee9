import { buildCatalog, type CatalogProvider } from "../catalog/catalog.ts";
import type { ToldModel } from "../catalog/told-model.ts";
import type { Config, ProviderConfig } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import type { Clock } from "../core/clock.ts";
import { randomFraction } from "../core/ids.ts";
import type { Snapshot, Upstream } from "../gateway/gateway.ts";
import type { AddedProvider } from "../providers/added/added-provider.ts";
import type { Provider } from "../providers/contract.ts";
import { DIALECTS } from "../providers/dialects/list.ts";
import { Discovery } from "../providers/discovery.ts";
import type { Sender } from "../providers/send.ts";
import { promptClassifier } from "../routing/classify.ts";
import { compilePolicy } from "../routing/policy.ts";
import { type Configured, catalogProvider, configure, demoCatalogProvider } from "./configured.ts";
import { fetchModels } from "./fetch-models.ts";
import { KnownParams } from "./known-params.ts";
import { DEMO_PROVIDER, demoProvider, providersFound } from "./providers.ts";
import { RememberedSnapshots } from "./remembered.ts";
import { unknownModels } from "./rule-models.ts";

const REPRICE_EVERY_MS = 10 * 60_000;

interface Parts {
  environment: Environment;
  clock: Clock;
  sender: Sender;
}

/**
 * Makes what requests see: from the config, and from the models that providers tell. Each change makes a whole new
 * snapshot; requests under way keep the one they began with.
 */
export class Snapshots {
  private readonly parts: Parts;
  private readonly discovery: Discovery<Provider, ToldModel>;
  private configured: readonly Configured[] = [];
  /** What API callers added to the file. */
  private added: readonly AddedProvider[] = [];
  /** By its configuration: what did not change stays the same provider, with its tokens and connections. */
  private readonly built = new WeakMap<ProviderConfig, Configured>();
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
    const { configured, problems } = this.configuredOf(config, this.added);
    const wrong = problems.length > 0 ? problems : this.rulesProblems(config, configured, this.added);
    if (wrong.length > 0) return { problems: wrong };
    this.config = { value: config, revision };
    return { discovered: this.serve(configured) };
  }

  /** The configuration that was applied last. */
  configuration(): Config {
    if (!this.config) throw new Error("no config was applied");
    return this.config.value;
  }

  addedProviders(): readonly AddedProvider[] {
    return this.added;
  }

  /** What the configuration would have against these providers beside its own, as sentences. */
  problemsOfAdded(added: readonly AddedProvider[]): string[] {
    const config = this.configuration();
    const { configured, problems } = this.configuredOf(config, added);
    return problems.length > 0 ? problems : this.rulesProblems(config, configured, added);
  }

  /** These providers beside those of the configuration, which wins where both have one. */
  useAdded(added: readonly AddedProvider[]): void {
    const gone = this.added.filter(({ id }) => !added.some((it) => it.id === id));
    this.draining = this.draining.difference(new Set(gone.map(({ id }) => id)));
    this.added = added;
    if (this.config) void this.serve(this.configuredOf(this.config.value, added).configured);
  }

  /** Resolves when the provider has told its models, or has not; at once where it tells none. */
  asked(providerId: string): Promise<void> {
    return this.discovery.refreshNow(providerId);
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

  private serve(configured: readonly Configured[]): Promise<void> {
    this.configured = configured;
    this.rebuild();
    return this.discovery.use(
      configured.filter(({ discovers }) => discovers).map(({ provider }) => provider),
    );
  }

  /** Whether anybody said which providers there are: then there is no demonstration. */
  private isNamed(config: Config): boolean {
    return config.providers.length > 0 || this.added.length > 0;
  }

  private configuredOf(
    config: Config,
    added: readonly AddedProvider[],
  ): { configured: Configured[]; problems: string[] } {
    const { environment } = this.parts;
    const own = config.providers.length > 0 ? config.providers : this.found(added);
    const places = config.providers.map((_, index) => `providers[${index}]`);
    const made = own.map((provider, index) => this.configure(provider, environment.value, places[index]));
    for (const { id, config: its } of added) {
      // What came by API takes nothing from the environment of the server.
      if (its && !config.providers.some((it) => it.id === id)) made.push(this.configure(its, () => null));
    }
    return {
      configured: made.filter((it): it is Configured => !("problem" in it)),
      problems: made.flatMap((it) => ("problem" in it ? [it.problem] : [])),
    };
  }

  /** Who is there without a word of the file; what was added by API under the same id takes its place. */
  private found(added: readonly AddedProvider[]): ProviderConfig[] {
    return providersFound(this.parts.environment).filter(({ id }) => !added.some((it) => it.id === id));
  }

  private configure(
    config: ProviderConfig,
    variable: Environment["value"],
    place?: string,
  ): Configured | { problem: string } {
    const made = this.built.get(config) ?? configure(config, variable, place);
    if (!("problem" in made)) this.built.set(config, made);
    return made;
  }

  private rulesProblems(
    config: Config,
    configured: readonly Configured[],
    added: readonly AddedProvider[],
  ): string[] {
    const catalog = this.catalogOf(configured.map(catalogProvider), config);
    const isUnheard =
      added.some((it) => it.config === null) ||
      configured.some(({ provider, discovers }) => discovers && !this.heard(provider.id));
    return unknownModels(config.rules, catalog, isUnheard);
  }

  private heard(providerId: string): boolean {
    return this.discovery.discovered().has(providerId);
  }

  private rebuild(): void {
    if (!this.config) return;
    const { value: config, revision } = this.config;
    const configured = this.present(config);
    const real = this.catalogOf(configured.map(catalogProvider), config);
    const isDemo = real.models.size === 0 && !this.isNamed(config);
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
    const { budgets } = config;
    this.snapshot = { catalog, policy, upstreams, configRevision: revision, maxAttempts, budgets };
    this.remembered.add(this.snapshot);
  }

  /** Nobody asked for the usual local servers by name: each is there as long as it answers. */
  private present(config: Config): readonly Configured[] {
    if (config.providers.length > 0) return this.configured;
    const discovered = this.discovery.discovered();
    const isAsked = (id: string) => this.added.some((it) => it.id === id);
    return this.configured.filter(
      ({ provider: { id, local } }) => !local || discovered.has(id) || isAsked(id),
    );
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
