import { afterEach, expect, test } from "bun:test";
import { systemClock } from "../core/clock.ts";
import { Authorizer } from "../providers/authorize/authorizer.ts";
import type { Credentials } from "../providers/contract.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { catalogOf, deployment } from "../testing/catalog.ts";
import { startGateway, testProvider } from "../testing/gateway.ts";
import { jsonOf, manageScene } from "../testing/manage.ts";
import { type Script, ScriptedUpstream } from "../testing/scripted-upstream.ts";

const SECRETS = ["canary-secret-key", "canary-session-token", "canary-client-secret", "canary-fetched-token"];
const [SECRET_KEY = "", SESSION = "", CLIENT_SECRET = "", FETCHED = ""] = SECRETS;

const aws: Credentials = {
  kind: "aws",
  region: "eu-west-1",
  source: { accessKeyId: "canary-key-id", secretAccessKey: SECRET_KEY, sessionToken: SESSION },
};
const entra: Credentials = {
  kind: "entra",
  tenantId: "contoso.test",
  clientId: "app",
  clientSecret: CLIENT_SECRET,
};

const running: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const it of running.splice(0)) await it.stop();
});

async function serverOf(script: Script): Promise<ScriptedUpstream> {
  const server = await ScriptedUpstream.start();
  running.push(server);
  return server.on("*", script);
}

/** Everything it was sent, quoted back as its own words. */
const quoting =
  (status: number, code: string): Script =>
  ({ headers, text }, answer) =>
    answer.json(status, { error: { message: `${JSON.stringify(headers)} ${text}`, type: code, code } });

const grant: Script = (_, answer) => answer.json(200, { access_token: FETCHED, expires_in: 3600 });

async function ask(credentials: Credentials, upstreamSays: Script, tokensSay: Script) {
  const [upstream, tokens] = [await serverOf(upstreamSays), await serverOf(tokensSay)];
  const at = `http://127.0.0.1:${tokens.port}`;
  const authorizer = new Authorizer({
    clock: systemClock,
    awsFiles: { credentials: "/nowhere", config: "/nowhere" },
    endpoints: { google: at, entra: at },
  });
  const sender = new Sender(new Pins(systemClock), { allow: ["127.0.0.0/8"] }, authorizer);
  const auth = { kind: "credentials" } as const;
  const provider = testProvider("one", upstream.baseUrl, { apiKey: null, auth, credentials });
  const gateway = startGateway({ providers: [provider], deployments: [deployment("one/m")], sender });
  running.push(gateway);
  const response = await gateway.chat({ model: "m", messages: [{ role: "user", content: "hi" }] });
  const shown = await response.text();
  const headers = JSON.stringify([...response.headers]);
  return {
    status: response.status,
    shown,
    all: shown + headers + gateway.logs.join() + JSON.stringify(gateway.rows),
    upstream,
  };
}

test.each([
  ["the caller's mistake, from AWS", aws, quoting(400, "bad"), grant, 400, 1],
  ["a signature refused", aws, quoting(403, "SignatureDoesNotMatch"), grant, 502, 1],
  ["the caller's mistake, with a fetched token", entra, quoting(400, "bad"), grant, 400, 1],
  ["a fetched token refused", entra, quoting(401, "expired"), grant, 502, 1],
  ["no token to be had", entra, quoting(200, "unused"), quoting(401, "invalid_client"), 502, 0],
] as const)("%s: no secret reaches answer, log or row", async (_, credentials, says, tokensSay, status, calls) => {
  const { shown, all, ...rest } = await ask({ ...credentials }, says, tokensSay);
  expect([rest.status, rest.upstream.requests.length]).toEqual([status, calls]);
  for (const secret of SECRETS) expect(all).not.toContain(secret);
  if (status === 400) expect(shown).toContain("[redacted]");
});

test("a login that fails is tried for one model of its provider before another provider is", async () => {
  const [tokens, other] = [
    await serverOf(quoting(401, "invalid_client")),
    await serverOf(quoting(500, "down")),
  ];
  const at = `http://127.0.0.1:${tokens.port}`;
  const authorizer = new Authorizer({
    clock: systemClock,
    awsFiles: { credentials: "/nowhere", config: "/nowhere" },
    endpoints: { google: at, entra: at },
  });
  const gateway = startGateway({
    providers: [
      testProvider("azure", other.baseUrl, {
        apiKey: null,
        auth: { kind: "credentials" },
        credentials: { ...entra },
      }),
      testProvider("plain", other.baseUrl),
    ],
    deployments: [deployment("azure/m"), deployment("azure/n"), deployment("plain/o")],
    sender: new Sender(new Pins(systemClock), { allow: ["127.0.0.0/8"] }, authorizer),
  });
  running.push(gateway);
  const response = await gateway.chat({
    models: ["m", "n", "o"],
    messages: [{ role: "user", content: "hi" }],
  });
  const attempts = response.headers.get("x-nyuro-attempts") ?? "";
  expect(attempts.replace(/@\d+ms/g, "")).toBe(
    "azure/m=upstream_auth, plain/o=overloaded, azure/n=upstream_auth",
  );
  expect([tokens.requests.length, other.requests.length]).toEqual([1, 1]);
});

test("providers are listed without their logins", async () => {
  const scene = await manageScene({
    providers: [
      testProvider("bedrock", "https://bedrock.example", { apiKey: null, credentials: aws }),
      testProvider("azure", "https://azure.example", { apiKey: null, credentials: entra }),
    ],
    catalog: catalogOf([]),
  });
  const { secret } = await scene.keyWith(["admin"]);
  const shown = JSON.stringify(await jsonOf(scene.call("GET", "/api/v1/providers", secret)));
  expect(shown).toContain("bedrock.example");
  for (const hidden of [...SECRETS, "canary-key-id", "contoso.test", "credentials"])
    expect(shown).not.toContain(hidden);
});
