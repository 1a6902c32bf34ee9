import { afterAll, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * bin/run in a package of its own whose `npm` is a script: it counts its calls and puts the Bun of this run where
 * npm would. What npm itself does is seen by every fresh clone that runs these tests.
 */
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "nyuro launcher ")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const repository = join(import.meta.dir, "..");
let root = "";
let count = 0;

const PROGRAM = `
const env = ["NODE_ENV", "BUN_CONFIG_MAX_HTTP_REQUESTS", "HTTPS_PROXY", "http_proxy", "FROM_DOTENV"];
process.on("SIGTERM", () => process.exit(0));
console.log(JSON.stringify({ pid: process.pid, arguments: process.argv.slice(2), cwd: process.cwd(), env: env.map((name) => process.env[name] ?? null) }));
if (process.argv[2] === "serve") setInterval(() => {}, 1000);
`;

/** The binary at the first place, a stub at the other: what npm leaves without install scripts, and with them. */
const LAYOUTS = {
  without: { binary: "@oven/bun-linux-x64/bin/bun", stub: "bun/bin/bun.exe" },
  with: { binary: "bun/bin/bun.exe", stub: "@oven/bun-linux-x64/bin/bun" },
};

function writeNpm(layout: keyof typeof LAYOUTS, before = "") {
  const { binary, stub } = LAYOUTS[layout];
  const lines = [
    "#!/bin/sh",
    `echo "$@" >>"${root}/npm-calls"`,
    before,
    `mkdir -p node_modules/@oven/bun-linux-x64/bin node_modules/bun/bin`,
    `printf '#!/bin/sh\\nexit 1\\n' >node_modules/${stub} && chmod +x node_modules/${stub}`,
    `ln -f "${scratch}/bun" node_modules/${binary}`,
  ];
  writeFileSync(join(root, "path", "npm"), lines.join("\n"));
  chmodSync(join(root, "path", "npm"), 0o755);
}

const npmCalls = () =>
  existsSync(join(root, "npm-calls")) ? readFileSync(join(root, "npm-calls"), "utf8").trim().split("\n") : [];

beforeEach(() => {
  if (count === 0) {
    try {
      linkSync(process.execPath, join(scratch, "bun"));
    } catch {
      cpSync(process.execPath, join(scratch, "bun")); // another file system
    }
  }
  root = join(scratch, `package ${++count}`);
  mkdirSync(join(root, "path"), { recursive: true });
  mkdirSync(join(root, "src"));
  cpSync(join(repository, "bin"), join(root, "bin"), { recursive: true });
  writeFileSync(
    join(root, "package-lock.json"),
    JSON.stringify({ packages: { "": {}, "node_modules/bun": { version: "1.0.0" } } }),
  );
  writeFileSync(join(root, "src", "main.ts"), PROGRAM);
  writeNpm("without");
});

function start(command: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const { NODE_ENV: _, BUN_CONFIG_MAX_HTTP_REQUESTS: __, ...inherited } = process.env;
  const env = { ...inherited, PATH: `${join(root, "path")}:${process.env.PATH}`, ...options.env };
  return Bun.spawn(command, {
    cwd: options.cwd ?? scratch,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function finish(child: ReturnType<typeof start>) {
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, err, told: out.startsWith("{") ? JSON.parse(out) : out };
}

const nyuro = () => join(root, "bin", "nyuro");

test.each([
  "without",
  "with",
] as const)("the first start installs, the second does not, %s install scripts", async (layout) => {
  writeNpm(layout);
  const first = await finish(start(["sh", nyuro(), "keys", "a b"]));
  expect(first.told.arguments).toEqual(["keys", "a b"]);
  expect(first.code).toBe(0);
  const second = await finish(start(["sh", nyuro(), "again"]));
  expect(second).toMatchObject({ code: 0, err: "" });
  expect(npmCalls()).toEqual([
    expect.stringMatching(/^ci --ignore-scripts --include=dev --include=optional /),
  ]);
});

test("a changed package-lock.json installs again", async () => {
  await finish(start(["sh", nyuro()]));
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: {} }));
  await finish(start(["sh", nyuro()]));
  expect(npmCalls()).toHaveLength(2);
});

