import { expect, test } from "bun:test";
import { joinBody, patchBody, secretsNamedIn, splitBody, withPlainHeaders } from "./provider-body.ts";

const BODY = {
  id: "box",
  base_url: "https://a.example/v1",
  api_key: "canary-1",
  auth: { region: "eu", client_secret: "canary-2", secret_access_key: "canary-3" },
  headers: { "x-org": "canary-4" },
  models: [{ id: "m" }],
};

test("what may be shown holds no secret, and both together are the body again", () => {
  const { settings, secrets } = splitBody(BODY);
  expect(JSON.stringify(settings)).not.toContain("canary");
  expect(settings).toEqual({
    id: "box",
    base_url: "https://a.example/v1",
    auth: { region: "eu" },
    models: [{ id: "m" }],
  });
  expect(secrets).toEqual({
    api_key: "canary-1",
    "auth.client_secret": "canary-2",
    "auth.secret_access_key": "canary-3",
    "headers.x-org": "canary-4",
  });
  expect(joinBody(settings, secrets)).toEqual(BODY);
});

test("every setting of a login is a secret unless it is known to be none", () => {
  const auth = { session_token: "s", access_key_id: "a", tenant_id: "t", client_id: "c", anything: "x" };
  expect(splitBody({ id: "box", auth }).settings.auth).toEqual({
    tenant_id: "t",
    client_id: "c",
    anything: "x",
  });
});

test("a patch replaces fields, goes into auth, headers and timeouts, and null takes away", () => {
  const patch = {
    base_url: null,
    preset: "azure",
    auth: { region: null, client_secret: "canary-5" },
    timeouts: { idle_ms: 5 },
    models: [],
  };
  expect(patchBody(BODY, patch)).toEqual({
    id: "box",
    preset: "azure",
    api_key: "canary-1",
    auth: { client_secret: "canary-5", secret_access_key: "canary-3" },
    headers: { "x-org": "canary-4" },
    timeouts: { idle_ms: 5 },
    models: [],
  });
  expect(patchBody(BODY, { headers: null })).not.toHaveProperty("headers");
  expect(BODY.auth.region).toBe("eu");
});

test("a patch cannot reach a prototype", () => {
  const patch = JSON.parse('{"__proto__": {"local": true}, "auth": {"__proto__": {"local": true}}}');
  const patched = patchBody({ id: "box" }, patch);
  expect(patched.local).toBeUndefined();
  expect(({} as { local?: boolean }).local).toBeUndefined();
  expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
});

test("the secrets a patch names are those it tells and those it takes away", () => {
  expect(secretsNamedIn({ api_key: null, auth: { client_secret: "x" }, headers: { a: null } })).toEqual([
    "api_key",
    "auth.client_secret",
    "headers.a",
  ]);
  expect(secretsNamedIn({ base_url: "https://a.example" })).toEqual([]);
  expect(withPlainHeaders({ headers: { "X-Org": "a" } })).toEqual({ headers: { "x-org": "a" } });
});
