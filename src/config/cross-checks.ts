import { isObject, type JsonObject } from "../core/json.ts";
import { didYouMean } from "./nearest.ts";
import { type Path, showPath } from "./problem.ts";
import type { Mistake } from "./sentences.ts";
import { webhookMistakes } from "./webhook-checks.ts";

/** What config must know of other parts of Nyuro; `main` tells it. */
export interface Known {
  presets: readonly string[];
  dialects: readonly string[];
}

/*
 * What no single value shows. The checks read the document as it is, not the parsed one, so that a mistake
 * somewhere else does not hide these; what has the wrong shape is passed over, the schema reports it.
 */

function objectsOf(value: unknown): (JsonObject | null)[] {
  return Array.isArray(value) ? value.map((entry: unknown) => (isObject(entry) ? entry : null)) : [];
}

/** The lists are told apart by their place; the repeated word may be a secret and is not shown. */
function duplicates(list: unknown, key: string, path: Path): Mistake[] {
  const firstAt = new Map<string, number>();
  return objectsOf(list).flatMap((entry, index) => {
    const name = entry?.[key];
    if (typeof name !== "string") return [];
    const first = firstAt.get(name);
    if (first === undefined) firstAt.set(name, index);
    return first === undefined
      ? []
      : [{ path: [...path, index, key], reason: `is the same as ${showPath([...path, first, key])}` }];
  });
}

function unknownWord(value: unknown, path: Path, kind: string, known: readonly string[]): Mistake[] {
  if (typeof value !== "string" || known.includes(value)) return [];
  return [{ path, reason: `is not a known ${kind}${didYouMean(value, known)}` }];
}

/** What no single value of a provider shows. */
export function providerMistakes(provider: JsonObject, path: Path, known: Known): Mistake[] {
  const mistakes = [
    ...unknownWord(provider.preset, [...path, "preset"], "preset", known.presets),
    ...unknownWord(provider.dialect, [...path, "dialect"], "dialect", known.dialects),
    ...duplicates(provider.models, "id", [...path, "models"]),
  ];
  if (provider.preset === undefined && provider.base_url === undefined) {
    mistakes.push({ path, reason: "needs a preset or a base_url" });
  }
  return mistakes;
}

function modelNames(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((entry) => typeof entry === "string");
}

/** Every alias that leads back to itself, once per circle. */
function aliasCircles(aliases: JsonObject): string[] {
  const problems: string[] = [];
  const done = new Set<string>();
  const follow = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      const circle = [...trail.slice(start), name].map((word) => JSON.stringify(word)).join(" → ");
      problems.push(`${showPath(["aliases", name])} leads back to itself: ${circle}`);
      return;
    }
    if (done.has(name) || !Object.hasOwn(aliases, name)) return;
    for (const next of modelNames(aliases[name])) follow(next, [...trail, name]);
    done.add(name);
  };
  for (const name of Object.keys(aliases)) follow(name, []);
  return problems;
}

function sentences(mistakes: readonly Mistake[]): string[] {
  return mistakes.map(({ path, reason }) => `${showPath(path)} ${reason}`);
}

export function crossCheck(document: unknown, known: Known): string[] {
  if (!isObject(document)) return [];
  return [
    ...sentences(duplicates(document.providers, "id", ["providers"])),
    ...objectsOf(document.providers).flatMap((provider, index) =>
      provider === null ? [] : sentences(providerMistakes(provider, ["providers", index], known)),
    ),
    ...(isObject(document.aliases) ? aliasCircles(document.aliases) : []),
    ...sentences(duplicates(document.rules, "name", ["rules"])),
    ...sentences(webhookMistakes(document)),
  ];
}
