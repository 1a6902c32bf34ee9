import type { z } from "@hono/zod-openapi";
import { type ApiError, invalidField } from "../../core/errors.ts";

const LONGEST_SHOWN = 100;

/** The first thing wrong with a body or query, as a 400 that names the field. Never shows a value. */
export function mistakeOf(error: z.ZodError): ApiError {
  const [issue] = error.issues;
  if (!issue) return invalidField(null, "The request is not of the form this route takes.");
  if (issue.code === "unrecognized_keys") {
    const param = pathOf([...issue.path, issue.keys[0] ?? ""]);
    return invalidField(param, `\`${param}\` is not known here.`);
  }
  const param = pathOf(issue.path);
  if (param === null) return invalidField(null, "The body must be a JSON object.");
  if (issue.message.endsWith("received undefined")) return invalidField(param, `\`${param}\` is required.`);
  // Our own messages go on from the field's name; zod's stand by themselves.
  const joint = /^(?:is|must) /.test(issue.message) ? "" : ":";
  return invalidField(param, `\`${param}\`${joint} ${issue.message.slice(0, 300)}.`);
}

/** `scopes[0]`, `metadata.team`; null = the whole. */
function pathOf(path: readonly PropertyKey[]): string | null {
  let shown = "";
  for (const part of path) {
    if (typeof part === "number") shown += `[${part}]`;
    else shown += `${shown === "" ? "" : "."}${String(part)}`;
  }
  return shown === "" ? null : shown.slice(0, LONGEST_SHOWN);
}
