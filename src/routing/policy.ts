import type { Config } from "../config/config.ts";
import { INDUSTRIES, TASKS } from "../config/words.ts";
import type { CatalogView } from "../core/deployment.ts";
import { AUTO_LISTS } from "./auto-lists.ts";
import type { Classifier } from "./classifier.ts";
import { CURATED_INDUSTRIES } from "./industries.ts";
import type { Part } from "./part.ts";
import { Pools } from "./pools.ts";
import type { Rules } from "./rule.ts";
import { compileRules } from "./rules.ts";
import { Sieve } from "./sieve.ts";
import type { NotTaken } from "./terms.ts";

export interface ModelList {
  names: readonly string[];
  /** Ours, not the operator's: then there is always something behind it. */
  isCurated: boolean;
}

/** Everything of the config that decides where requests go, compiled once for one catalog. */
export interface RoutePolicy {
  industries: ReadonlyMap<string, ModelList>;
  auto: ReadonlyMap<string, ModelList>;
  rules: Rules;
  /** 0–100. */
  qualityFloor: number;
  localFallback: "none" | "cloud";
  /** Request fields that keep a conversation on one deployment, in order of preference. */
  sticky: readonly string[];
  /** Provider ids that take no new requests. */
  draining: ReadonlySet<string>;
  notTaken: NotTaken;
  classifier: Classifier;
  pools: Pools;
  /** What it finds out about the catalog's lists it keeps. */
  sieve: Sieve;
  /** Lists already read against the catalog: `industry:legal`, `auto:code`. Filled as they are asked for. */
  lists: Map<string, readonly Part[]>;
}

export interface PolicySettings extends Pick<Config, "industries" | "auto" | "rules"> {
  routing: Pick<Config["routing"], "qualityFloor" | "localFallback" | "sticky">;
}

export function compilePolicy(
  settings: PolicySettings,
  catalog: CatalogView,
  rest: Pick<RoutePolicy, "classifier" | "draining" | "notTaken">,
): RoutePolicy {
  const { routing } = settings;
  return {
    industries: new Map(
      INDUSTRIES.map((name) => [name, listOf(settings.industries[name], CURATED_INDUSTRIES[name])]),
    ),
    auto: new Map(TASKS.map((name) => [name, listOf(settings.auto[name], AUTO_LISTS[name])])),
    rules: compileRules(settings.rules),
    qualityFloor: routing.qualityFloor,
    localFallback: routing.localFallback,
    sticky: routing.sticky,
    draining: rest.draining,
    notTaken: rest.notTaken,
    classifier: rest.classifier,
    pools: new Pools(catalog),
    sieve: new Sieve(),
    lists: new Map(),
  };
}

function listOf(configured: readonly string[] | undefined, curated: readonly string[]): ModelList {
  return configured ? { names: configured, isCurated: false } : { names: curated, isCurated: true };
}
