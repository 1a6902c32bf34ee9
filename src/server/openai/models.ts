import { modelsAllowedBy } from "../../catalog/allowed-models.ts";
import { INDUSTRIES, STRATEGIES } from "../../config/words.ts";
import type { Caller } from "../../core/caller.ts";
import type { CatalogView, Deployment, ModelCard } from "../../core/deployment.ts";
import { apiError } from "../../core/errors.ts";
import { formatUsd } from "../../core/money.ts";
import { errorReply } from "../../gateway/reply.ts";

interface ModelEntry {
  id: string;
  object: "model";
  created: number;
  owned_by: string;
  context_length: number | null;
  max_output_tokens: number | null;
  /** USD per million tokens of the cheapest deployment, as decimal strings; null = unknown. */
  pricing: { prompt: string; completion: string } | null;
  capabilities: readonly string[] | null;
  local: boolean;
  /** Day from which nobody serves it any more, `YYYY-MM-DD`, as OpenAI calls it; null = none is announced. */
  shutdown_date: string | null;
}

/** What a key may use, its aliases and slugs already read. */
type Allowed = Pick<Caller, "allowedModels" | "allowedProviders">;

function usable(card: ModelCard, { allowedModels, allowedProviders }: Allowed): Deployment[] {
  return card.deployments.filter(
    ({ model, providerId }) =>
      (!allowedModels || allowedModels.includes(model)) &&
      (!allowedProviders || allowedProviders.includes(providerId)),
  );
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** The last of the days; null as long as one of them goes on. */
function endOf(deployments: readonly Deployment[]): string | null {
  const days = deployments.flatMap(({ deprecation }) => deprecation?.shutdownDate ?? []).sort();
  return days.length < deployments.length ? null : (days.at(-1) ?? null);
}

function entryOf(
  id: string,
  card: Pick<ModelCard, "ownedBy" | "created">,
  deployments: readonly Deployment[],
): ModelEntry {
  const priced = deployments.flatMap(({ price }) => (price ? [price] : []));
  const cheapest = priced.toSorted((a, b) => a.input + a.output - b.input - b.output)[0];
  return {
    id,
    object: "model",
    created: card.created,
    owned_by: card.ownedBy,
    context_length: largest(deployments.map(({ contextLength }) => contextLength)),
    max_output_tokens: largest(deployments.map(({ maxOutputTokens }) => maxOutputTokens)),
    pricing: cheapest ? { prompt: formatUsd(cheapest.input), completion: formatUsd(cheapest.output) } : null,
    capabilities: deployments.find(({ capabilities }) => capabilities)?.capabilities ?? null,
    local: deployments.length > 0 && deployments.every(({ local }) => local),
    shutdown_date: endOf(deployments),
  };
}

/** The models and aliases this key may use, from memory. */
function entriesFor(caller: Caller, catalog: CatalogView): ModelEntry[] {
  const entries: ModelEntry[] = [];
  const { allowedProviders } = caller;
  const allowed = { allowedModels: modelsAllowedBy(caller.allowedModels, catalog), allowedProviders };
  for (const card of catalog.models.values()) {
    const deployments = usable(card, allowed);
    if (deployments.length > 0) entries.push(entryOf(card.id, card, deployments));
  }
  for (const [name, targets] of catalog.aliases) {
    if (catalog.models.has(name)) continue;
    const canonical = targets.map((target) => catalog.canonical(target)).find((target) => target !== null);
    const card = canonical ? catalog.models.get(canonical) : undefined;
    const deployments = card ? usable(card, allowed) : [];
    if (deployments.length > 0) entries.push(entryOf(name, { ownedBy: "alias", created: 0 }, deployments));
  }
  return entries.length === 0 ? entries : [...entries, ...intents()];
}

/** What can be asked for instead of a model; nothing is promised of who answers. */
function intents(): ModelEntry[] {
  const names = [
    "auto",
    ...STRATEGIES.map((it) => `strategy:${it}`),
    ...INDUSTRIES.map((it) => `industry:${it}`),
  ];
  return names.map((id) => ({
    id,
    object: "model",
    created: 0,
    owned_by: "nyuro",
    context_length: null,
    max_output_tokens: null,
    pricing: null,
    capabilities: null,
    local: false,
    shutdown_date: null,
  }));
}

export function listModels(caller: Caller, catalog: CatalogView, requestId: string): Response {
  return Response.json(
    { object: "list", data: entriesFor(caller, catalog) },
    { headers: { "x-request-id": requestId } },
  );
}

/** `id` may hold slashes and colons, encoded or not. */
export function getModel(id: string, caller: Caller, catalog: CatalogView, requestId: string): Response {
  const entries = entriesFor(caller, catalog);
  const canonical = catalog.canonical(id);
  const entry = entries.find((it) => it.id === id) ?? entries.find((it) => it.id === canonical);
  if (entry) return Response.json(entry, { headers: { "x-request-id": requestId } });
  const near = catalog.suggest(id).filter((name) => entries.some((it) => it.id === name));
  const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : "";
  const error = apiError("model_not_found", `The model \`${id.slice(0, 200)}\` is not known here.${hint}`, {
    param: "model",
    ...(near.length > 0 ? { metadata: { suggestions: near } } : {}),
  });
  return errorReply(error, { "x-request-id": requestId });
}
