import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freshFolder, type ServerOptions, ServerProcess, startServer, UPSTREAM_SECRET } from "./server.ts";

/** One clear sentence each, on standard error, and exit code 1. */

let first: ServerProcess;
beforeAll(async () => {
  first = await startServer({ config: provider({}), env: { NYURO_SECRET: "the secret of the first start" } });
});
afterAll(async () => void (await first.stop()));

function provider(more: object) {
  return {
    providers: [{ id: "one", preset: "openai", api_key: UPSTREAM_SECRET, models: [{ id: "m" }], ...more }],
  };
}

async function refusal(options: ServerOptions): Promise<string[]> {
  const server = new ServerProcess(options);
  const code = await server.ended();
  expect({ code, out: server.out }).toEqual({ code: 1, out: "" });
  expect(server.err).not.toMatch(/^ +at |\.ts:\d+|node_modules|Bun v/m);
  return server.err.trimEnd().split("\n");
}

const file = () => join(freshFolder(), "file");
const anotherSecret = "the secret of another start";
const badKey = "neu_live_tooshort";

test("the port is taken", async () => {
  const port = new URL(first.url).port;
  expect(await refusal({ env: { NYURO_PORT: port } })).toEqual([
    `nyuro: Port ${port} on 127.0.0.1 is taken; choose another with NYURO_PORT or server.port.`,
  ]);
});

test("the address is not one of this machine", async () => {
  expect(await refusal({ env: { NYURO_HOST: "203.0.113.5" } })).toEqual([
    "nyuro: Cannot listen on 203.0.113.5:0 (EADDRNOTAVAIL).",
  ]);
});

test("a file lies where the data folder should be", async () => {
  const path = file();
  writeFileSync(path, "mine");
  const [line = "", ...more] = await refusal({ env: { NYURO_DATA_DIR: path } });
  expect(line).toStartWith(`nyuro: The data folder ${path} cannot be made: `);
  expect(more).toEqual([]);
});

test("the data folder may not be written to", async () => {
  const [line = "", ...more] = await refusal({ env: { NYURO_DATA_DIR: "/proc/nyuro" } });
  expect(line).toStartWith("nyuro: The data folder /proc/nyuro cannot be made: ");
  expect(more).toEqual([]);
});

test("the database in the data folder is something else", async () => {
  const folder = freshFolder();
  await (await startServer({ folder, config: provider({}) })).stop();
  const path = join(folder, "data", "nyuro.db");
  for (const beside of ["-wal", "-shm"]) rmSync(path + beside, { force: true });
  writeFileSync(path, "this is no database, it is a text of more than a hundred bytes ".repeat(100));
  const [line = "", ...more] = await refusal({ folder, config: provider({}) });
  expect(line).toStartWith(`nyuro: The database ${path} cannot be used: `);
  expect(more).toEqual([]);
});

test("another server runs on the data folder, and goes on", async () => {
  expect(await refusal({ env: { NYURO_DATA_DIR: first.dataDir } })).toEqual([
    `nyuro: Another Nyuro is running on the data folder ${first.dataDir}; one at a time.`,
  ]);
  expect((await first.get("/readyz", null)).status).toBe(200);
});

test("another secret than the one the keys were made with", async () => {
  const folder = freshFolder();
  const right = { folder, config: provider({}), env: { NYURO_SECRET: "the secret of the first start" } };
  await (await startServer(right)).stop();
  const said = await refusal({ ...right, env: { NYURO_SECRET: anotherSecret } });
  expect(said).toEqual([
    `nyuro: NYURO_SECRET is not the secret the keys in ${join(folder, "data")} were made with; none of them would work.`,
  ]);
  const again = await startServer(right);
  expect((await again.get("/v1/models")).status).toBe(200);
  await again.stop();
});

test.each([
  [{ server: { prot: 1 } }, "server.prot is not a known key; did you mean port?"],
  [provider({ api_kee: "x" }), "providers[0].api_kee is not a known key; did you mean api_key?"],
  [provider({ preset: "opnai" }), "providers[0].preset is not a known preset; did you mean openai?"],
  [
    provider({ api_key: `${UPSTREAM_SECRET}\${env:NOT_THERE}` }),
    "providers[0].api_key needs the environment variable NOT_THERE, which is not set or is empty",
  ],
  ["server: [\n  a: 1\n", /^line \d+, column \d+: /],
  [provider({ preset: "azure" }), /azure|auth\.|base_url/],
] as const)("the config file is wrong: %j", async (config, told) => {
  const folder = freshFolder();
  const said = await refusal({ folder, config });
  expect(said).toHaveLength(1);
  const prefix = `nyuro: ${join(folder, "nyuro.json")}: `;
  const sentence = said[0]?.startsWith(prefix) ? said[0].slice(prefix.length) : (said[0] ?? "");
  if (typeof told === "string") expect(sentence).toBe(told);
  else expect(sentence).toMatch(told);
});

test("several mistakes are told at once, one a line", async () => {
  expect(await refusal({ config: { server: { prot: 1 }, aliass: {} } })).toHaveLength(2);
});

test("the named config file does not exist", async () => {
  const path = file();
  expect(await refusal({ env: { NYURO_CONFIG: path } })).toEqual([
    `nyuro: ${path}: the config file does not exist`,
  ]);
});

test.each([
  [
    { NYURO_DATABASE_URL: "postgres://secret@db" },
    "NYURO_DATABASE_URL is reserved and not built yet; remove it",
  ],
  [{ NYURO_REDIS_URL: "redis://secret@db" }, "NYURO_REDIS_URL is reserved and not built yet; remove it"],
  [
    { NYURO_BOOTSTRAP_KEY: badKey },
    "NYURO_BOOTSTRAP_KEY must be neu_live_ followed by 32 or more of A-Z, a-z, 0-9, hyphen and underscore",
  ],
  [{ NYURO_PORT: "http" }, "NYURO_PORT must be a whole number from 0 to 65535 (0 = any free port)"],
  [{ NYURO_LOG_LEVEL: "loud" }, /^NYURO_LOG_LEVEL must be one of /],
])("the environment is wrong: %j", async (env, told) => {
  const said = await refusal({ env: env as Record<string, string> });
  expect(said).toEqual([
    typeof told === "string" ? `nyuro: ${told}` : expect.stringMatching(/^nyuro: NYURO_LOG_LEVEL must/),
  ]);
  expect(said.join()).not.toMatch(/secret@db|neu_live_tooshort/);
});
