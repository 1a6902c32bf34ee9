import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { completion } from "../../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { providerEntry, root, type ServerOptions, type ServerProcess, startServer } from "./server.ts";

/** Which addresses a gateway calls is decided by its configuration, never by what an upstream or the environment says. */

/** Must never be connected to. */
let canary: Server;
let canaryPort = 0;
let connects = 0;
let upstream: ScriptedUpstream;
const servers: ServerProcess[] = [];

beforeAll(async () => {
  canary = createServer((socket) => {
    connects += 1;
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  });
  await new Promise<void>((ready) => canary.listen(0, "127.0.0.1", ready));
  const address = canary.address();
  canaryPort = typeof address === "object" && address ? address.port : 0;
  upstream = await ScriptedUpstream.start();
  upstream.on("m", (_, answer) => answer.json(200, completion("m", "fine")));
  upstream.on("moved", (_, answer) =>
    answer.json(307, "", { location: `http://127.0.0.1:${canaryPort}/v1/chat/completions` }),
  );
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  expect(connects).toBe(0);
});
afterAll(async () => {
  canary.close();
  await upstream.stop();
});

async function start(options: ServerOptions): Promise<ServerProcess> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

/** The deployment rests, and the log says why, at the third failure in a row. */
async function failsThrice(server: ServerProcess, model: string): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const response = await server.chat(model);
    const text = `${await response.text()} ${JSON.stringify([...response.headers])}`;
    expect(response.status).toBe(502);
    expect(text).toContain("all_candidates_failed");
    expect(text).not.toMatch(/127\.0\.0\.1|169\.254|100\.100|fd00|loopback|metadata address|linkLocal/);
  }
}

test("a private address of a provider that is not marked local is refused, and the log says how to mend it", async () => {
  const server = await start({
    config: {
      providers: [providerEntry("one", `http://127.0.0.1:${canaryPort}/v1`, ["m"], { local: false })],
    },
  });
  await failsThrice(server, "m");
  expect(server.err).toContain(
    '127.0.0.1 is in a loopback range: mark the provider \\"local: true\\" or allow it in egress.allow',
  );
});

test.each([
  ["http://169.254.169.254/v1", "169.254.169.254 is in the linkLocal range"],
  ["http://[fd00:ec2::254]/v1", "fd00:ec2::254 is a cloud metadata address"],
  ["http://100.100.100.200/v1", "100.100.100.200 is a cloud metadata address"],
])("a metadata address is refused even for a local provider: %s", async (baseUrl, told) => {
  const server = await start({ config: { providers: [providerEntry("one", baseUrl, ["m"])] } });
  await failsThrice(server, "m");
  expect(server.err).toContain(told);
});

test("an upstream's redirect is not followed", async () => {
  const server = await start({ config: { providers: [providerEntry("one", upstream.baseUrl, ["moved"])] } });
  const response = await server.chat("moved");
  expect(response.status).toBe(502);
  expect(await response.text()).not.toContain(String(canaryPort));
  expect(response.headers.has("location")).toBe(false);
});

test.each([
  ["by the launcher", ["sh", `${root}/bin/nyuro`, "serve"], {}],
  ["without it", [process.execPath, "src/main.ts", "serve"], {}],
  [
    "without it, with its variable",
    [process.execPath, "src/main.ts", "serve"],
    { BUN_CONFIG_MAX_HTTP_REQUESTS: "9" },
  ],
] as const)("a proxy in the environment is not used, started %s", async (_, command, more) => {
  const proxy = `http://127.0.0.1:${canaryPort}`;
  const env = {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
  };
  const config = { providers: [providerEntry("one", upstream.baseUrl, ["m"])] };
  const server = await start({ config, command, env: { ...env, ...more } });
  expect((await server.chat("m")).status).toBe(200);
});
