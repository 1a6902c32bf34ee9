import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Scratch, scratch } from "./scratch.ts";
import { watchConfig } from "./watch.ts";

let files: Scratch;
let watching: { close(): void };
let reloads: number;
let waiting: (() => void) | null;

/** Resolves with the next reload; the test's own time limit is the failure. */
function nextReload(): Promise<void> {
  return new Promise((resolve) => {
    waiting = resolve;
  });
}

function start(path: string): void {
  watching = watchConfig({
    path,
    reload: () => {
      reloads += 1;
      waiting?.();
    },
  });
}

beforeEach(() => {
  files = scratch();
  reloads = 0;
  waiting = null;
});

afterEach(() => {
  watching.close();
  files.remove();
});

test("a saved file is seen, several writes at once as one change", async () => {
  const path = files.write("nyuro.yaml", "a: 1");
  start(path);
  const reloaded = nextReload();
  for (const content of ["a: 2", "a: 3", "a: 4"]) files.write("nyuro.yaml", content);
  await reloaded;
  expect(reloads).toBe(1);
});

test("a file renamed over it is seen, and the new file is watched as well", async () => {
  const path = files.write("nyuro.yaml", "a: 1");
  start(path);
  for (const content of ["a: 2", "a: 3"]) {
    const reloaded = nextReload();
    renameSync(files.write("nyuro.yaml.swp", content), path);
    await reloaded;
  }
  expect(reloads).toBe(2);
});

test("a file deleted and created again is seen both times", async () => {
  const path = files.write("nyuro.yaml", "a: 1");
  start(path);
  const gone = nextReload();
  rmSync(path);
  await gone;
  const back = nextReload();
  files.write("nyuro.yaml", "a: 1");
  await back;
  expect(reloads).toBe(2);
});

test("a mounted volume that switches its folder link is seen", async () => {
  for (const version of ["one", "two"]) {
    mkdirSync(join(files.folder, version));
    files.write(`${version}/nyuro.yaml`, `a: ${version}`);
  }
  symlinkSync("one", join(files.folder, "..data"));
  const path = join(files.folder, "nyuro.yaml");
  symlinkSync("..data/nyuro.yaml", path);
  start(path);
  const reloaded = nextReload();
  symlinkSync("two", join(files.folder, "..data_next"));
  renameSync(join(files.folder, "..data_next"), join(files.folder, "..data"));
  await reloaded;
  expect(reloads).toBe(1);
});

test("a changed target of a symbolic link is seen, though its folder is not watched", async () => {
  mkdirSync(join(files.folder, "elsewhere"));
  files.write("elsewhere/real.yaml", "a: 1");
  const path = join(files.folder, "nyuro.yaml");
  symlinkSync("elsewhere/real.yaml", path);
  start(path);
  const reloaded = nextReload();
  files.write("elsewhere/real.yaml", "a: changed");
  await reloaded;
  expect(reloads).toBe(1);
});

test("SIGHUP reloads without any change, and no longer after close", async () => {
  start(files.write("nyuro.yaml", "a: 1"));
  const before = process.listenerCount("SIGHUP");
  const reloaded = nextReload();
  process.kill(process.pid, "SIGHUP");
  await reloaded;
  expect(reloads).toBe(1);
  watching.close();
  expect(process.listenerCount("SIGHUP")).toBe(before - 1);
});

test("other files of the folder cause nothing", async () => {
  start(files.write("nyuro.yaml", "a: 1"));
  files.write("other.yaml", "b: 1");
  const reloaded = nextReload();
  process.kill(process.pid, "SIGHUP");
  await reloaded;
  expect(reloads).toBe(1);
});

test("reloads never overlap", async () => {
  let running = 0;
  let most = 0;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const twice = new Promise<void>((resolve) => {
    watching = watchConfig({
      path: files.write("nyuro.yaml", "a: 1"),
      reload: async () => {
        reloads += 1;
        running += 1;
        most = Math.max(most, running);
        await held;
        running -= 1;
        if (reloads === 2) resolve();
      },
    });
  });
  process.emit("SIGHUP");
  process.emit("SIGHUP");
  release();
  await twice;
  expect(most).toBe(1);
});
