import { describe, expect, test } from "bun:test";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { ScriptedLead } from "../testing/scripted-lead.ts";
import type { Asked } from "./asked.ts";
import { BOUNDS, Idempotency } from "./idempotency.ts";
import type { Listener } from "./listener.ts";
import type { SharedAnswer } from "./shared-answer.ts";

const KIB = 1024;
const SMALL = { ...BOUNDS, answerBytes: 16 * KIB, keyBytes: 32 * KIB, bytes: 48 * KIB };
const ask = (idempotencyKey: string, keyId = "key_a", fingerprint = "f"): Asked => ({
  idempotencyKey,
  keyId,
  fingerprint,
});
const start = (bounds = SMALL): { kept: Idempotency; clock: FixedClock } => {
  const clock = fixedClock(0);
  return { kept: new Idempotency(clock, bounds), clock };
};

/** Begins, answers at once, and reads it to the end. */
async function answered(kept: Idempotency, asked: Asked, bytes = 10): Promise<void> {
  const lead = new ScriptedLead();
  const listener = kept.begin(asked, lead).listen(() => {});
  lead.reply("x".repeat(bytes));
  await (await listener.response()).text();
}

const isKept = (kept: Idempotency, asked: Asked) => kept.find(asked) !== null;

function found(kept: Idempotency, asked: Asked): SharedAnswer {
  const answer = kept.find(asked);
  if (!answer || "code" in answer) throw new Error("not found");
  return answer;
}

async function textOf(listener: Listener): Promise<string> {
  return (await listener.response()).text();
}

async function streaming(kept: Idempotency, asked: Asked) {
  const lead = new ScriptedLead();
  const answer = kept.begin(asked, lead);
  const listener = answer.listen(() => {});
  lead.startStream();
  const body = (await listener.response()).body?.getReader();
  if (!body) throw new Error("no body");
  const read = async () => new TextDecoder().decode((await body.read()).value);
  return { lead, answer, listener, body, read };
}

describe("what is kept", () => {
  test("is bounded in bytes for one key: the least recently asked for goes first", async () => {
    const { kept } = start();
    for (const name of ["one", "two", "three"]) await answered(kept, ask(name), 8 * KIB);
    expect(isKept(kept, ask("one"))).toBe(true);
    await answered(kept, ask("four"), 8 * KIB);
    expect(["one", "two", "three", "four"].filter((name) => isKept(kept, ask(name)))).toEqual([
      "one",
      "three",
      "four",
    ]);
    expect(kept.bytes).toBeLessThanOrEqual(SMALL.keyBytes);
  });

  test("of one key does not drive out another's before its share is spent", async () => {
    const { kept } = start();
    await answered(kept, ask("mine", "key_b"), 8 * KIB);
    for (let i = 0; i < 50; i++) await answered(kept, ask(`loud-${i}`), 8 * KIB);
    expect(isKept(kept, ask("mine", "key_b"))).toBe(true);
    expect(kept.bytes).toBeLessThanOrEqual(SMALL.bytes);
  });

  test("is bounded in bytes in all", async () => {
    const { kept } = start();
    for (let i = 0; i < 50; i++) await answered(kept, ask("same", `key_${i}`), 8 * KIB);
    expect(kept.bytes).toBeLessThanOrEqual(SMALL.bytes);
    expect(kept.bytes).toBeGreaterThan(SMALL.bytes - 11 * KIB);
    expect(isKept(kept, ask("same", "key_49"))).toBe(true);
    expect(isKept(kept, ask("same", "key_0"))).toBe(false);
  });

  test("is bounded in number, of one key and in all", async () => {
    const { kept } = start({ ...BOUNDS, keyEntries: 3, entries: 5 });
    for (let i = 0; i < 10; i++) await answered(kept, ask(`a-${i}`));
    expect(kept.size).toBe(3);
    for (let i = 0; i < 10; i++) await answered(kept, ask("b", `key_${i}`));
    expect(kept.size).toBe(5);
  });

  test("gives its memory back when its time is over, at the next request", async () => {
    const { kept, clock } = start();
    for (const name of ["one", "two"]) await answered(kept, ask(name), 8 * KIB);
    clock.advance(BOUNDS.keptMs);
    expect(isKept(kept, ask("unheard of"))).toBe(false);
    expect([kept.size, kept.bytes]).toEqual([0, 0]);
  });

  test("is not given after its time although it was asked for again meanwhile", async () => {
    const { kept, clock } = start();
    await answered(kept, ask("old"));
    clock.advance(BOUNDS.keptMs / 2);
    await answered(kept, ask("new"));
    expect(isKept(kept, ask("old"))).toBe(true);
    clock.advance(BOUNDS.keptMs / 2);
    expect(["old", "new"].map((name) => isKept(kept, ask(name)))).toEqual([false, true]);
  });

  test("leaves no room for more than the bound, even where all of it is still being given", async () => {
    const { kept } = start();
    for (const keyId of ["key_a", "key_b", "key_c", "key_d", "key_e"])
      for (const name of ["one", "two", "three"]) {
        const { lead, read } = await streaming(kept, ask(name, keyId));
        lead.write("x".repeat(16 * KIB));
        expect(await read()).toHaveLength(16 * KIB);
        expect(kept.bytes).toBeLessThanOrEqual(SMALL.bytes);
      }
    expect(kept.find(ask("three", "key_a"))).toMatchObject({ code: "conflict" });
    expect(kept.find(ask("one", "key_e"))).toMatchObject({ code: "conflict" });
    expect(kept.find(ask("one", "key_a"))).not.toHaveProperty("code");
  });

  test("is not what is longer than an answer may be", async () => {
    const { kept } = start();
    await answered(kept, ask("long"), 16 * KIB + 1);
    expect(isKept(kept, ask("long"))).toBe(false);
    await answered(kept, ask("fits"), 16 * KIB);
    expect(isKept(kept, ask("fits"))).toBe(true);
  });

  test("counts as long as a slow client reads it, even when it is forgotten", async () => {
    const { kept, clock } = start();
    const { lead, body, read } = await streaming(kept, ask("slow"));
    lead.write("x".repeat(9 * KIB));
    lead.record("ok");
    lead.end("ok");
    const slow = (
      await found(kept, ask("slow"))
        .listen(() => {})
        .response()
    ).body;
    await read();
    expect((await body.read()).done).toBe(true);
    clock.advance(BOUNDS.keptMs);
    expect(isKept(kept, ask("slow"))).toBe(false);
    expect(kept.bytes).toBeGreaterThan(9 * KIB);
    expect(await new Response(slow).text()).toHaveLength(9 * KIB);
    expect(kept.bytes).toBe(0);
  });
});

