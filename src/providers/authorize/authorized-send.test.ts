import { afterEach, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyAwsSignature } from "../../testing/aws-signature.ts";
import { type FixedClock, fixedClock } from "../../testing/clock.ts";
import { providerAt } from "../../testing/provider.ts";
import { type Script, ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import type { Credentials, Provider, WireRequest } from "../contract.ts";
import { Pins } from "../pins.ts";
import { Sender } from "../send.ts";
import { Authorizer } from "./authorizer.ts";
import { secretsIn } from "./secrets.ts";

const SECRET = "canary-secret-access-key-5f1e";
const TOKEN = "canary-fetched-token";
const HOUR_MS = 3_600_000;
const folder = temporaryDirectory();
const credentialsFile = join(folder, "google.json");
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
writeFileSync(
  credentialsFile,
  JSON.stringify({ type: "service_account", client_email: "a@b.test", private_key: privateKey }),
);

const google: Credentials = { kind: "google", credentialsFile };
const entra: Credentials = { kind: "entra", tenantId: "contoso.test", clientId: "app", clientSecret: SECRET };
const aws = (source: Extract<Credentials, { kind: "aws" }>["source"]): Credentials => ({
  kind: "aws",
  region: "eu-west-1",
  source,
});

const running: ScriptedUpstream[] = [];
afterEach(async () => {
  for (const it of running.splice(0)) await it.stop();
});

async function serverOf(script: Script): Promise<ScriptedUpstream> {
  const server = await ScriptedUpstream.start();
  running.push(server);
  return server.on("*", script);
}

interface Scene {
  sender: Sender;
  upstream: ScriptedUpstream;
  tokens: ScriptedUpstream;
  clock: FixedClock;
  provider(credentials: Credentials, rest?: Partial<Provider>): Provider;
}

/** A provider on loopback, a token server beside it, and a sender between them. */
async function setUp(scripts: { upstream?: Script; tokens?: Script } = {}): Promise<Scene> {
  let issued = 0;
  const upstream = await serverOf(scripts.upstream ?? ((_, answer) => answer.json(200, { ok: true })));
  const tokens = await serverOf(
    scripts.tokens ??
      ((_, answer) => answer.json(200, { access_token: `${TOKEN}-${++issued}`, expires_in: 3600 })),
  );
  const clock = fixedClock(Date.UTC(2026, 10, 22));
  const base = `http://127.0.0.1:${tokens.port}`;
  const authorizer = new Authorizer({
    clock,
    awsFiles: { credentials: join(folder, "credentials"), config: join(folder, "config") },
    endpoints: { google: `${base}/token`, entra: base },
  });
  const sender = new Sender(
    new Pins(clock, async () => ["127.0.0.1"]),
    { allow: ["127.0.0.0/8"] },
    authorizer,
  );
  const provider = (credentials: Credentials, rest: Partial<Provider> = {}) =>
    providerAt(`http://upstream.test:${upstream.port}`, {
      auth: { kind: "credentials" },
      apiKey: null,
      credentials,
      ...rest,
    });
  return { sender, upstream, tokens, clock, provider };
}

const WIRE: WireRequest = { operation: "chat", body: '{"text":"grüße"}', dropped: [], added: [] };
const send = ({ sender }: Scene, provider: Provider, wire = WIRE, model = "m") =>
  sender.send(provider, wire, model, AbortSignal.timeout(5000));

describe("AWS", () => {
  const keys = { accessKeyId: "AKIA1", secretAccessKey: SECRET, sessionToken: null };
  const bedrock: Partial<Provider> = { paths: { chat: "/model/{model}/converse" } };

  test.each([
    [
      "anthropic.claude-3-5-sonnet-20240620-v1:0",
      "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse",
    ],
    [
      "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-lite-v1:0",
      "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.amazon.nova-lite-v1%3A0/converse",
    ],
    ["a'b (c)*!~", "/model/a'b%20(c)*!~/converse"],
  ])("what arrives for the model %s is what was signed, for the real host", async (model, path) => {
    const set = await setUp();
    const provider = set.provider(aws({ ...keys, sessionToken: "session-1" }), {
      ...bedrock,
      headers: { "x-amzn-guardrail": "g" },
    });
    expect(await send(set, provider, WIRE, model)).toBeInstanceOf(Response);
    const [request] = set.upstream.requests;
    if (!request) throw new Error("nothing arrived");
    expect(request.path).toBe(path);
    expect(request.headers.host).toBe(`upstream.test:${set.upstream.port}`);
    expect(verifyAwsSignature(request, SECRET)).toEqual({
      valid: true,
      accessKeyId: "AKIA1",
      region: "eu-west-1",
      service: "bedrock",
      signedHeaders: ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amzn-guardrail"],
    });
    expect(request.headers["x-amz-date"]).toBe("20261122T000000Z");
    expect(JSON.stringify(request)).not.toContain(SECRET);
    expect(set.tokens.accepted).toBe(0);
  });

  test("each call is signed for its own body and moment", async () => {
    const set = await setUp();
    const provider = set.provider(aws(keys), bedrock);
    for (const body of ["{}", '{"a":1}']) {
      await send(set, provider, { ...WIRE, body });
      set.clock.advance(1000);
    }
    expect(set.upstream.requests.map((it) => verifyAwsSignature(it, SECRET).valid)).toEqual([true, true]);
    expect(set.upstream.requests.map(({ headers }) => headers["x-amz-date"])).toEqual([
      "20261122T000000Z",
      "20261122T000001Z",
    ]);
  });

  test("keys that a tool renews in the profile are used within a minute, and all of them are secrets", async () => {
    const set = await setUp();
    const credentials = aws({ profile: "work" });
    const write = (n: number) =>
      writeFileSync(
        join(folder, "credentials"),
        `[work]\naws_access_key_id=AKIA${n}\naws_secret_access_key=${SECRET}-${n}\naws_session_token=session-${n}\n`,
      );
    write(1);
    await send(set, set.provider(credentials, bedrock));
    write(2);
    set.clock.advance(60_000);
    await send(set, set.provider(credentials, bedrock));
    const verdicts = set.upstream.requests.map((it, i) => verifyAwsSignature(it, `${SECRET}-${i + 1}`));
    expect(verdicts.map(({ valid, accessKeyId }) => [valid, accessKeyId])).toEqual([
      [true, "AKIA1"],
      [true, "AKIA2"],
    ]);
    expect(secretsIn(credentials)).toEqual(
      expect.arrayContaining([`${SECRET}-1`, "session-1", `${SECRET}-2`, "session-2"]),
    );
  });

  test("a profile that is not there is a fault, and nobody is called", async () => {
    const set = await setUp();
    const outcome = await send(set, set.provider(aws({ profile: "absent" }), bedrock));
    expect(outcome).toMatchObject({ kind: "upstream_auth", beforeResponse: true });
    expect(set.upstream.accepted).toBe(0);
  });
});

describe.each([
  ["a Google service account", google],
  ["a Microsoft Entra application", entra],
] as const)("the token of %s", (_, credentials) => {
  const fresh = (): Credentials => ({ ...credentials });

  test("is fetched once for twenty calls at once, and sent to the provider alone", async () => {
    const set = await setUp();
    const provider = set.provider(fresh());
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(set, provider)));
    expect(outcomes.filter((it) => it instanceof Response)).toHaveLength(20);
    expect(set.tokens.requests).toHaveLength(1);
    const sent = new Set(set.upstream.requests.map(({ headers }) => headers.authorization));
    expect([...sent]).toEqual([`Bearer ${TOKEN}-1`]);
    expect(set.tokens.requests[0]?.headers.authorization).toBeUndefined();
    expect(JSON.stringify(set.upstream.requests)).not.toContain(SECRET);
  });

  test("is renewed before its end, beside the calls", async () => {
    const set = await setUp();
    const provider = set.provider(fresh());
    await send(set, provider);
    set.clock.advance(HOUR_MS - 6 * 60_000);
    await send(set, provider);
    expect(set.tokens.requests).toHaveLength(1);
    set.clock.advance(60_000);
    await send(set, provider);
    set.clock.advance(5 * 60_000);
    await send(set, provider);
    expect(set.tokens.requests).toHaveLength(2);
    expect(set.upstream.requests.map(({ headers }) => headers.authorization?.slice(-1)).join("")).toBe(
      "1112",
    );
  });

  test("that the provider refuses is replaced", async () => {
    const set = await setUp({ upstream: (__, answer) => answer.json(401, { error: "expired" }) });
    const provider = set.provider(fresh());
    await send(set, provider);
    set.clock.advance(60_000);
    await send(set, provider);
    await send(set, provider);
    expect(set.upstream.requests.map(({ headers }) => headers.authorization?.slice(-1)).join("")).toBe("112");
  });

  test("that cannot be had is a fault that names neither key nor token, and the provider is not called", async () => {
    const set = await setUp({
      tokens: (request, answer) =>
        answer.json(401, { error: "invalid_client", error_description: request.text }),
    });
    const outcome = await send(set, set.provider(fresh()));
    expect(outcome).toMatchObject({
      kind: "upstream_auth",
      cause: `127.0.0.1:${set.tokens.port} gave no token: HTTP 401 invalid_client`,
      error: null,
    });
    for (const secret of [SECRET, "PRIVATE KEY", "assertion"])
      expect(JSON.stringify(outcome)).not.toContain(secret);
    expect(set.upstream.accepted).toBe(0);
  });

  test("whose server is down is the same kind of fault, unless one is still good", async () => {
    const set = await setUp();
    const provider = set.provider(fresh());
    await send(set, provider);
    await set.tokens.stop();
    running.splice(running.indexOf(set.tokens), 1);
    set.clock.advance(HOUR_MS - 60_000);
    expect(await send(set, provider)).toBeInstanceOf(Response);
    set.clock.advance(60_000);
    const outcome = await send(set, provider);
    expect(outcome).toMatchObject({ kind: "upstream_auth", status: null, beforeResponse: true });
    expect(JSON.stringify(outcome)).toContain("cannot be reached");
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
  });

  test("is known as a secret from then on, like what it was fetched with", async () => {
    const set = await setUp();
    const own = fresh();
    await send(set, set.provider(own));
    expect(secretsIn(own)).toContain(`${TOKEN}-1`);
    expect(secretsIn(own)).toContain(own.kind === "entra" ? SECRET : privateKey);
  });

  test("is not followed by redirects, nor waited for by a call that was given up", async () => {
    const elsewhere = await serverOf((__, answer) => answer.json(200, { access_token: "x", expires_in: 9 }));
    const redirecting = await setUp({
      tokens: (__, answer) => answer.json(307, "", { location: `http://127.0.0.1:${elsewhere.port}/` }),
    });
    expect(await send(redirecting, redirecting.provider(fresh()))).toMatchObject({
      kind: "upstream_auth",
      beforeResponse: true,
    });
    expect(elsewhere.accepted).toBe(0);
    const controller = new AbortController();
    const silent = await setUp({ tokens: () => controller.abort() });
    const outcome = silent.sender.send(silent.provider(fresh()), WIRE, "m", controller.signal);
    expect(await outcome).toMatchObject({ kind: "canceled" });
    expect(silent.upstream.accepted).toBe(0);
  });
});