test("what somebody installed by hand is used as it is, by those who need no more than it holds", async () => {
  const packages = {
    "node_modules/bun": { version: "1.0.0" },
    "node_modules/x": { version: "1.0.0", dev: true },
  };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
  const install = Bun.spawnSync([join(root, "path", "npm"), "by hand"], { cwd: root });
  expect(install.exitCode).toBe(0);
  const record = (found: object) =>
    writeFileSync(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages: found }));
  record({ "node_modules/bun": packages["node_modules/bun"] });
  writeFileSync(join(root, "src", "other.ts"), PROGRAM);
  expect((await finish(start(["sh", nyuro(), "serving"]))).err).toBe("");
  expect(npmCalls()).toEqual(["by hand"]);
  await finish(start(["sh", join(root, "bin", "run"), "src/other.ts"]));
  expect(npmCalls()).toHaveLength(2);
});

test("it becomes the program: same pid, and SIGTERM ends it with 0", async () => {
  const child = start(["sh", nyuro(), "serve"]);
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  expect(JSON.parse(new TextDecoder().decode(value)).pid).toBe(child.pid);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
});

test("the caller's folder stays, and neither its .env nor its bunfig.toml counts; a proxy is for npm alone", async () => {
  const folder = join(root, "elsewhere");
  mkdirSync(folder);
  writeFileSync(join(folder, ".env"), "FROM_DOTENV=yes\n");
  writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./preload.ts"]\n');
  writeFileSync(join(folder, "preload.ts"), 'console.log("preloaded");');
  symlinkSync(nyuro(), join(folder, "nyuro"));
  writeNpm("without", `echo "proxy $HTTPS_PROXY" >>"${root}/npm-calls"`);
  const env = { HTTPS_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1" };
  const { told } = await finish(start(["./nyuro"], { cwd: folder, env }));
  expect(told).toMatchObject({ cwd: folder, env: ["production", "20000", null, null, null] });
  expect(npmCalls()[1]).toBe("proxy http://127.0.0.1:1");
  const set = await finish(
    start(["./nyuro"], { cwd: folder, env: { NODE_ENV: "test", BUN_CONFIG_MAX_HTTP_REQUESTS: "9" } }),
  );
  expect(set.told.env.slice(0, 2)).toEqual(["test", "9"]);
});

test("of several starts at once one installs and all run", async () => {
  writeNpm("without", "sleep 1");
  const all = await Promise.all(Array.from({ length: 5 }, () => finish(start(["sh", nyuro(), "x"]))));
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  expect(npmCalls()).toHaveLength(1);
  expect(existsSync(join(root, ".nyuro-install.lock"))).toBe(false);
});

test("a lock whose owner was killed over a minute ago is taken by exactly one", async () => {
  const lock = join(root, ".nyuro-install.lock");
  mkdirSync(join(lock, "12345.67890"), { recursive: true });
  utimesSync(lock, Date.now() / 1000 - 300, Date.now() / 1000 - 300);
  const all = await Promise.all([0, 1, 2].map(() => finish(start(["sh", nyuro(), "x"]))));
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(npmCalls()).toHaveLength(1);
  expect(existsSync(lock)).toBe(false);
});

test("a failing install shows what npm said, starts nothing and leaves no lock", async () => {
  writeNpm("without", 'echo "npm error EEXAMPLE" >&2; exit 1');
  const failed = await finish(start(["sh", nyuro()]));
  expect(failed.code).toBe(1);
  expect(failed.told).toBe("");
  expect(failed.err).toContain("npm error EEXAMPLE");
  writeNpm("without");
  expect((await finish(start(["sh", nyuro()]))).code).toBe(0);
});

test("a start stopped while it installs stops npm and leaves no lock", async () => {
  const started = join(root, "npm-started");
  Bun.spawnSync(["mkfifo", started]);
  writeNpm("without", `echo >"${started}"; exec sleep 60`);
  const child = start(["sh", nyuro()]);
  await Bun.spawn(["cat", started]).exited;
  child.kill("SIGTERM");
  expect(await child.exited).toBe(143);
  expect(existsSync(join(root, ".nyuro-install.lock"))).toBe(false);
});

test("package-lock.json names every optional package its packages ask for, or `npm ci` refuses it", () => {
  const { packages } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8"));
  const missing = Object.entries<{ optionalDependencies?: Record<string, string> }>(packages)
    .flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => [path, name]),
    )
    .filter(([path, name]) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`]);
  expect(missing).toEqual([]);
});
