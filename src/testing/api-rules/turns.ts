import type { JsonObject } from "../../core/json.ts";
import type { Item } from "../wire/items.ts";

/** One message of a request that alternates between user and model. */
export interface Turn {
  role: string;
  items: readonly Item[];
}

/** What APIs whose roles alternate refuse in a conversation; empty = nothing. `hasIds`: calls are told apart by ids. */
export function turnProblems(turns: readonly Turn[], { hasIds }: { hasIds: boolean }): string[] {
  const problems: string[] = [];
  if (turns[0]?.role !== "user") problems.push("the first turn is not the user's");
  turns.forEach(({ role, items }, at) => {
    if (role === turns[at - 1]?.role) problems.push(`turn ${at} repeats its role`);
    if (items.every(({ kind }) => kind === "signed")) problems.push(`turn ${at} says nothing`);
    problems.push(...answerProblems(turns[at - 1], turns[at], at, hasIds));
  });
  problems.push(...answerProblems(turns.at(-1), undefined, turns.length, hasIds));
  const ids = turns.flatMap(({ items }) => items.flatMap((it) => (it.kind === "call" ? [it.id] : [])));
  if (hasIds && new Set(ids).size < ids.length) problems.push(`an id is used twice: ${ids.join(" ")}`);
  return problems;
}

/** Each call is answered once in the next turn, before anything else is said, and nothing else is answered. */
function answerProblems(
  before: Turn | undefined,
  now: Turn | undefined,
  at: number,
  hasIds: boolean,
): string[] {
  const asked = (before?.items ?? []).flatMap((it) => (it.kind === "call" ? [it] : []));
  const items = now?.items ?? [];
  const answered = items.flatMap((it) => (it.kind === "result" ? [it] : []));
  const problems: string[] = [];
  const keys = (list: readonly { id: string; name: string }[]) =>
    list.map(({ id, name }) => (hasIds ? id : name));
  const [wanted, given] = [keys(asked), keys(answered)];
  if (hasIds) {
    wanted.sort();
    given.sort();
  }
  if (wanted.join("\n") !== given.join("\n"))
    problems.push(`turn ${at} answers [${given}] where [${wanted}] was called`);
  if (items.slice(0, answered.length).some(({ kind }) => kind !== "result"))
    problems.push(`turn ${at} says something before its results`);
  return problems;
}

/** Texts that an API refuses, inside results too. */
export function blankTexts(items: readonly Item[], isBlank: (text: string) => boolean): string[] {
  const texts = items.flatMap((it) =>
    it.kind === "text" ? [it.text] : it.kind === "result" ? it.texts : [],
  );
  return texts.filter(isBlank).map((text) => `a blank text ${JSON.stringify(text)}`);
}

/** Half of a character is no Unicode, and strict parsers refuse it. */
export function halfCharacters(body: JsonObject): string[] {
  const isWhole =
    JSON.stringify(body)
      .replaceAll("\\\\", "")
      .match(/\\ud[89a-f]/) === null;
  return isWhole ? [] : ["half of a character"];
}

/** Lifetimes of the marks in the order in which they are read: a longer one must not follow a shorter one. */
export function markProblems(lifetimes: readonly (string | undefined)[]): string[] {
  const problems = lifetimes.length > 4 ? [`${lifetimes.length} cache marks`] : [];
  const firstShort = lifetimes.findIndex((ttl) => ttl !== "1h");
  if (firstShort >= 0 && lifetimes.lastIndexOf("1h") > firstShort)
    problems.push("a mark of 1h after one of 5m");
  return problems;
}
