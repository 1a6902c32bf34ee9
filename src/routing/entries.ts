import { isIndustry } from "../config/words.ts";
import { NO_MODEL } from "./names.ts";
import type { RoutePolicy } from "./policy.ts";
import type { RouteRequest } from "./request.ts";
import type { Rule } from "./rule.ts";

/** One name that contributes to the chain. */
export interface Entry {
  name: string;
  /** `models[1]:` for entries of a list; empty otherwise. */
  prefix: string;
  /** The field that holds it, for refusals. */
  param: string;
  /** Written by the operator or by us: passed over where it is not known. */
  isOurs: boolean;
}

export const GENERAL = "industry:general";

/** What is asked for, in order: the rule's names or the caller's, then the industry's list, then the general one. */
export function entriesOf(
  request: RouteRequest,
  rule: Rule | null,
  policy: RoutePolicy,
): { all: readonly Entry[] } | { unknownIndustry: string } {
  const replaced = rule ? replacements(rule) : null;
  const all = replaced ?? asked(request);
  const tag = replaced === null && request.kind === "chat" ? request.industry : null;
  if (request.industry !== null && !isIndustry(request.industry))
    return { unknownIndustry: request.industry };
  if (tag !== null) all.push(ours(`industry:${tag}`));
  const usesIndustry = tag !== null || all.some(({ name }) => name.startsWith("industry:"));
  if (usesIndustry && policy.industries.has("general")) all.push(ours(GENERAL));
  return { all };
}

function ours(name: string): Entry {
  return { name, prefix: "", param: "metadata.industry", isOurs: true };
}

/** Null = the rule leaves what was asked. */
function replacements({ then }: Rule): Entry[] | null {
  if (then.strategy !== null) return [{ ...ours(`strategy:${then.strategy}`), param: "model" }];
  return then.models?.map((name, index) => ({ ...ours(name), prefix: `models[${index}]:` })) ?? null;
}

function asked({ model, models, kind }: RouteRequest): Entry[] {
  const entries: Entry[] = [];
  if (model !== null) entries.push({ name: model, prefix: "", param: "model", isOurs: false });
  for (let i = 0; i < models.length; i++) {
    entries.push({ name: models[i] ?? "", prefix: `models[${i}]:`, param: `models[${i}]`, isOurs: false });
  }
  if (entries.length === 0 && kind === "chat") {
    entries.push({ name: NO_MODEL, prefix: "", param: "model", isOurs: true });
  }
  return entries;
}
