import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { fixedClock } from "../testing/clock.ts";
import { providerAt } from "../testing/provider.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { Provider, WireRequest } from "./contract.ts";
import { Pins, type Resolve } from "./pins.ts";
import { DEMO_BASE_URL, modelsRequest, Sender } from "./send.ts";

const SECRET = "sk-canary-5f1e";
const wire = (body: unknown = { model: "m" }): WireRequest => ({
  operation: "chat",
  body: JSON.stringify(body),
  dropped: [],
  added: [],
});

const folder = temporaryDirectory();
const running: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const it of running.splice(0)) await it.stop();
});

async function upstream(): Promise<ScriptedUpstream> {
  const it = await ScriptedUpstream.start();
  running.push(it);
  return it.on("*", (_, answer) => answer.json(200, { ok: true }));
}

const onLoopback: Resolve = async () => ["127.0.0.1"];
const sender = (resolve = onLoopback) => new Sender(new Pins(fixedClock(0), resolve), { allow: [] });
const local = (port: number, rest: Partial<Provider> = {}, host = "upstream.test") =>
  providerAt(`http://${host}:${port}/v1`, { local: true, ...rest });
const signal = () => AbortSignal.timeout(3000);

describe("credentials", () => {
  test.each([
    ["bearer", { kind: "bearer" }, "authorization", `Bearer ${SECRET}`, ""],
    ["header", { kind: "header", name: "Api-Key" }, "api-key", SECRET, ""],
    ["query", { kind: "query", name: "key" }, null, null, `?key=${SECRET}`],
    ["none", { kind: "none" }, null, null, ""],
  ] as const)("by %s stand there and nowhere else", async (_, auth, header, value, query) => {
    const up = await upstream();
    await sender().send(local(up.port, { auth }), wire(), "m", signal());
    const [request] = up.requests;
    expect(request?.path).toBe(`/v1/chat/completions${query}`);
    const holders = Object.entries(request?.headers ?? {}).filter(([, held]) => held.includes(SECRET));
    expect(holders).toEqual(header === null ? [] : [[String(header), String(value)]]);
    expect(request?.text).not.toContain(SECRET);
  });

  test("a configured header cannot double the credential or the host", async () => {
    const up = await upstream();
    const headers = { Authorization: "Bearer other", HOST: "other.test", "X-Title": "t" };
    await sender().send(local(up.port, { headers }), wire(), "m", signal());
    expect(up.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      host: `upstream.test:${up.port}`,
      "x-title": "t",
      "user-agent": "nyuro",
      "accept-encoding": "identity",
      "content-type": "application/json",
    });
  });

  test("user and password in an address are not sent", async () => {
    const up = await upstream();
    await sender().send(
      providerAt(`http://user:word@127.0.0.1:${up.port}/v1`, { local: true, auth: { kind: "none" } }),
      wire(),
      "m",
      signal(),
    );
    expect(up.requests[0]?.headers).not.toHaveProperty("authorization");
  });
});

describe("where a call goes", () => {
  test("path, extra query and model in the path", async () => {
    const up = await upstream();
    const provider = local(up.port, {
      paths: { chat: "/deployments/{model}/chat" },
      query: { "api-version": "2026-01-01 preview" },
    });
    await sender().send(provider, wire(), "a/b?c", signal());
    await sender().send(provider, { ...wire(), path: "/own" }, "m", signal());
    expect(up.requests.map(({ path }) => path)).toEqual([
      "/v1/deployments/a%2Fb%3Fc/chat?api-version=2026-01-01+preview",
      "/v1/own?api-version=2026-01-01+preview",
    ]);
  });

  test("model lists are fetched with GET and no body", async () => {
    const up = await upstream();
    await sender().send(local(up.port), modelsRequest(), "", signal());
    expect(up.requests[0]).toMatchObject({ method: "GET", path: "/v1/models", text: "" });
  });

  test("an operation that is not offered is a fault, nobody is called", async () => {
    const up = await upstream();
    const outcome = await sender().send(local(up.port, { paths: {} }), wire(), "m", signal());
    expect(outcome).toMatchObject({ kind: "model_missing" });
    expect(up.accepted).toBe(0);
  });

  test("the demo answers without the network", async () => {
    const outcome = await sender().send(providerAt(DEMO_BASE_URL), wire({ messages: [] }), "demo", signal());
    expect(outcome instanceof Response && (await outcome.text())).toContain("simulated");
  });

  test.each([
    301, 302, 303, 307, 308,
  ])("a redirect (%d) is the answer, it is never followed", async (status) => {
    const [up, elsewhere] = [await upstream(), await upstream()];
    up.on("m", (_, answer) =>
      answer.json(status, "", { location: `http://127.0.0.1:${elsewhere.port}/stolen` }),
    );
    const outcome = await sender().send(local(up.port), wire(), "m", signal());
    expect(outcome instanceof Response && outcome.status).toBe(status);
    expect(elsewhere.accepted).toBe(0);
    expect(up.requests).toHaveLength(1);
  });
});

