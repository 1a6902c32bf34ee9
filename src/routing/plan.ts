import type { CatalogView, Deployment } from "../core/deployment.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import type { Excluded } from "./exclusion.ts";
import { filter } from "./filter.ts";
import { type Resolved, resolveForm } from "./forms.ts";
import type { Health, Rest } from "./health.ts";
import { order, type Sort } from "./order.ts";
import type { RouteRequest } from "./request.ts";

export interface Candidate {
  deployment: Deployment;
  /** What of the request put it here: `alias`, `pinned`, `models[1]:alias`. */
  reason: string;
  /** Null = ready; else it stands at the end of the chain. */
  rest: Rest | null;
}

/** Where a request could go, in order, and why not elsewhere. */
export interface Plan {
  /** Never empty; no deployment twice. */
  candidates: readonly Candidate[];
  /** Who would be first if nobody rested: leaving it is a fallback. */
  preferred: Candidate;
  excluded: readonly Excluded[];
  catalogRevision: string;
}

interface Entry {
  name: string;
  /** `models[1]:` for entries of `models`; empty for `model`. */
  prefix: string;
}

/** Decides, from a snapshot and the health of the moment; calls nobody and changes nothing. */
export function plan(request: RouteRequest, catalog: CatalogView, health: Health): Plan | ApiError {
  const entries = entriesOf(request);
  const chain: Candidate[] = [];
  const excluded: Excluded[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    const resolved = resolveForm(entry.name, catalog);
    if ("unknown" in resolved) return unknownModel(entry, catalog);
    addEntry(resolved, entry, request, health, { chain, excluded, seen });
  }
  if (entries.length === 0) {
    return apiError("model_not_found", "the request names no model", { param: "model" });
  }
  const first = chain[0];
  if (!first) return noCandidate(excluded);
  const allowed =
    request.preferences.allowFallbacks || request.preferences.order.length > 0 ? chain : [first];
  for (const { deployment } of chain.slice(allowed.length)) {
    excluded.push({ deployment, reason: "fallbacks_off", detail: `${first.deployment.id} is first` });
  }
  return { candidates: restingLast(allowed), preferred: first, excluded, catalogRevision: catalog.revision };
}

function entriesOf(request: RouteRequest): Entry[] {
  const listed = request.models.map((name, i) => ({ name, prefix: `models[${i}]:` }));
  return request.model === null ? listed : [{ name: request.model, prefix: "" }, ...listed];
}

interface Collected {
  chain: Candidate[];
  excluded: Excluded[];
  seen: Set<string>;
}

function addEntry(
  resolved: Resolved,
  entry: Entry,
  request: RouteRequest,
  health: Health,
  into: Collected,
): void {
  const sort: Sort =
    resolved.sort ??
    (request.preferences.sort === "price" || !request.preferences.sort ? "price" : "latency");
  const free = resolved.freeOnly
    ? { ...request, preferences: { ...request.preferences, maxPrompt: 0, maxCompletion: 0 } }
    : request;
  for (const group of resolved.groups) {
    const unseen = group.filter((deployment) => !into.seen.has(deployment.id));
    for (const deployment of unseen) into.seen.add(deployment.id);
    const { kept, excluded } = filter(unseen, free);
    into.excluded.push(...excluded);
    for (const deployment of order(kept, sort, request.preferences, health)) {
      into.chain.push({
        deployment,
        reason: entry.prefix + resolved.reason,
        rest: health.rest(deployment.id),
      });
    }
  }
}

/** Resting candidates move to the end and keep their order; those at their own limit of parallel calls are among them. */
function restingLast(chain: readonly Candidate[]): Candidate[] {
  if (chain.every((candidate) => candidate.rest === null)) return [...chain];
  return [...chain.filter(({ rest }) => rest === null), ...chain.filter(({ rest }) => rest !== null)];
}

function unknownModel({ name, prefix }: Entry, catalog: CatalogView): ApiError {
  const near = catalog.suggest(name);
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : "";
  return apiError("model_not_found", `The model \`${shown}\` is not known here.${hint}`, {
    param: prefix === "" ? "model" : prefix.slice(0, -1),
    ...(near.length > 0 ? { metadata: { suggestions: near } } : {}),
  });
}

function noCandidate(excluded: readonly Excluded[]): ApiError {
  const reasons = excluded.map(({ deployment, reason, detail }) => ({
    provider: deployment.providerId,
    model: deployment.model,
    reason,
    detail,
  }));
  if (reasons.length > 0 && reasons.every(({ reason }) => reason === "not_allowed")) {
    return apiError("model_not_allowed", "This key may not use the requested model.", { param: "model" });
  }
  return apiError("no_candidate", "No deployment of the requested model can serve this request.", {
    metadata: { excluded: reasons.slice(0, 50) },
  });
}
