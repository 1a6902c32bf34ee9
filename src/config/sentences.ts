import type { z } from "zod";
import { isObject, type JsonObject } from "../core/json.ts";
import { didYouMean } from "./nearest.ts";
import { type Path, showPath } from "./problem.ts";
import { fileJsonSchema } from "./schema.ts";

type Issue = z.core.$ZodIssue;

/** What lies at a path of the file; undefined where there is nothing. */
function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** The keys the schema knows for the mapping at a path, read from the JSON schema so that no second list exists. */
function knownKeys(path: Path): string[] {
  let node: JsonObject = fileJsonSchema();
  for (const part of path) {
    const properties = isObject(node.properties) ? node.properties : {};
    const next =
      typeof part === "number" ? node.items : (properties[String(part)] ?? node.additionalProperties);
    if (!isObject(next)) return [];
    node = next;
  }
  return isObject(node.properties) ? Object.keys(node.properties) : [];
}

const KINDS: Record<string, string> = {
  string: "text; put it in quotes",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys",
  record: "a mapping of keys",
};

function boundSentence(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [word, bound] = issue.code === "too_small" ? ["at least", issue.minimum] : ["at most", issue.maximum];
  if (issue.origin === "array") return `must have ${word} ${bound} ${bound === 1 ? "entry" : "entries"}`;
  if (issue.origin !== "string") {
    return issue.inclusive === false ? `must be more than ${bound}` : `must be ${word} ${bound}`;
  }
  return issue.code === "too_small" ? "must not be empty" : `must have ${word} ${bound} characters`;
}

function predicate(issue: Issue, document: unknown): string {
  const value = valueAt(document, issue.path);
  if (value === undefined && issue.path.length > 0) return "is missing";
  if (value === null) return "has no value; give it one or remove the line";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${KINDS[issue.expected] ?? issue.expected}${typeof value === "string" ? ", not text" : ""}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
    case "too_big":
      return boundSentence(issue);
    case "invalid_key":
      return issue.issues[0]?.message ?? "is not a usable key";
    case "custom":
    case "invalid_format":
    case "invalid_union":
      return issue.message;
    default:
      return "is not valid";
  }
}

/** What is wrong and where; `reason` is the rest of a sentence that begins with the path. */
export interface Mistake {
  path: Path;
  reason: string;
}

/**
 * Every mistake of shape. Values never appear: they may have come from a secret. `under` is where the document would
 * lie in a configuration file.
 */
export function mistakesOf(issues: readonly Issue[], document: unknown, under: Path = []): Mistake[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ path: issue.path, reason: predicate(issue, document) }];
    const known = knownKeys([...under, ...issue.path]);
    return issue.keys.map((key) => {
      return { path: [...issue.path, key], reason: `is not a known key${didYouMean(key, known)}` };
    });
  });
}

/** The same, one sentence each. */
export function sentencesOf(issues: readonly Issue[], document: unknown): string[] {
  return mistakesOf(issues, document).map(({ path, reason }) => `${showPath(path)} ${reason}`);
}
