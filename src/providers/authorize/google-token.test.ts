import { afterEach, describe, expect, test } from "bun:test";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fault } from "../../core/faults.ts";
import { ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { fetchGoogleToken } from "./google-token.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const EMAIL = "gateway@project-1.iam.gserviceaccount.com";
const TOKEN = "ya29.fetched-token";
const folder = temporaryDirectory();

function keyFile(content: unknown): string {
  const path = join(folder, "key.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const serviceAccount = {
  type: "service_account",
  client_email: EMAIL,
  private_key: privateKey,
  token_uri: "https://attacker.example/token",
};

const running: ScriptedUpstream[] = [];
afterEach(async () => {
  for (const it of running.splice(0)) await it.stop();
});

async function tokenServer(status: number, body: unknown): Promise<ScriptedUpstream> {
  const server = await ScriptedUpstream.start();
  running.push(server);
  return server.on("*", (_, answer) => answer.json(status, body));
}

async function ask(server: ScriptedUpstream, credentialsFile: string) {
  const endpoint = `http://127.0.0.1:${server.port}/token`;
  const secrets: string[] = [];
  const got = await fetchGoogleToken({
    credentialsFile,
    endpoint,
    onSecret: (secret) => secrets.push(secret),
    post: async (url, form) => {
      expect(url).toBe(endpoint);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return fetch(url, { method: "POST", headers, body: form });
    },
  });
  return { got, secrets };
}

const decoded = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString());

test("the assertion is signed by the account's key, for Google alone and for one hour", async () => {
  const server = await tokenServer(200, { access_token: TOKEN, expires_in: 3599, token_type: "Bearer" });
  const { got, secrets } = await ask(server, keyFile(serviceAccount));
  expect(got).toEqual({ value: TOKEN, lifetimeMs: 3_599_000 });
  expect(secrets).toEqual([privateKey]);
  expect(server.requests).toHaveLength(1);
  const form = new URLSearchParams(server.requests[0]?.text);
  expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
  const [header, claims, signature = ""] = (form.get("assertion") ?? "").split(".");
  const signed = Buffer.from(`${header}.${claims}`);
  expect(verify("RSA-SHA256", signed, createPublicKey(publicKey), Buffer.from(signature, "base64url"))).toBe(
    true,
  );
  expect(decoded(header)).toMatchObject({ alg: "RS256" });
  const { iat, exp, ...rest } = decoded(claims);
  expect(rest).toEqual({
    iss: EMAIL,
    aud: "https://oauth2.googleapis.com/token",
    scope: "https://www.googleapis.com/auth/cloud-platform",
  });
  expect(exp - iat).toBe(3600);
});

describe("no token is a fault that names neither key nor token", () => {
  test.each([
    [
      "the key was deleted",
      400,
      { error: "invalid_grant", error_description: `${EMAIL} gone` },
      "HTTP 400 invalid_grant",
    ],
    ["the server is broken", 503, "<html>", "HTTP 503"],
    ["a redirect", 302, "", "HTTP 302"],
    ["no JSON", 200, "hello", "without a token"],
    ["no token", 200, { token_type: "Bearer" }, "without a token"],
    ["a token that is no header", 200, { access_token: "a\nb", expires_in: 9 }, "without a token"],
    ["a token that is over", 200, { access_token: TOKEN, expires_in: 0 }, "over already"],
    ["a token without an end", 200, { access_token: TOKEN }, "over already"],
    [
      "more than a token",
      200,
      { access_token: TOKEN, expires_in: 9, pad: "x".repeat(70_000) },
      "without a token",
    ],
  ])("%s", async (_, status, body, sentence) => {
    const server = await tokenServer(status, body);
    const { got } = await ask(server, keyFile(serviceAccount));
    expect(got).toMatchObject({ kind: "upstream_auth", cause: expect.stringContaining(sentence) });
    for (const secret of [TOKEN, "PRIVATE KEY", "assertion", EMAIL])
      expect(JSON.stringify(got)).not.toContain(secret);
    expect(server.requests).toHaveLength(1);
  });

  test("the server cannot be reached", async () => {
    const got = await fetchGoogleToken({
      credentialsFile: keyFile(serviceAccount),
      endpoint: "https://oauth2.googleapis.com/token",
      onSecret() {},
      post: async () => fault("network", "ECONNREFUSED"),
    });
    expect(got).toMatchObject({
      kind: "upstream_auth",
      cause: "oauth2.googleapis.com cannot be reached: ECONNREFUSED",
    });
  });

  test.each([
    ["missing", null, "cannot be read (ENOENT)"],
    ["no JSON", "{", "is no key of a service account"],
    ["a user's login", { type: "authorized_user", refresh_token: "r" }, "is no key of a service account"],
    [
      "without an account",
      { ...serviceAccount, client_email: undefined },
      "has no client_email or no private_key",
    ],
    [
      "with a broken key",
      { ...serviceAccount, private_key: "-----BEGIN" },
      "holds a private key that cannot sign",
    ],
  ])("a key file that is %s is told by its path, and nobody is asked", async (_, content, sentence) => {
    const server = await tokenServer(200, { access_token: TOKEN, expires_in: 3599 });
    const path = content === null ? join(folder, "missing.json") : keyFile(content);
    const { got } = await ask(server, path);
    const cause = `the credentials file ${path} ${sentence}`;
    expect(got).toMatchObject({ kind: "upstream_auth", cause });
    expect(server.requests).toHaveLength(0);
  });
});
