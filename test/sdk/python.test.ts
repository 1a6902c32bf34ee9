import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { TEST_KEY } from "../../src/testing/gateway.ts";
import { deltaEvent } from "../../src/testing/openai-replies.ts";
import type { Script } from "../../src/testing/scripted-upstream.ts";
import { type Python, pythonWithOpenai } from "./python/virtual-environment.ts";
import { embedsOnly, failing, inTurn, openai } from "./scripted-openai.ts";
import { type SdkGateway, startSdkGateway } from "./sdk-gateway.ts";

const SCRIPT = join(import.meta.dir, "python/openai_sdk.py");
const INSTALL_TIMEOUT_MS = 65_000;
const RUN_TIMEOUT_MS = 25_000;

const released = Promise.withResolvers<void>();
const endlessClosed = Promise.withResolvers<void>();

/** Streams a first word and stays open. */
const firstWord: Script = (_, answer) => {
  answer.startStream();
  answer.chunk(deltaEvent("upstream", { role: "assistant", content: "Hello" }));
};

/** The models the script asks for. The script says by a call of its own when it has the first word of `cut`. */
const SCRIPTS: Record<string, Script> = {
  "one/gpt": openai,
  "one/meta/llama": openai,
  "elsewhere/forbidden": openai,
  "one/floats": embedsOnly("float"),
  "one/broken": failing(500),
  "one/limited": failing(429, {}, { "retry-after": "7" }),
  "one/briefly": inTurn(failing(429, {}, { "retry-after-ms": "20" }), openai),
  "one/cut": async (request, answer) => {
    await firstWord(request, answer);
    await released.promise;
    answer.cut();
  },
  "one/release": (request, answer) => {
    released.resolve();
    return openai(request, answer);
  },
  "one/endless": (request, answer) => {
    request.closed.then(endlessClosed.resolve);
    return firstWord(request, answer);
  },
  "one/when-closed": async (request, answer) => {
    await endlessClosed.promise;
    return openai(request, answer);
  },
  "one/silent": () => {},
};

let gateway: SdkGateway;
let found: Python;
beforeAll(async () => {
  gateway = await startSdkGateway(SCRIPTS, { caller: { allowedProviders: ["one"] } });
  found = await pythonWithOpenai();
  if ("missing" in found)
    console.log(`the Python SDK was NOT tested: no ${found.missing}: ${found.said.trim().slice(-500)}`);
}, INSTALL_TIMEOUT_MS);
afterAll(() => gateway.stop());

/** Whatever was not tested has its reason in this machine, not in the test. */
function isExcused(python: Python): python is Extract<Python, { missing: string }> {
  if (!("missing" in python)) return false;
  if (python.missing === "python3") expect(Bun.which("python3")).toBeNull();
  else expect(python.exitCode).not.toBe(0);
  return true;
}

/** The names of the script's checks, as it holds them. */
async function checksOf(script: string): Promise<string[]> {
  return [...(await Bun.file(script).text()).matchAll(/^@check\ndef (\w+)/gm)].map(([, name = ""]) => name);
}

test(
  "the official Python package does what it does with OpenAI, and the upstream is called no more than needed",
  async () => {
    if (isExcused(found)) return;
    const child = Bun.spawn([found.python, SCRIPT, gateway.baseURL, TEST_KEY], {
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: "1", PYTHONUTF8: "1" },
      stdin: "ignore",
      stderr: "pipe",
      timeout: RUN_TIMEOUT_MS - 2_000,
    });
    const [out, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const checks = await checksOf(SCRIPT);
    expect(checks.length).toBeGreaterThan(10);
    expect(out.trimEnd().split("\n")).toEqual(checks.map((name) => `ok ${name}`));
    expect(errors).toBe("");
    expect(await child.exited).toBe(0);
    const calls = Object.keys(SCRIPTS).map((id) => [id, gateway.seen(id).length] as const);
    expect(Object.fromEntries(calls)).toMatchObject({
      "elsewhere/forbidden": 0,
      // One each for the fallback and for the failure; the SDK, told so, tries neither again.
      "one/broken": 2,
      "one/limited": 1,
      "one/briefly": 2,
      "one/cut": 1,
      "one/endless": 1,
      "one/silent": 1,
    });
  },
  RUN_TIMEOUT_MS,
);
