import { RateLimits } from "../budget/rate-limits.ts";
import { TokenCounter } from "../budget/token-counter.ts";
import type { Config } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { isConfigProblem } from "../config/problem.ts";
import { systemClock } from "../core/clock.ts";
import { Deadlines } from "../core/deadlines.ts";
import { RequestNumbers } from "../core/ids.ts";
import type { Log } from "../core/log.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { Keys } from "../keys/keys.ts";
import { Orgs } from "../keys/orgs.ts";
import { loadPepper } from "../keys/pepper.ts";
import { Bills } from "../ledger/bills.ts";
import { KeptBodies } from "../ledger/kept-bodies.ts";
import { Ledger } from "../ledger/ledger.ts";
import { LedgerReader } from "../ledger/read.ts";
import { DIALECT_IDS } from "../providers/presets/dialect-ways.ts";
import { PRESETS } from "../providers/presets/list.ts";
import type { Sender } from "../providers/send.ts";
import { promptClassifier } from "../routing/classify.ts";
import { Health } from "../routing/health.ts";
import { type Listening, listen } from "../server/app.ts";
import { BuiltFiles } from "../server/console/built-files.ts";
import { type ServeConsole, serveConsole } from "../server/console/serve-console.ts";
import type { ManageParts } from "../server/manage/contract.ts";
import { createManage } from "../server/manage/manage.ts";
import { createMetrics } from "../server/metrics.ts";
import type { Services } from "../server/services.ts";
import { openStore, type Store } from "../store/open.ts";
import { type BannerFacts, banner, exampleModel } from "./banner.ts";
import { CONSOLE_FILES, ConsoleBuild } from "./console-build.ts";
import { warnOfDeprecated } from "./deprecations.ts";
import { makeFirstKey } from "./first-key.ts";
import { joinAlerts } from "./join-alerts.ts";
import { type JoinedBudgets, joinBudgets } from "./join-budgets.ts";
import { joinSender } from "./join-sender.ts";
import { keepBills } from "./kept-bills.ts";
import { keepHealth } from "./kept-health.ts";
import { keepLedger } from "./kept-ledger.ts";
import { joinAdded, warnOfAdded } from "./live-providers.ts";
import { firstLink, joinSignIn } from "./people.ts";
import { describeProviders } from "./providers.ts";
import { readinessOf } from "./readiness.ts";
import { recordingIn } from "./recording.ts";
import { reloadOn } from "./reload.ts";
import { Snapshots } from "./snapshots.ts";

export interface StartOptions {
  environment: Environment;
  cwd: string;
  /** `--config`. */
  configPath?: string;
  log: Log;
  /** Gets the banner. */
  print: (text: string) => void;
}

export interface Running {
  url: string;
  /** Finishes what is in flight (up to `server.drain_ms`), writes what is waiting, lets the data folder go. */
  stop(): Promise<void>;
}

/** One clear sentence each; nothing is running. */
export interface StartProblem {
  problems: readonly string[];
}

/** What a config may name. */
export const KNOWN = { presets: PRESETS.map(({ id }) => id), dialects: DIALECT_IDS };

/** The banner names what was found; a provider that answers later is found all the same. */
const LONGEST_WAIT_FOR_MODELS_MS = 500;

/** Reads the config, opens the store, joins the parts and listens. What people can mend comes back as sentences. */
export async function start(options: StartOptions): Promise<Running | StartProblem> {
  const { environment, cwd, configPath, log } = options;
  const load = () => loadConfig({ environment, cwd, path: configPath, known: KNOWN });
  const loaded = load();
  if (isConfigProblem(loaded)) {
    const { path, problems } = loaded;
    return { problems: problems.map((problem) => (path === null ? problem : `${path}: ${problem}`)) };
  }
  const { dataDir, store: settings } = loaded.config;
  const store = openStore({
    dataDir,
    sync: settings.sync,
    clock: systemClock,
    onWarning: (message) => log.warn({}, message),
  });
  if ("problem" in store) return { problems: [store.problem] };
  const running = await startOn(store, loaded, options, load);
  if ("problems" in running) await store.close();
  return running;
}

type Load = () => ReturnType<typeof loadConfig>;

