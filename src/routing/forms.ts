import { isStrategy, type Strategy, type Task } from "../config/words.ts";
import type { CatalogView, Deployment } from "../core/deployment.ts";
import type { Part } from "./part.ts";
import type { RoutePolicy } from "./policy.ts";

export type Form = "alias" | "pinned" | "auto" | "industry" | "strategy";

/** One entry of the request read: what it means. */
export interface Resolved {
  form: Form;
  /** What `X-Nyuro-Route-Reason` says: `alias`, `pinned`, `auto:code`. */
  reason: string;
  parts: readonly Part[];
}

/** What names are read against. */
export interface Scope {
  catalog: CatalogView;
  policy: RoutePolicy;
  /** Classifies the prompt, once, where a form needs it. */
  task: () => Task;
}

/** Reads one model name in any form; null = nothing is known by that name. */
export function resolveForm(name: string, scope: Scope): Resolved | null {
  return resolve(name, scope, NOTHING_SEEN);
}

const NOTHING_SEEN: ReadonlySet<string> = new Set();

function resolve(name: string, scope: Scope, seen: ReadonlySet<string>): Resolved | null {
  const plain = resolveName(name, scope, seen);
  if (plain) return plain;
  const colon = name.lastIndexOf(":");
  if (name === "auto" || name === "openrouter/auto") return listed("auto", scope.task(), scope, seen);
  if (colon <= 0) return null;
  const [head, tail] = [name.slice(0, colon), name.slice(colon)];
  if (head === "industry") return listed("industry", tail.slice(1), scope, seen);
  if (head === "strategy") return strategy(tail.slice(1), scope);
  return suffixed(head, tail, scope, seen);
}

const SUFFIXES: ReadonlyMap<string, Pick<Part, "order" | "freeOnly">> = new Map([
  [":nitro", { order: "latency", freeOnly: false }],
  [":floor", { order: "price", freeOnly: false }],
  [":free", { order: null, freeOnly: true }],
]);

function suffixed(stem: string, suffix: string, scope: Scope, seen: ReadonlySet<string>): Resolved | null {
  const meaning = SUFFIXES.get(suffix);
  const named = meaning ? resolveName(stem, scope, seen) : null;
  if (!meaning || !named) return null;
  return { ...named, parts: named.parts.map(({ deployments }) => ({ deployments, ...meaning })) };
}

function strategy(name: string, { policy, task }: Scope): Resolved | null {
  if (!isStrategy(name)) return null;
  const deployments = poolOf(name, policy, task);
  return {
    form: "strategy",
    reason: `strategy:${name}`,
    parts: [{ deployments, order: name, freeOnly: false }],
  };
}

function poolOf(name: Strategy, { pools }: RoutePolicy, task: () => Task): readonly Deployment[] {
  if (name === "quality") return pools.byQuality(task());
  return name === "local" ? pools.localFirst() : pools.byPrice;
}

/** The list of an industry or of a class of prompt; read once per snapshot. */
function listed(
  form: "auto" | "industry",
  tag: string,
  scope: Scope,
  seen: ReadonlySet<string>,
): Resolved | null {
  const { policy } = scope;
  const list = (form === "auto" ? policy.auto : policy.industries).get(tag);
  if (!list) return null;
  const reason = `${form}:${tag}`;
  const known = policy.lists.get(reason);
  if (known) return { form, reason, parts: known };
  let asksTask = false;
  const task = () => {
    asksTask = true;
    return scope.task();
  };
  const within = new Set([...seen, reason]);
  let parts = seen.has(reason) ? [] : list.names.flatMap((name) => inside(name, { ...scope, task }, within));
  // A curated list whose models nobody serves here stands for everything that is served, best first.
  if (parts.length === 0 && list.isCurated && seen.size === 0) {
    parts = [{ deployments: policy.pools.byQuality("chat"), order: "quality", freeOnly: false }];
  }
  if (seen.size === 0 && !asksTask) policy.lists.set(reason, parts);
  return { form, reason, parts };
}

/** An entry of a list or an alias: what is not known there is passed over. */
function inside(name: string, scope: Scope, seen: ReadonlySet<string>): readonly Part[] {
  return seen.has(name) ? [] : (resolve(name, scope, seen)?.parts ?? []);
}

function resolveName(
  name: string,
  { catalog, policy, task }: Scope,
  seen: ReadonlySet<string>,
): Resolved | null {
  const alias = catalog.aliases.get(name);
  if (alias) {
    const within = new Set([...seen, name]);
    const parts = alias.flatMap((entry) => inside(entry, { catalog, policy, task }, within));
    return parts.length > 0 ? { form: "alias", reason: "alias", parts } : null;
  }
  const model = catalog.canonical(name);
  if (model !== null) return named("alias", deploymentsOf(model, catalog));
  return pinned(name, catalog);
}

function named(form: "alias" | "pinned", deployments: readonly Deployment[]): Resolved {
  return { form, reason: form, parts: [{ deployments, order: null, freeOnly: false }] };
}

/** `my-vps/llama3.1`: everything after the provider id is the model, by any of its names, at that provider only. */
function pinned(name: string, catalog: CatalogView): Resolved | null {
  const slash = name.indexOf("/");
  if (slash < 1) return null;
  const providerId = name.slice(0, slash);
  if (!catalog.providerIds.has(providerId)) return null;
  const model = catalog.canonical(name.slice(slash + 1));
  const there =
    model === null ? [] : deploymentsOf(model, catalog).filter((it) => it.providerId === providerId);
  return there.length > 0 ? named("pinned", there) : null;
}

function deploymentsOf(model: string, catalog: CatalogView): readonly Deployment[] {
  return catalog.models.get(model)?.deployments ?? [];
}