test("Entra is asked by the application's tenant, for Azure's AI services", async () => {
  const set = await setUp();
  await send(set, set.provider({ ...entra }));
  const [request] = set.tokens.requests;
  expect(request?.path).toBe("/contoso.test/oauth2/v2.0/token");
  expect(Object.fromEntries(new URLSearchParams(request?.text))).toEqual({
    grant_type: "client_credentials",
    client_id: "app",
    client_secret: SECRET,
    scope: "https://cognitiveservices.azure.com/.default",
  });
});

test("token servers are guarded like any other address", async () => {
  const set = await setUp();
  set.sender.usePolicy({ allow: [] });
  const outcome = await send(set, set.provider({ ...entra }, { local: true }));
  expect(outcome).toMatchObject({ kind: "upstream_auth", cause: expect.stringContaining("loopback range") });
  expect(set.tokens.accepted + set.upstream.accepted).toBe(0);
});

test("a sender without an authorizer calls nobody for whom it would need one", async () => {
  const set = await setUp();
  const sender = new Sender(new Pins(set.clock, async () => ["127.0.0.1"]), { allow: ["127.0.0.0/8"] });
  const outcome = await sender.send(set.provider({ ...entra }), WIRE, "m", AbortSignal.timeout(2000));
  expect(outcome).toMatchObject({ kind: "upstream_auth", beforeResponse: true });
  expect(set.upstream.accepted).toBe(0);
});