test("20 calls in a row share one connection to the pinned address", async () => {
  const up = await upstream();
  const it = sender();
  for (let i = 0; i < 20; i++) {
    const outcome = await it.send(local(up.port), wire({ model: "m", i }), "m", signal());
    expect(outcome instanceof Response && (await outcome.text())).toBe('{"ok":true}');
  }
  expect(up.requests).toHaveLength(20);
  expect(up.accepted).toBe(1);
});

describe("faults", () => {
  async function deadPort(): Promise<number> {
    const up = await ScriptedUpstream.start();
    const { port } = up;
    await up.stop();
    return port;
  }

  test("nobody listening: network, and the credential is in no sentence", async () => {
    const provider = local(await deadPort(), { auth: { kind: "query", name: "key" } });
    const outcome = await sender().send(provider, wire(), "m", signal());
    expect(outcome).toMatchObject({ kind: "network", status: null, beforeResponse: false });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });

  test("a name that does not resolve: network", async () => {
    const unknown: Resolve = async () => {
      throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    };
    const outcome = await sender(unknown).send(local(1), wire(), "m", signal());
    expect(outcome).toMatchObject({ kind: "network", beforeResponse: false });
  });

  test("a connection that ends before a response may be tried again", async () => {
    const up = await upstream();
    up.on("m", (_, answer) => answer.reset());
    const outcome = await sender().send(local(up.port), wire(), "m", signal());
    expect(outcome).toMatchObject({ kind: "network", beforeResponse: true });
    expect(up.requests).toHaveLength(1);
  });

  test.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello"],
  ])("%s is malformed", async (_, text) => {
    const up = await upstream();
    up.on("m", (__, answer) => answer.raw(text));
    expect(await sender().send(local(up.port), wire(), "m", signal())).toMatchObject({ kind: "malformed" });
  });

  test("the next call goes to the name's next address", async () => {
    const up = await upstream();
    const it = sender(async () => ["127.0.0.9", "127.0.0.1"]);
    const first = await it.send(local(up.port), wire(), "m", signal());
    expect(first).toMatchObject({ kind: "network", beforeResponse: true });
    expect(await it.send(local(up.port), wire(), "m", signal())).toBeInstanceOf(Response);
  });
});

describe("a call that is given up", () => {
  test("while its name is looked up", async () => {
    const never: Resolve = () => new Promise(() => {});
    const controller = new AbortController();
    const outcome = sender(never).send(local(1), wire(), "m", controller.signal);
    controller.abort();
    expect(await outcome).toMatchObject({ kind: "canceled" });
  });

  test("before it began reaches nobody", async () => {
    const up = await upstream();
    expect(await sender().send(local(up.port), wire(), "m", AbortSignal.abort())).toMatchObject({
      kind: "canceled",
    });
    expect(up.requests).toHaveLength(0);
  });

  test("while it waits closes the connection", async () => {
    const up = await upstream();
    const controller = new AbortController();
    const closed = new Promise<void>((done) => {
      up.on("m", (request) => {
        request.closed.then(done);
        controller.abort();
      });
    });
    expect(await sender().send(local(up.port), wire(), "m", controller.signal)).toMatchObject({
      kind: "canceled",
    });
    await closed;
  });
});

test("a probe tells a living origin from a dead one", async () => {
  const up = await upstream();
  const it = sender();
  expect(await it.probe(local(up.port), 1000)).toBe(false);
  await it.send(local(up.port), wire(), "m", signal());
  expect(await it.probe(local(up.port), 1000)).toBe(true);
  await up.stop();
  expect(await it.probe(local(up.port), 1000)).toBe(false);
  running.length = 0;
});

test("a certificate that nobody vouches for is refused before anything is sent", async () => {
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  if (!makeCertificate(keyFile, certFile, "upstream.test")) return;
  let requests = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: { key: Bun.file(keyFile), cert: Bun.file(certFile) },
    fetch() {
      requests += 1;
      return new Response("{}");
    },
  });
  running.push({ stop: () => server.stop(true) });
  for (const host of ["upstream.test", "other.test", "127.0.0.1"]) {
    const provider = providerAt(`https://${host}:${server.port}/v1`, { local: true });
    expect(await sender().send(provider, wire(), "m", signal())).toMatchObject({
      kind: "network",
      status: null,
    });
  }
  expect(requests).toBe(0);
});

/** False where this machine has no openssl. */
function makeCertificate(keyFile: string, certFile: string, name: string): boolean {
  if (Bun.which("openssl") === null) return false;
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  const made = Bun.spawnSync(
    [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      "-keyout",
      keyFile,
      "-out",
      certFile,
      ...subject,
    ],
    { stdout: "ignore", stderr: "ignore" },
  );
  return made.exitCode === 0;
}
