import { toRfc3339 } from "../core/clock.ts";
import { parseJson } from "../core/json.ts";
import type { Alongside } from "./alongside.ts";

const JSON_COLUMNS = ["scopes", "allowed_models", "allowed_providers", "metadata", "rate_limit"];

/** What the audit log says of a new thing. */
export function creationDetails(row: object, alongside: Alongside | null): object {
  return { before: null, after: { ...readable(row), ...alongside?.after } };
}

/** What the audit log says of a change: of each column that was written, what it was and what it is. */
export function changeDetails(row: object, columns: object, alongside: Alongside | null): object {
  const was = Object.entries(row).filter(([name]) => name in columns);
  return {
    before: { ...readable(Object.fromEntries(was)), ...alongside?.before },
    after: { ...readable(columns), ...alongside?.after },
  };
}

/** Columns in the words of the API. */
function readable(columns: object): object {
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => shown(name, value)));
}

function shown(name: string, value: unknown): [string, unknown] {
  if (name.endsWith("_at_ms"))
    return [name.slice(0, -3), typeof value === "number" ? toRfc3339(value) : null];
  if (name === "store_bodies") return [name, value === 1];
  return [name, JSON_COLUMNS.includes(name) && typeof value === "string" ? parseJson(value) : value];
}
