import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childEnvironment, freePort } from "./children.ts";
import { type Absent, answers, type Setting, type Target, UPSTREAM_KEY } from "./target.ts";

const VERSION = "1.15.2";
const INSTALL_TIMEOUT_MS = 120_000;

/** Kept between runs, beside nothing of ours: Portkey's gateway is a yardstick, never a dependency. */
const folder = join(tmpdir(), `nyuro-bench-portkey-${VERSION}`);
const program = join(folder, "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");

/** Portkey's gateway as shipped, on Node. It checks no keys and keeps no ledger. */
export async function startPortkey(setting: Setting): Promise<Target | Absent> {
  const absent = (reason: string): Absent => ({ name: "portkey", reason });
  const environment = childEnvironment({ TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" });
  const node = Bun.which("node", { PATH: environment.PATH ?? "" });
  const npm = Bun.which("npm", { PATH: environment.PATH ?? "" });
  if (!node || !npm) return absent("it needs node and npm");
  if (!existsSync(program) && !(await install(npm))) return absent("npm could not install it");
  const port = await freePort();
  const child = setting.children.start([node, program, `--port=${port}`, "--headless"], environment);
  if (!(await answers(child, port, "/", 20_000))) return absent(`it did not start: ${child.lastWords()}`);
  const headers = {
    authorization: `Bearer ${UPSTREAM_KEY}`,
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `http://127.0.0.1:${setting.mockPort}/v1`,
  };
  return { name: "portkey", port, path: "/v1/chat/completions", headers, pid: child.pid };
}

/** npm is the user's own tool, with the user's settings: certificates, registry, cache. */
async function install(npm: string): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  const child = Bun.spawn([npm, "install", "--prefix", folder, `@portkey-ai/gateway@${VERSION}`, ...quiet], {
    env: { ...Bun.env, NODE_ENV: "" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    timeout: INSTALL_TIMEOUT_MS,
  });
  return (await child.exited) === 0 && existsSync(program);
}