async function startOn(
  store: Store,
  loaded: LoadedConfig,
  { environment, log, print }: StartOptions,
  load: Load,
): Promise<Running | StartProblem> {
  const clock = systemClock;
  const { config } = loaded;
  const pepper = await loadPepper({ dataDir: config.dataDir, secret: environment.secret, store });
  if ("problem" in pepper) return { problems: [pepper.problem] };
  const keys = await Keys.load({ store, hashSecret: pepper.hashSecret, clock });
  const orgs = await Orgs.load({ store, clock, keys });
  const sender = joinSender(environment, clock, config.egress);
  const snapshots = new Snapshots({ environment, clock, sender });
  const added = await joinAdded(store, clock, pepper, snapshots, loaded.path);
  const applied = snapshots.apply(config, loaded.revision);
  if ("problems" in applied) return applied;
  // Known before the first request can come. A key of our own making waits until it can be shown: see below.
  if (environment.bootstrapKey !== null) await makeFirstKey(keys, environment.bootstrapKey);
  const alerts = joinAlerts({ store, clock, log, sender }, config.alerts.webhook);
  const reloading = reloadOn(loaded, load, { snapshots, sender, alerts, log });

  const ledger = new Ledger(store);
  const money = await joinBudgets({ store, clock, log, ledger, keys, orgs, onBand: alerts.onBand });
  const tokens = new TokenCounter();
  const gateway = joinGateway({ ledger, money, orgs, sender, snapshots, tokens, log });
  const health = await keepHealth(gateway.health, store, log);
  const { people, personOf } = joinSignIn({ store, clock, log, keyFor: pepper.keyFor }, orgs);
  const services = joinServices({ gateway, store, money, keys, snapshots, reloading, personOf });
  const bills = new Bills({ store, clock });
  const retention = retentionOf(reloading.current);
  const bodies = new KeptBodies({ store, clock, ...retention });
  const owners = { keys, orgs, budgets: money.book, added, bills, bodies, people };
  const build = new ConsoleBuild(log);
  const serve = serveConsole({ files: new BuiltFiles(CONSOLE_FILES), built: () => build.done });
  const listening = tryListen(services, store, owners, serve, config);
  if ("problems" in listening) {
    reloading.close();
    snapshots.stop();
    await alerts.close();
    await health.stop();
    return listening;
  }
  // What a crash left has its rows by now, in the months they belong to.
  const keptBills = keepBills(bills, log);
  const keptLedger = keepLedger({ store, clock, log, ...retention });
  // The first reading builds its tables, some 40 ms: not at the expense of the first request.
  promptClassifier.classify([]);
  await Promise.race([applied.discovered, Bun.sleep(LONGEST_WAIT_FOR_MODELS_MS)]);
  warnOfDeprecated(config, snapshots.current().catalog, log);
  warnOfAdded(snapshots, log);
  const consoleLink = await firstLink(people, config.server.publicOrigin ?? listening.url);
  const shownOnce = { newKey: await makeFirstKey(keys, null), consoleLink };
  print(bannerOf(listening.url, shownOnce, snapshots, loaded, environment));
  build.start();
  const kept = { build, money, alerts, tokens, keptBills, keptLedger, health, keys, store };
  return { url: listening.url, stop: () => stop({ log, listening, reloading, snapshots, ...kept }) };
}

interface Stopped {
  log: Log;
  listening: Listening;
  reloading: ReturnType<typeof reloadOn>;
  snapshots: Snapshots;
  build: ConsoleBuild;
  money: JoinedBudgets;
  alerts: ReturnType<typeof joinAlerts>;
  tokens: TokenCounter;
  keptBills: ReturnType<typeof keepBills>;
  keptLedger: ReturnType<typeof keepLedger>;
  health: Awaited<ReturnType<typeof keepHealth>>;
  keys: Keys;
  store: Store;
}

/** In this order: what others still write to is closed last. */
async function stop({ log, listening, reloading, snapshots, ...rest }: Stopped): Promise<void> {
  log.info({ openRequests: listening.openRequests() }, "stopping");
  rest.build.stop();
  reloading.close();
  snapshots.stop();
  await listening.stop(reloading.current().server.drainMs);
  await rest.money.stop();
  await rest.alerts.close();
  rest.tokens.close();
  await rest.keptBills.stop();
  await rest.keptLedger.stop();
  await rest.health.stop();
  await rest.keys.close();
  await rest.store.close();
}

