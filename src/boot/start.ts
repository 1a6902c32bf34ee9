import { RateLimits } from "../budget/rate-limits.ts";
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
import { Ledger } from "../ledger/ledger.ts";
import { LedgerReader } from "../ledger/read.ts";
import { DIALECT_IDS } from "../providers/presets/dialect-ways.ts";
import { PRESETS } from "../providers/presets/list.ts";
import type { Sender } from "../providers/send.ts";
import { promptClassifier } from "../routing/classify.ts";
import { Health } from "../routing/health.ts";
import { type Listening, listen } from "../server/app.ts";
import { createManage } from "../server/manage/manage.ts";
import { createMetrics } from "../server/metrics.ts";
import type { Services } from "../server/services.ts";
import { openStore, type Store } from "../store/open.ts";
import { banner, exampleModel } from "./banner.ts";
import { warnOfDeprecated } from "./deprecations.ts";
import { makeFirstKey } from "./first-key.ts";
import { joinSender } from "./join-sender.ts";
import { keepHealth } from "./kept-health.ts";
import { describeProviders } from "./providers.ts";
import { readinessOf } from "./readiness.ts";
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
  const hashSecret = await loadPepper({ dataDir: config.dataDir, secret: environment.secret, store });
  if (typeof hashSecret !== "function") return { problems: [hashSecret.problem] };
  const keys = await Keys.load({ store, hashSecret, clock });
  const orgs = await Orgs.load({ store, clock, keys });
  const sender = joinSender(environment, clock, config.egress);
  const snapshots = new Snapshots({ environment, clock, sender });
  const applied = snapshots.apply(config, loaded.revision);
  if ("problems" in applied) return applied;
  // Known before the first request can come. A key of our own making waits until it can be shown: see below.
  if (environment.bootstrapKey !== null) await makeFirstKey(keys, environment.bootstrapKey);
  const reloading = reloadOn(loaded, load, { snapshots, sender, log });

  const gateway = joinGateway(store, sender, snapshots, log);
  const health = await keepHealth(gateway.health, store, log);
  const services = joinServices(gateway, store, keys, snapshots, reloading.current);
  const listening = tryListen(services, store, { keys, orgs }, config);
  if ("problems" in listening) {
    reloading.close();
    snapshots.stop();
    await health.stop();
    return listening;
  }
  // The first reading builds its tables, some 40 ms: not at the expense of the first request.
  promptClassifier.classify([]);
  await Promise.race([applied.discovered, Bun.sleep(LONGEST_WAIT_FOR_MODELS_MS)]);
  const { catalog } = snapshots.current();
  warnOfDeprecated(config, catalog, log);
  print(
    banner({
      url: listening.url,
      newKey: await makeFirstKey(keys, null),
      providers: describeProviders(snapshots.providers(), catalog, environment),
      configPath: loaded.path,
      dataDir: config.dataDir,
      model: exampleModel(catalog),
    }),
  );
  return {
    url: listening.url,
    async stop() {
      log.info({ openRequests: listening.openRequests() }, "stopping");
      reloading.close();
      snapshots.stop();
      await listening.stop(reloading.current().server.drainMs);
      await health.stop();
      await keys.close();
      await store.close();
    },
  };
}

function joinGateway(store: Store, sender: Sender, snapshots: Snapshots, log: Log): Omit<Gateway, "observe"> {
  const ledger = new Ledger(store);
  return {
    clock: systemClock,
    log,
    deadlines: new Deadlines(systemClock),
    health: new Health(systemClock),
    limits: new RateLimits(systemClock),
    sender,
    write: (row) => ledger.write(row),
    snapshot: () => snapshots.current(),
    snapshotAt: (catalogRevision, configRevision) => snapshots.at(catalogRevision, configRevision),
  };
}

type Joined = Omit<Services, "gateway"> & { gateway: Omit<Gateway, "observe"> };

function joinServices(
  gateway: Joined["gateway"],
  store: Store,
  keys: Keys,
  snapshots: Snapshots,
  config: () => Config,
): Joined {
  return {
    gateway,
    numbers: new RequestNumbers(systemClock, store.lastSequence()),
    verify: (secret) => keys.verify(secret),
    noteUse: (keyId, timeMs) => keys.noteUse(keyId, timeMs),
    drain: (providerId, isDraining) => snapshots.drain(providerId, isDraining),
    limits: () => {
      const { maxBodyMb, bodyTimeoutMs, cors, publicMetrics } = config().server;
      return { maxBodyBytes: maxBodyMb * 2 ** 20, bodyTimeoutMs, corsOrigins: cors.origins, publicMetrics };
    },
    notReady: readinessOf(systemClock, store, snapshots),
  };
}

function tryListen(
  joined: Joined,
  store: Store,
  owners: { keys: Keys; orgs: Orgs },
  { server }: Config,
): Listening | StartProblem {
  const { host, port } = server;
  let listening: Listening | null = null;
  const metrics = createMetrics({ openRequests: () => listening?.openRequests() ?? 0 });
  const services: Services = { ...joined, gateway: { ...joined.gateway, observe: metrics.observe } };
  const manage = createManage({ services, ...owners, store, reader: new LedgerReader(store) });
  try {
    listening = listen({ services, manage, renderMetrics: metrics.render }, { host, port });
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
