import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Credentials } from "../contract.ts";
import { credentialsOf, loginFromEnvironment, loginSettings } from "./login.ts";

const PAIR = { access_key_id: "AKIA1", secret_access_key: "hush-1" };
const APP = { tenant_id: "contoso.onmicrosoft.com", client_id: "app", client_secret: "hush-2" };
const region = "eu-west-1";

describe("credentials are made of what was told", () => {
  test.each([
    ["aws", { region, profile: "work" }, { kind: "aws", region, source: { profile: "work" } }],
    [
      "aws",
      { region, ...PAIR },
      {
        kind: "aws",
        region,
        source: { accessKeyId: "AKIA1", secretAccessKey: "hush-1", sessionToken: null },
      },
    ],
    [
      "aws",
      { region, ...PAIR, session_token: "hush-3" },
      {
        kind: "aws",
        region,
        source: { accessKeyId: "AKIA1", secretAccessKey: "hush-1", sessionToken: "hush-3" },
      },
    ],
    ["google", { credentials_file: "/k.json" }, { kind: "google", credentialsFile: "/k.json" }],
    [
      "entra",
      APP,
      { kind: "entra", tenantId: "contoso.onmicrosoft.com", clientId: "app", clientSecret: "hush-2" },
    ],
    ["entra", {}, null],
    ["entra", { api_version: "preview" }, null],
  ] as const)("%s %j", (login, auth, credentials) => {
    expect(credentialsOf(login, auth, false)).toEqual(credentials as Credentials | null);
  });

  test.each(["aws", "entra"] as const)("%s with a key needs none", (login) => {
    expect(credentialsOf(login, { region }, true)).toBeNull();
  });
});

describe("what is missing or too much is named, by its setting and never by its value", () => {
  const { access_key_id, secret_access_key } = PAIR;
  test.each([
    ["aws", {}, false, "needs auth.region (or AWS_REGION)"],
    ["aws", PAIR, false, "needs auth.region (or AWS_REGION)"],
    [
      "aws",
      { region },
      false,
      "needs an api_key, auth.profile, or auth.access_key_id and auth.secret_access_key",
    ],
    ["aws", { region, access_key_id }, false, "needs auth.secret_access_key beside auth.access_key_id"],
    ["aws", { region, secret_access_key }, false, "needs auth.access_key_id beside auth.secret_access_key"],
    ["aws", { region, session_token: "hush-3" }, false, "needs an api_key, auth.profile, or"],
    [
      "aws",
      { region, profile: "hush-4", ...PAIR },
      false,
      "has auth.profile and auth.access_key_id, of which",
    ],
    [
      "aws",
      { region, ...PAIR },
      true,
      "has an api_key and auth.access_key_id, of which only one can be sent",
    ],
    ["google", {}, false, "needs auth.credentials_file (or GOOGLE_APPLICATION_CREDENTIALS)"],
    ["google", {}, true, "takes no api_key; it needs auth.credentials_file"],
    ["entra", { ...APP, tenant_id: undefined }, false, "needs auth.tenant_id"],
    ["entra", { ...APP, client_id: undefined }, false, "needs auth.client_id"],
    ["entra", { ...APP, client_secret: undefined }, false, "needs auth.client_secret"],
    ["entra", { ...APP, tenant_id: "../hush-5" }, false, "has an auth.tenant_id that is neither"],
    ["entra", APP, true, "has an api_key and auth.tenant_id, of which only one can be sent"],
  ] as const)("%s %j (with a key: %p)", (login, auth, hasKey, sentence) => {
    const result = credentialsOf(login, auth as Record<string, string>, hasKey);
    expect(result).toEqual({ lack: expect.stringContaining(sentence) });
    expect(JSON.stringify(result)).not.toMatch(/hush|AKIA1/);
  });
});

describe("from the environment comes a whole login or none", () => {
  const AWS = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "hush-1" };
  const AZURE = { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_CLIENT_SECRET: "s" };
  test.each([
    ["aws", AWS, PAIR],
    ["aws", { ...AWS, AWS_SESSION_TOKEN: "hush-3" }, { ...PAIR, session_token: "hush-3" }],
    ["aws", { ...AWS, AWS_PROFILE: "work" }, PAIR],
    ["aws", { AWS_PROFILE: "work" }, { profile: "work" }],
    ["aws", { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SESSION_TOKEN: "hush-3" }, {}],
    ["google", { GOOGLE_APPLICATION_CREDENTIALS: "/k.json" }, { credentials_file: "/k.json" }],
    ["google", {}, {}],
    ["entra", AZURE, { tenant_id: "t", client_id: "c", client_secret: "s" }],
    ["entra", { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c" }, {}],
  ] as const)("%s %j", (login, variables: Record<string, string>, settings) => {
    const found = loginFromEnvironment(login, (name) => variables[name] ?? null);
    expect(found).toEqual(settings as Record<string, string>);
    for (const name of Object.keys(found)) expect(loginSettings(login)).toContain(name);
  });
});

describe("the documentation names every setting and variable of a login", () => {
  const page = readFileSync(join(import.meta.dir, "../../../docs/configuration.md"), "utf8");
  test.each(["aws", "google", "entra"] as const)("%s", (login) => {
    const asked: string[] = [];
    loginFromEnvironment(login, (name) => {
      asked.push(name);
      return null;
    });
    expect(asked.length).toBeGreaterThan(0);
    for (const name of [...loginSettings(login), ...asked]) expect(page).toContain(`\`${name}\``);
  });
});