function bannerOf(
  url: string,
  shownOnce: Pick<BannerFacts, "newKey" | "consoleLink">,
  snapshots: Snapshots,
  { config, path }: LoadedConfig,
  environment: Environment,
): string {
  const { catalog } = snapshots.current();
  return banner({
    url,
    ...shownOnce,
    providers: describeProviders(snapshots.providers(), catalog, environment),
    configPath: path,
    dataDir: config.dataDir,
    model: exampleModel(catalog),
  });
}

/** How long what is recorded is kept, by the configuration of the moment. */
function retentionOf(current: () => Config): { rawDays: () => number; bodyDays: () => number } {
  return { rawDays: () => current().store.rawDays, bodyDays: () => current().store.bodyDays };
}

interface GatewayParts {
  ledger: Ledger;
  money: JoinedBudgets;
  orgs: Orgs;
  sender: Sender;
  snapshots: Snapshots;
  tokens: TokenCounter;
  log: Log;
}

function joinGateway({
  ledger,
  money: { budgets },
  orgs,
  sender,
  snapshots,
  tokens,
  log,
}: GatewayParts): Omit<Gateway, "observe"> {
  return {
    clock: systemClock,
    log,
    deadlines: new Deadlines(systemClock),
    health: new Health(systemClock),
    limits: new RateLimits(systemClock),
    funds: budgets,
    unknownPriceOf: (orgId) => orgs.get(orgId)?.unknownPrice ?? null,
    countTokens: (texts, orgId) => tokens.count(texts, orgId),
    sender,
    storesBodies: (orgId) => orgs.get(orgId)?.storeBodies ?? false,
    write: recordingIn(ledger, budgets),
    snapshot: () => snapshots.current(),
    snapshotAt: (catalogRevision, configRevision) => snapshots.at(catalogRevision, configRevision),
  };
}

type Joined = Omit<Services, "gateway"> & { gateway: Omit<Gateway, "observe"> };

interface ServiceParts extends Pick<Joined, "gateway" | "personOf"> {
  store: Store;
  money: JoinedBudgets;
  keys: Keys;
  snapshots: Snapshots;
  reloading: Pick<ReturnType<typeof reloadOn>, "current" | "origins">;
}

function joinServices({ gateway, store, money, keys, snapshots, reloading, personOf }: ServiceParts): Joined {
  const config = reloading.current;
  return {
    gateway,
    numbers: new RequestNumbers(systemClock, store.lastSequence()),
    verify: (secret) => keys.verify(secret),
    personOf,
    reached() {
      const { publicOrigin, host } = config().server;
      return { publicOrigin, host };
    },
    noteUse: (keyId, timeMs) => keys.noteUse(keyId, timeMs),
    drain: (providerId, isDraining) => snapshots.drain(providerId, isDraining),
    limits: () => {
      const { maxBodyMb, bodyTimeoutMs, cors, publicMetrics } = config().server;
      return { maxBodyBytes: maxBodyMb * 2 ** 20, bodyTimeoutMs, corsOrigins: cors.origins, publicMetrics };
    },
    origins: reloading.origins,
    notReady: readinessOf({ clock: systemClock, store, budgets: money.budgets, snapshots }),
  };
}

function tryListen(
  joined: Joined,
  store: Store,
  owners: Pick<ManageParts, "keys" | "orgs" | "budgets" | "added" | "bills" | "bodies" | "people">,
  serveConsole: ServeConsole,
  { server }: Config,
): Listening | StartProblem {
  const { host, port } = server;
  let listening: Listening | null = null;
  const metrics = createMetrics({ openRequests: () => listening?.openRequests() ?? 0 });
  const services: Services = { ...joined, gateway: { ...joined.gateway, observe: metrics.observe } };
  const manage = createManage({ services, ...owners, store, reader: new LedgerReader(store) });
  try {
    listening = listen({ services, manage, renderMetrics: metrics.render, serveConsole }, { host, port });
    return listening;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return { problems: [whyNotListening(code, host, port)] };
  }
}

function whyNotListening(code: string, host: string, port: number): string {
  if (code === "EADDRINUSE") {
    return `Port ${port} on ${host} is taken; choose another with NYURO_PORT or server.port.`;
  }
  if (code === "EACCES") return `Port ${port} on ${host} may not be used; ports below 1024 need privileges.`;
  return `Cannot listen on ${host}:${port} (${code}).`;
}
