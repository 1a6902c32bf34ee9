import type { RouteRequest } from "./request.ts";

/** What a request that names no model asks for. */
export const NO_MODEL = "auto";
const INDUSTRY = "industry:";

/** Everything a request names, in order; a chat that names nothing asks for `auto`. */
export function namesOf({ model, models, kind }: RouteRequest): readonly string[] {
  if (model !== null) return models.length === 0 ? [model] : [model, ...models];
  return models.length === 0 && kind === "chat" ? [NO_MODEL] : models;
}

/** The tag that rules and reports see: `metadata.industry`, else the first `industry:…` that is named; null = none. */
export function industryOf(request: RouteRequest): string | null {
  if (request.industry !== null) return request.industry;
  if (request.model?.startsWith(INDUSTRY)) return request.model.slice(INDUSTRY.length);
  const named = request.models.find((name) => name.startsWith(INDUSTRY));
  return named === undefined ? null : named.slice(INDUSTRY.length);
}