describe("an answer that is too long to be shared", () => {
  test("goes on for who asked first, cuts off who came later, and costs no memory", async () => {
    const { kept } = start();
    const { lead, answer, read } = await streaming(kept, ask("long"));
    const later = await answer.listen(() => {}).response();
    lead.write("a".repeat(16 * KIB));
    expect(await read()).toBe("a".repeat(16 * KIB));
    const failed = later.text().then(
      () => "whole",
      () => "cut",
    );
    lead.write("b");
    expect(await read()).toBe("b");
    expect(await failed).toBe("cut");
    expect(kept.bytes).toBeLessThan(3 * KIB);
    expect(kept.find(ask("long"))).toMatchObject({ status: 409, code: "conflict", retry: false });
    expect(kept.find(ask("long", "key_a", "other"))).toMatchObject({ code: "idempotency_mismatch" });
    for (const piece of ["c", "d"]) {
      lead.write(piece);
      expect(await read()).toBe(piece);
    }
    lead.record("ok");
    lead.end("ok");
    expect(await read()).toBe("");
    expect([kept.find(ask("long")), kept.bytes]).toEqual([null, 0]);
  });

  test("loses nothing for a first caller that lags behind", async () => {
    const { kept } = start();
    const { lead, answer, read } = await streaming(kept, ask("long"));
    const fast = (await answer.listen(() => {}).response()).body?.getReader();
    lead.write("a".repeat(10 * KIB));
    await fast?.read();
    lead.write("b".repeat(10 * KIB));
    expect(await fast?.read().catch(() => "cut")).toBe("cut");
    expect(await read()).toBe("a".repeat(10 * KIB));
    expect(await read()).toBe("b".repeat(10 * KIB));
    lead.write("c");
    expect(await read()).toBe("c");
  });
});

describe("hanging up", () => {
  test("of the last one ends the call, and the key is free again", async () => {
    const { kept } = start();
    const { lead, listener, answer } = await streaming(kept, ask("k"));
    const second = answer.listen(() => {});
    listener.leave();
    expect(lead.row).toBeNull();
    second.leave();
    expect(lead.row).toBe("canceled");
    expect([kept.find(ask("k")), kept.bytes]).toEqual([null, 0]);
  });

  test("before there is a head ends it as well", async () => {
    const { kept } = start();
    const lead = new ScriptedLead();
    kept
      .begin(ask("k"), lead)
      .listen(() => {})
      .leave();
    expect(lead.row).toBe("canceled");
    expect(kept.find(ask("k"))).toBeNull();
  });

  test("once the row is written keeps the answer: it was paid for", async () => {
    const { kept } = start();
    const { lead, listener, read } = await streaming(kept, ask("k"));
    lead.write("paid");
    await read();
    lead.record("ok");
    listener.leave();
    lead.write(" [DONE]");
    lead.end("ok");
    const again = found(kept, ask("k")).listen(() => {});
    expect(await textOf(again)).toBe("paid [DONE]");
    expect(lead.row).toBe("ok");
    expect(isKept(kept, ask("k"))).toBe(true);
  });

  test("of everybody who reads a failed answer leaves nothing", async () => {
    const { kept } = start();
    const { lead, body } = await streaming(kept, ask("k"));
    lead.write("half");
    await body.read();
    lead.end("broken");
    expect(await body.read().catch(() => "broken")).toBe("broken");
    expect([kept.size, kept.bytes]).toEqual([0, 0]);
  });
});
