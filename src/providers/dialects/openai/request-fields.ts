import { isObject, type JsonObject } from "../../../core/json.ts";
import type { ModelQuirks, Quirks, Target, Unsupported } from "../../contract.ts";
import { OWN_FIELDS } from "../../own-fields.ts";

/** What passes through needs to know no more of its target. */
export type PassedTo = Pick<Target, "upstreamModel" | "quirks" | "takesMetadata" | "attachments">;

/** A request on its way out, and what became of its fields. */
export interface Written {
  body: JsonObject;
  dropped: string[];
  added: string[];
}

/** Names something that was dropped or added, once. */
export function note(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}

/** The field of the request that this provider cannot honour although the answer hangs on it; null = none. */
export function refusedField(request: Readonly<JsonObject>, { refuse }: Quirks): Unsupported | null {
  for (const [field, values] of Object.entries(refuse ?? {})) {
    const value = request[field];
    if (!(values === true ? asksForSomething(value) : isOneOf(value, values))) continue;
    const which = values === true ? "" : " with this value";
    return { unsupported: field, why: `This provider does not support \`${field}\`${which}.` };
  }
  return null;
}

/** One answer, no tools, nothing: what every provider does anyway. */
function asksForSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 1) return false;
  return !Array.isArray(value) || value.length > 0;
}

function isOneOf(value: unknown, values: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((one) => isOneOf(one, values));
  const told = isObject(value) ? value.type : value;
  return typeof told === "string" && values.includes(told);
}

/** A copy of the request as the target takes it: ours removed, the model named, renames and drops applied. */
export function writeFields(request: Readonly<JsonObject>, target: PassedTo): Written {
  const written: Written = {
    body: { ...request, model: target.upstreamModel },
    dropped: [],
    added: [],
  };
  const { body } = written;
  for (const field of OWN_FIELDS) if (field in body) delete body[field];
  if (!target.takesMetadata) dropField(written, "metadata");
  const { drop, values, rename, byModel } = target.quirks;
  if (drop) for (const field of drop) dropField(written, field);
  if (values) for (const field in values) respell(written, field, values[field] ?? {});
  if (rename) renameFields(written, rename);
  for (const quirks of byModel ?? []) if (quirks.models.test(target.upstreamModel)) fitModel(written, quirks);
  return written;
}

function fitModel(written: Written, { rename, fixed = {} }: ModelQuirks): void {
  if (rename) renameFields(written, rename);
  for (const field in fixed) {
    if (written.body[field] === fixed[field]) delete written.body[field];
    else dropField(written, field);
  }
}

function renameFields({ body, dropped }: Written, rename: Readonly<Record<string, string>>): void {
  for (const from in rename) {
    const to = rename[from];
    if (!(from in body) || to === undefined) continue;
    const isFree = body[to] === undefined || body[to] === null;
    if (isFree) body[to] = body[from];
    else if (body[from] !== null && body[from] !== body[to]) note(dropped, from);
    delete body[from];
  }
}

/** A field that was null asked for nothing: nothing is lost with it. */
function dropField({ body, dropped }: Written, field: string): void {
  if (!(field in body)) return;
  if (body[field] !== null) note(dropped, field);
  delete body[field];
}

function respell(written: Written, field: string, spellings: Readonly<Record<string, string | null>>): void {
  const value = written.body[field];
  if (typeof value !== "string" || !Object.hasOwn(spellings, value)) return;
  const spelling = spellings[value] ?? null;
  if (spelling === null) dropField(written, field);
  else written.body[field] = spelling;
}

/** Usage is always asked for, because it is always billed; the reader hides it again from clients that did not ask. */
export function writeStreamOptions({ body, dropped, added }: Written, { streamUsage }: Quirks): void {
  const asked = isObject(body.stream_options) ? body.stream_options : null;
  if ((streamUsage ?? "on-request") !== "on-request") {
    if (!("stream_options" in body)) return;
    const names = Object.keys(asked ?? {}).filter((name) => name !== "include_usage");
    if (names.length > 0 || (streamUsage === "never" && asked?.include_usage === true))
      note(dropped, "stream_options");
    delete body.stream_options;
  } else if (body.stream === true && asked?.include_usage !== true) {
    body.stream_options = { ...asked, include_usage: true };
    added.push("stream_options.include_usage");
  }
}
