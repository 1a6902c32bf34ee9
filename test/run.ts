import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { countTests } from "./report.ts";

/**
 * `npm test`: format, lint, types, tests; the last line printed is `N passed, N failed`.
 * `--check` stops before the tests; `--soak` runs the long tests (test/*.soak.ts) and nothing else, `--real` those that
 * need a real model (test/*.real.ts), `--screenshots` those that make the pictures of the documentation; any other arguments are parts of file names: only the tests in such files run.
 */
const root = join(import.meta.dir, "..");
const TOOLS = [
  { name: "format and lint", command: ["node_modules/@biomejs/biome/bin/biome", "check"] },
  { name: "types", command: ["node_modules/typescript/bin/tsc", "--noEmit"] },
  { name: "types of the console", command: ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "console"] },
];
const TEST_TIMEOUT_MS = 30_000;
/** What a person asks for by name, one file after the other. */
const SLOW = new Map([
  ["--soak", { pattern: "test/**/*.soak.ts", timeoutMs: 30 * 60_000 }],
  ["--screenshots", { pattern: "test/**/*.screenshots.ts", timeoutMs: 3 * 60_000 }],
  ["--real", { pattern: "test/**/*.real.ts", timeoutMs: 3 * 60_000 }],
]);
/** For all files of one of them. */
const SLOW_RUN_TIMEOUT_MS = 2 * 60 * 60_000;
/** A test that never yields outlives its own timeout; the whole run does not outlive this. */
const RUN_TIMEOUT_MS = 20 * 60_000;

/** The caller's environment without keys and settings: no test may reach a real provider or a running gateway. */
function cleanEnvironment(): Record<string, string | undefined> {
  const isOurs = (name: string) => !/^NYURO_|_API_KEY$|^HF_TOKEN$|^PORT$/.test(name);
  const kept = Object.entries(process.env).filter(([name]) => isOurs(name));
  return { ...Object.fromEntries(kept), NODE_ENV: "test" };
}

function run(command: string[], timeoutMs = RUN_TIMEOUT_MS): Promise<number> {
  const stdio = ["ignore", "inherit", "inherit"] as const;
  return Bun.spawn([process.execPath, ...command], {
    cwd: root,
    env: cleanEnvironment(),
    stdio: [...stdio],
    timeout: timeoutMs,
  }).exited;
}

/** Runs the tools one after the other, so that what they say is not mixed; returns how many failed. */
async function checkSources(): Promise<number> {
  let failed = 0;
  for (const { name, command } of TOOLS) {
    if ((await run(command)) === 0) continue;
    failed++;
    console.log(`failed: ${name}`);
  }
  return failed;
}

function findFiles(pattern: string, filters: string[]): string[] {
  const found = [...new Bun.Glob(pattern).scanSync({ cwd: root })].sort();
  return filters.length === 0 ? found : found.filter((file) => filters.some((part) => file.includes(part)));
}

async function runTests(files: string[], flags: string[], timeoutMs?: number) {
  const folder = mkdtempSync(join(tmpdir(), "nyuro-test-"));
  const outfile = join(folder, "junit.xml");
  try {
    const report = ["--reporter=junit", `--reporter-outfile=${outfile}`];
    const paths = files.map((file) => `./${file}`);
    const exitCode = await run(
      ["test", "--no-env-file", "--no-install", ...flags, ...report, ...paths],
      timeoutMs,
    );
    let junit = "";
    try {
      junit = readFileSync(outfile, "utf8");
    } catch {
      // No report: the run itself broke, and every file counts as silent.
    }
    return countTests(junit, files, exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(args: string[]): Promise<number> {
  const filters = args.filter((argument) => !argument.startsWith("--"));
  const slow = args.map((argument) => SLOW.get(argument)).find((it) => it !== undefined);
  const broken = slow || filters.length > 0 ? 0 : await checkSources();
  if (args.includes("--check")) return broken;

  const files = findFiles(slow?.pattern ?? "{src,test,bench,console}/**/*.test.ts", filters);
  if (files.length === 0) {
    console.log(`failed: there is no such test\n0 passed, ${broken + 1} failed`);
    return 1;
  }
  // A process of its own for each file: what one leaves behind the next does not see, and `process.exit(0)` in a
  // test is a failure instead of a quiet end of everything.
  const workers = slow ? 1 : Math.max(2, cpus().length);
  const timeoutMs = slow?.timeoutMs ?? TEST_TIMEOUT_MS;
  const flags = [`--parallel=${workers}`, `--timeout=${timeoutMs}`, "--only-failures"];
  const count = await runTests(files, flags, slow ? SLOW_RUN_TIMEOUT_MS : RUN_TIMEOUT_MS);

  for (const file of count.silent) console.log(`failed: ${file} reported no test`);
  if (count.skipped > 0) console.log(`${count.skipped} skipped`);
  const failed = count.failed + broken;
  console.log(`${count.passed} passed, ${failed} failed`);
  return failed;
}

if (import.meta.main) process.exitCode = (await main(process.argv.slice(2))) === 0 ? 0 : 1;
