import { expect, test } from "bun:test";
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { StoreUnavailable } from "./group-commit.ts";
import { HoldJournal, type HoldJournalOptions } from "./hold-journal.ts";
import type { HoldRecord } from "./hold-record.ts";

const hold = (sequence: number, changes: Partial<HoldRecord> = {}): HoldRecord => ({
  ...{ sequence, timeMs: 1000, orgId: "org_a", keyId: "key_1", operation: "chat", requestedModel: "fast" },
  ...{ provider: "openai", model: "gpt-4o", stream: true, amountNanoUsd: 500 },
  ...changes,
});

function scene() {
  const folder = temporaryDirectory();
  const open = (options: Partial<HoldJournalOptions> = {}) =>
    new HoldJournal({ folder, sync: "normal", ...options });
  return { folder, open, files: () => readdirSync(folder).sort(), left: () => open().left };
}

/** A line of more than a KiB: a thousand of these fill a file. */
const LONG = { requestedModel: "m".repeat(1024) };

test("what is held survives its process, the last hold of each request; a clean end leaves no file", async () => {
  const { open, files, left } = scene();
  const first = open();
  expect([first.left, files()]).toEqual([[], []]);
  const strange = { requestedModel: 'Zürich "\n🙂', amountNanoUsd: null, stream: false };
  for (const sequence of [2, 1, 3]) await first.append(hold(sequence));
  await first.append(hold(2, strange));
  first.end(3);
  first.end(77);
  expect([first.openCount, first.find(2), first.find(3)]).toEqual([2, hold(2, strange), null]);
  // Request 3 has its row by now, which whoever reads this will find.
  expect(left()).toEqual([hold(1), hold(2, strange), hold(3)]);
  for (const sequence of [1, 2]) first.end(sequence);
  await first.close();
  expect([files(), left()]).toEqual([[], []]);
});

test("files of an earlier process stay until they are settled, however many start in between", async () => {
  const { open, files, left } = scene();
  const first = open();
  await first.append(hold(1));
  await first.close();
  const second = open();
  await second.append(hold(2));
  await second.close();
  expect([files(), left().map(({ sequence }) => sequence)]).toEqual([
    ["holds-1.jsonl", "holds-2.jsonl"],
    [1, 2],
  ]);
  const third = open();
  await third.append(hold(3));
  third.leftIsSettled();
  expect([files(), third.openCount]).toEqual([["holds-3.jsonl"], 1]);
});

test("only the owner may read it", async () => {
  const { folder, open } = scene();
  await open().append(hold(1));
  expect(statSync(join(folder, "holds-1.jsonl")).mode & 0o777).toBe(0o600);
});

test.each([
  "normal",
  "full",
] as const)("sync %s: a file that is full is left for a new one, which has all that is still held", async (sync) => {
  const { open, files, left, folder } = scene();
  const journal = open({ sync });
  const long = [hold(1, { amountNanoUsd: 7 }), hold(2)];
  for (const held of long) await journal.append(held);
  for (let sequence = 10; sequence < 1_200; sequence++) {
    await journal.append(hold(sequence, LONG));
    journal.end(sequence);
  }
  await journal.append(hold(1, { amountNanoUsd: 8 }));
  if (sync === "full") await journal.close();
  expect(files()).toEqual(["holds-2.jsonl"]);
  expect(statSync(join(folder, "holds-2.jsonl")).size).toBeLessThan(1 << 20);
  const kept = left().filter(({ sequence }) => sequence < 10);
  expect(kept).toEqual([hold(1, { amountNanoUsd: 8 }), hold(2)]);
}, 20_000);

test("while nothing can be written no hold is given; a line that was cut off says nothing, and the next is whole", async () => {
  const { open, left } = scene();
  let fails: "no" | "at once" | "half way" = "no";
  const write = (descriptor: number, text: string) => {
    if (fails === "at once") throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    return writeSync(descriptor, fails === "no" ? text : text.slice(0, text.length / 2));
  };
  const journal = open({ write });
  await journal.append(hold(1));
  for (const way of ["at once", "half way", "at once", "half way", "half way"] as const) {
    fails = way;
    await expect(journal.append(hold(2))).rejects.toBeInstanceOf(StoreUnavailable);
    expect([journal.openCount, journal.find(2)]).toEqual([1, null]);
  }
  fails = "no";
  await journal.append(hold(3));
  expect(left().map(({ sequence }) => sequence)).toEqual([1, 3]);
});

