import type { Key } from "../../api-types.ts";

export const SCOPES = ["inference", "read", "manage", "admin"] as const;
export const PERIODS = ["none", "daily", "weekly", "monthly"] as const;

/** What the form holds: texts, as they are typed. An empty one is no limit. */
export interface KeyFields {
  name: string;
  scopes: readonly string[];
  models: string;
  providers: string;
  expires: string;
  rpm: string;
  tpm: string;
  parallel: string;
  limit: string;
  period: string;
  threshold: string;
}

export const NEW_KEY: KeyFields = {
  ...{ name: "", scopes: ["inference"], models: "", providers: "", expires: "" },
  ...{ rpm: "", tpm: "", parallel: "", limit: "", period: "monthly", threshold: "80" },
};

const said = (value: number | null | undefined) =>
  value === null || value === undefined ? "" : String(value);

export function fieldsOf(key: Key): KeyFields {
  return {
    name: key.name,
    scopes: key.scopes,
    models: key.allowed_models?.join(", ") ?? "",
    providers: key.allowed_providers?.join(", ") ?? "",
    expires: key.expires_at?.slice(0, 10) ?? "",
    rpm: said(key.rate_limit?.rpm),
    tpm: said(key.rate_limit?.tpm),
    parallel: said(key.rate_limit?.max_parallel),
    limit: key.budget?.limit_usd.replace(/\.?0+$/, "") ?? "",
    period: key.budget?.period ?? "monthly",
    threshold: String(Math.round((key.budget?.alert_threshold ?? 0.8) * 100)),
  };
}

/** A new key that may do what this one may; it ends when it is told to, not when the other does. */
export function cloneOf(key: Key): KeyFields {
  return { ...fieldsOf(key), name: `${key.name} (copy)`.slice(0, 200), expires: "" };
}

const listOf = (text: string) => {
  const names = text.split(",").map((name) => name.trim());
  const given = names.filter((name) => name !== "");
  return given.length === 0 ? null : given;
};
const countOf = (text: string) => (text.trim() === "" ? null : Number(text));

export function limitsOf({ rpm, tpm, parallel }: Pick<KeyFields, "rpm" | "tpm" | "parallel">) {
  const limit = { rpm: countOf(rpm), tpm: countOf(tpm), max_parallel: countOf(parallel) };
  return Object.values(limit).every((value) => value === null) ? null : limit;
}

export function budgetOf({ limit, period, threshold }: Pick<KeyFields, "limit" | "period" | "threshold">) {
  if (limit.trim() === "") return null;
  return { limit_usd: limit.trim(), period, alert_threshold: Number(threshold) / 100 };
}

/** The body of a request that makes or changes the key. */
export function bodyOf(fields: KeyFields): object {
  return {
    name: fields.name.trim(),
    scopes: [...fields.scopes],
    allowed_models: listOf(fields.models),
    allowed_providers: listOf(fields.providers),
    expires_at: fields.expires === "" ? null : `${fields.expires}T23:59:59Z`,
    rate_limit: limitsOf(fields),
    budget: budgetOf(fields),
  };
}

/** What changed only: a budget that is said anew without a change would be one in the audit log. */
export function changesOf(before: KeyFields, after: KeyFields): object {
  const [old, wanted] = [bodyOf(before), bodyOf(after)].map((body) => Object.entries(body));
  const known = new Map(old);
  return Object.fromEntries(
    (wanted ?? []).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(known.get(name))),
  );
}

export function stateOf(key: Key, nowMs: number): "active" | "revoked" | "expired" {
  if (key.revoked_at !== null) return "revoked";
  return key.expires_at !== null && Date.parse(key.expires_at) <= nowMs ? "expired" : "active";
}
