import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../testing/cli.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { manageScene, START_MS } from "../testing/manage.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const scene = await manageScene();
const { secret } = await scene.keyWith(["admin"]);
const cwd = temporaryDirectory();
const env = { NYURO_URL: scene.url, NYURO_API_KEY: secret };
const run = (...line: string[]) => runCli(["bill", "reconcile", ...line], { env, cwd });

await scene.ledger.write(sampleRow({ sequence: 1, timeMs: START_MS, costNanoUsd: 400 }));
writeFileSync(
  join(cwd, "usage.csv"),
  "date,model,requests,input_tokens\n2027-01-15,gpt-4o-mini-2024-07-18,2,1600\n2027-01-15,\u001b[2Jo3,1,\n",
);

test("days, models and differences, in columns of what the export tells", async () => {
  const { out, exitCode } = await run("--provider", "openai", "usage.csv");
  expect(exitCode).toBe(0);
  expect(out).toContain("openai, plain, 2027-01-15 to 2027-01-15 in UTC\nonly theirs: 1, only ours: 0;");
  expect(out).toMatch(/^DAY +MODEL +REQUESTS +OURS +DIFFERENCE +PROMPT TOKENS +OURS +DIFFERENCE$/m);
  expect(out).toMatch(/^2027-01-15 +gpt-4o-mini +2 +1 +1 +1600 +1500 +100$/m);
  expect(out).toMatch(/^total +- +3 +1 +2 +1600 +1500 +100$/m);
  expect(out).not.toContain("\u001b");
});

test("as JSON it is the API's answer", async () => {
  const { out } = await run("--provider", "openai", "--json", "usage.csv");
  expect(JSON.parse(out)).toMatchObject({ provider: "openai", form: "plain", only_theirs: 1 });
});

test.each([
  [["--provider", "openai", "gone.csv"], "The file gone.csv cannot be read."],
  [["--provider", "nobody", "usage.csv"], "There is no such provider."],
])("%p is refused in one sentence", async (line, sentence) => {
  const { out, notes, exitCode } = await run(...line);
  expect([out, notes, exitCode]).toEqual(["", `nyuro: ${sentence}`, 1]);
});
