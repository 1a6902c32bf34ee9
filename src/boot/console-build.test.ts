import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { ConsoleBuild } from "./console-build.ts";

const folder = temporaryDirectory();
const scriptOf = (text: string) => {
  const path = join(folder, `${Bun.hash(text)}.ts`);
  writeFileSync(path, text);
  return path;
};

function started(script: string) {
  const said: string[] = [];
  const note = (fields: object, message: string) => void said.push(`${JSON.stringify(fields)} ${message}`);
  const build = new ConsoleBuild({ info: note, warn: note, error: note });
  build.start(script);
  return { build, said };
}

test("what was built is said; where nothing was stale, nothing is", async () => {
  const script = 'if (process.argv[2] !== "--if-stale") throw 1; console.log("console: 3 files");';
  const { build, said } = started(scriptOf(script));
  await build.done;
  expect(said).toEqual(["{} built the console: 3 files"]);
  const quiet = started(scriptOf(""));
  await quiet.build.done;
  expect(quiet.said).toEqual([]);
});

test("a build that fails is said with its reason, and nobody waits for it", async () => {
  const { build, said } = started(scriptOf('throw new Error("no such colour");'));
  await build.done;
  expect(said).toHaveLength(1);
  expect(said[0]).toContain("no such colour");
});

test("without sources there is nothing to build, and a build that is stopped says nothing", async () => {
  const none = started(join(folder, "gone.ts"));
  await none.build.done;
  const long = started(scriptOf("await new Promise(() => setInterval(() => {}, 1000));"));
  long.build.stop();
  await long.build.done;
  expect([none.said, long.said]).toEqual([[], []]);
});
