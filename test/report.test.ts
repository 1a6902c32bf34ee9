import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests } from "./report.ts";

const scratch = mkdtempSync(join(tmpdir(), "nyuro-report-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const TEST = 'import { beforeAll, test } from "bun:test";\n';
const FILES = {
  good: `${TEST}test("a > b", () => {}); test("<c>", () => {});`,
  bad: `${TEST}test("fails", () => { throw new Error("no"); }); test("passes", () => {});`,
  "ends-the-process": `${TEST}test("exits", () => process.exit(0));`,
  "has-no-test": "export const x = 1;",
  "does-not-load": `import "./nothing.ts";\n${TEST}test("never", () => {});`,
  "fails-before": `${TEST}beforeAll(() => { throw new Error("no"); }); test("never", () => {});`,
  "fails-late": `${TEST}test("late", () => { Promise.reject(new Error("late")); });`,
  "is-killed": `${TEST}test("dies", () => process.kill(process.pid, "SIGKILL"));`,
  skips: `${TEST}test.skip("skipped", () => {}); test("runs", () => {});`,
};

/** Runs the files as `npm test` does. */
function runFiles(names: (keyof typeof FILES)[]) {
  const folder = mkdtempSync(join(scratch, "run-"));
  mkdirSync(join(folder, "src"));
  const files = names.map((name) => `src/${name}.test.ts`);
  for (const name of names) writeFileSync(join(folder, "src", `${name}.test.ts`), FILES[name]);
  const report = ["--reporter=junit", "--reporter-outfile=junit.xml", "--parallel=2"];
  const paths = files.map((file) => `./${file}`);
  const child = Bun.spawnSync([process.execPath, "test", ...report, ...paths], { cwd: folder });
  let junit = "";
  try {
    junit = readFileSync(join(folder, "junit.xml"), "utf8");
  } catch {
    // Bun writes none when there is nothing to tell.
  }
  return countTests(junit, files, child.exitCode);
}

const silent = (name: string) => [`src/${name}.test.ts`];

test.each<[keyof typeof FILES, { passed: number; failed: number; silent: string[] }]>([
  ["bad", { passed: 3, failed: 1, silent: [] }],
  ["ends-the-process", { passed: 2, failed: 1, silent: [] }],
  ["has-no-test", { passed: 2, failed: 1, silent: silent("has-no-test") }],
  ["does-not-load", { passed: 2, failed: 1, silent: silent("does-not-load") }],
  ["fails-before", { passed: 2, failed: 1, silent: [] }],
  ["fails-late", { passed: 2, failed: 1, silent: [] }],
  ["is-killed", { passed: 2, failed: 1, silent: [] }],
])("a file that %s beside a good one is counted as failed", (name, expected) => {
  expect(runFiles(["good", name])).toMatchObject(expected);
});

test("good and skipped tests are no failures", () => {
  expect(runFiles(["good", "skips"])).toEqual({ passed: 3, failed: 0, skipped: 1, silent: [] });
});

test("a run that told nothing fails, and so does one that only its exit code calls bad", () => {
  expect(countTests("", ["src/a.test.ts"], 0).failed).toBe(1);
  expect(countTests('<testcase name="a" file="src/a.test.ts" />', ["src/a.test.ts"], 1).failed).toBe(1);
});
