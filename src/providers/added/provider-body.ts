import { isObject, type JsonObject } from "../../core/json.ts";
import { isSecretSetting } from "../presets/login.ts";

/** Secrets by where they stand: `api_key`, `auth.client_secret`, `headers.x-org`. */
export type Secrets = Readonly<Record<string, string>>;

/** Fields that a patch goes into instead of replacing them. */
const MERGED = ["auth", "headers", "timeouts"];

/** A provider's body in two: what may be shown and stored as it is, and what may not. Values of headers are secrets. */
export function splitBody(body: JsonObject): { settings: JsonObject; secrets: Secrets } {
  const { api_key, auth, headers, ...settings } = body;
  const members = entriesOf(auth);
  const open = members.filter(([name]) => !isSecretSetting(name));
  if (open.length > 0) settings.auth = Object.fromEntries(open);
  const secrets: [string, unknown][] = [
    ["api_key", api_key],
    ...members.filter(([name]) => isSecretSetting(name)).map(([name, it]) => [`auth.${name}`, it] as const),
    ...entriesOf(headers).map(([name, it]) => [`headers.${name}`, it] as const),
  ].map(([field, value]) => [String(field), value]);
  return {
    settings,
    secrets: Object.fromEntries(
      secrets.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
  };
}

/** The body again. */
export function joinBody(settings: JsonObject, secrets: Secrets): JsonObject {
  const of = (group: string) =>
    Object.entries(secrets)
      .filter(([field]) => field.startsWith(`${group}.`))
      .map(([field, value]): [string, unknown] => [field.slice(group.length + 1), value]);
  const auth = Object.fromEntries([...entriesOf(settings.auth), ...of("auth")]);
  return { ...settings, api_key: secrets.api_key, auth, headers: Object.fromEntries(of("headers")) };
}

/** Names of headers are the same however they are written. */
export function withPlainHeaders(body: JsonObject): JsonObject {
  if (!isObject(body.headers)) return body;
  const headers = Object.entries(body.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...body, headers: Object.fromEntries(headers) };
}

/** The body with what the patch names: null takes a field away, members of `auth`, `headers` and `timeouts` one by one. */
export function patchBody(body: JsonObject, patch: JsonObject): JsonObject {
  const merged = Object.entries(patch).map(([name, value]) =>
    MERGED.includes(name) && isObject(value) ? [name, without(body[name], value)] : [name, value],
  );
  return without(body, Object.fromEntries(merged));
}

function without(before: unknown, patch: JsonObject): JsonObject {
  const entries = [...entriesOf(before), ...Object.entries(patch)];
  return Object.fromEntries([...new Map(entries)].filter(([, value]) => value !== null));
}

/** Which secrets a patch tells or takes away. */
export function secretsNamedIn(patch: JsonObject): readonly string[] {
  const members = (group: string) => entriesOf(patch[group]).map(([name]) => `${group}.${name}`);
  return ["api_key" in patch ? "api_key" : null, ...members("auth"), ...members("headers")].filter(
    (it) => it !== null,
  );
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}