test("a file that takes no more although nothing else is full is left for a new one", async () => {
  const { open, files, left } = scene();
  const sizes = new Map<number, number>();
  const write = (descriptor: number, text: string) => {
    const bytes = (sizes.get(descriptor) ?? 0) + text.length;
    if (bytes > 1000) throw Object.assign(new Error("too large"), { code: "EFBIG" });
    sizes.set(descriptor, bytes);
    return writeSync(descriptor, text);
  };
  const journal = open({ write });
  await journal.append(hold(1));
  for (let sequence = 2; sequence < 40; sequence++) {
    await journal.append(hold(sequence));
    journal.end(sequence);
    // The descriptor of a file that was left may be used anew.
    if (!files().includes("holds-1.jsonl")) break;
  }
  expect([files(), left()[0]]).toEqual([["holds-2.jsonl"], hold(1)]);
});

test("a probe says whether anything could be held, and leaves nothing", async () => {
  const { open, files, left } = scene();
  let isFull = true;
  const write = (descriptor: number, text: string) => {
    if (isFull) throw new Error("no space");
    return writeSync(descriptor, text);
  };
  const journal = open({ write });
  expect(() => journal.probe()).toThrow(StoreUnavailable);
  isFull = false;
  journal.probe();
  expect(open().unreadable).toBe(0);
  expect(left()).toEqual([]);
  await journal.close();
  expect(files()).toEqual([]);
});

test("a new file that cannot be begun costs nothing: the old one does for as long again", async () => {
  const { open, files, left } = scene();
  let failing = false;
  const write = (descriptor: number, text: string) => {
    // What goes into the next file is all that is held, in one text.
    if (failing && text.split("\n").length > 2) throw new Error("no space");
    return writeSync(descriptor, text);
  };
  const journal = open({ write });
  await journal.append(hold(1));
  await journal.append(hold(2));
  failing = true;
  for (let sequence = 10; sequence < 1_500; sequence++) {
    await journal.append(hold(sequence, LONG));
    journal.end(sequence);
  }
  expect(files()).toEqual(["holds-1.jsonl"]);
  failing = false;
  for (let sequence = 1_500; sequence < 3_000; sequence++) {
    await journal.append(hold(sequence, LONG));
    journal.end(sequence);
  }
  expect(files()).toHaveLength(1);
  expect(files()).not.toContain("holds-1.jsonl");
  expect(left().map(({ sequence }) => sequence)).toContain(1);
});

test("what is damaged is counted, and what is not is still read", async () => {
  const { folder, open } = scene();
  await open().append(hold(1));
  const file = join(folder, "holds-1.jsonl");
  const good = readFileSync(file, "utf8");
  for (const bad of [
    "{}",
    "[1]",
    "null",
    "\u0000\u0000",
    good.replace("1000", '"1000"').trim(),
    good.replace("500", "1.5").trim(),
  ])
    appendFileSync(file, `${bad}\n`);
  appendFileSync(file, good.replace("[1,", "[2,"));
  appendFileSync(file, good.slice(0, 20));
  writeFileSync(join(folder, "holds-x.jsonl"), "not ours");
  const next = open();
  expect([next.left, next.unreadable]).toEqual([[hold(1), hold(2)], 6]);
});

test.each([
  "normal",
  "full",
] as const)("sync %s: the holds of one turn are one write, and none is given before it", async (sync) => {
  const { open, left, files } = scene();
  const texts: string[] = [];
  const write = (descriptor: number, text: string) => {
    texts.push(text);
    return writeSync(descriptor, text);
  };
  const journal = open({ sync, write });
  const written = Array.from({ length: 50 }, (_, n) => journal.append(hold(n + 1)));
  let given = 0;
  for (const one of written) one.then(() => void given++);
  await null;
  expect([given, texts, files(), journal.openCount]).toEqual([0, [], [], 50]);
  await Promise.all(written);
  expect([given, texts.length, left().length]).toEqual([50, 1, 50]);
  await journal.close();
});

test("a request that ends before its hold is written leaves none open, and one that is closed upon is still written", async () => {
  const { open, left } = scene();
  const journal = open();
  const ended = journal.append(hold(1));
  journal.end(1);
  await ended;
  expect([journal.openCount, journal.find(1)]).toEqual([0, null]);
  const last = journal.append(hold(2));
  await journal.close();
  await last;
  expect(left().map(({ sequence }) => sequence)).toContain(2);
});

test("what cannot be written leaves what the request held before", async () => {
  const { open, left } = scene();
  let isFull = false;
  const write = (descriptor: number, text: string) => {
    if (isFull) throw new Error("no space");
    return writeSync(descriptor, text);
  };
  const journal = open({ write });
  await journal.append(hold(1));
  isFull = true;
  const results = await Promise.allSettled([
    journal.append(hold(1, { amountNanoUsd: 900 })),
    journal.append(hold(2)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect([journal.find(1), journal.find(2), journal.openCount]).toEqual([hold(1), null, 1]);
  expect(left()).toEqual([hold(1)]);
});
