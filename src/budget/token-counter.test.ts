import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { pieces } from "./text-pieces.ts";
import { TokenCounter } from "./token-counter.ts";

/** Nobody here waits for a machine that is busy. */
const counter = new TokenCounter({ patienceMs: 60_000 });
afterAll(() => counter.close());

describe("pieces", () => {
  const text = fc.array(
    fc.oneof(fc.string({ unit: "grapheme" }), fc.constant(" \n  "), fc.constant("a".repeat(700))),
    {
      maxLength: 30,
    },
  );

  test("put together they are the text, none is long, and no pair is cut in two", () => {
    fc.assert(
      fc.property(text, (parts) => {
        const whole = parts.join("");
        const cut = [...pieces(whole)];
        expect(cut.join("")).toBe(whole);
        for (const piece of cut) expect(piece.length).toBeLessThanOrEqual(512);
        if (whole.isWellFormed()) for (const piece of cut) expect(piece.isWellFormed()).toBe(true);
      }),
      { numRuns: 300, seed: 20_261_122 },
    );
  });

  test("counted one by one they are never less than the whole, and little more", () => {
    const prose =
      "Ein Satz, wie er vorkommt: 12 Äpfel & 3 Birnen (frisch).\n\tfor (const x of y) { f(x); }\n".repeat(60);
    const whole = countTokens(prose);
    const cut = [...pieces(prose)].reduce((sum, piece) => sum + countTokens(piece), 0);
    expect(cut).toBeGreaterThanOrEqual(whole);
    expect(cut).toBeLessThan(whole * 1.02);
  });
});

describe("the counter", () => {
  test("counts all texts together", async () => {
    expect(await counter.count(["hello world", "hello world"], "a")).toBe(4);
  });

  test("takes what looks like a control token for text", async () => {
    expect(await counter.count(["<|endoftext|>"], "a")).toBeGreaterThan(1);
  });

  test("a word of 400,000 letters, which takes minutes in one piece, is counted", async () => {
    expect(await counter.count(["a".repeat(400_000)], "a")).toBeGreaterThan(40_000);
  });

  test("gives up at once on what is too long", async () => {
    expect(await counter.count(["a ".repeat(2 ** 21)], "a")).toBeNull();
  });

  test("a Worker that dies is no answer, and the next count begins another", async () => {
    const dying = new TokenCounter({ workerUrl: `data:text/javascript,throw new Error("no")` });
    expect(await dying.count(["x"], "a")).toBeNull();
    expect(await dying.count(["x"], "a")).toBeNull();
  });

  test("more of one at once than it has patience for are not counted", async () => {
    const counts = await Promise.all(Array.from({ length: 40 }, () => counter.count(["one two three"], "a")));
    expect(counts.filter((tokens) => tokens === 3)).toHaveLength(9);
    expect(counts.filter((tokens) => tokens === null)).toHaveLength(31);
  });

  test("long prompts of one organization keep another's waiting for no more than one of them", async () => {
    const order: string[] = [];
    const long = "word ".repeat(50_000);
    const ask = (whose: string, text: string) =>
      counter.count([text], whose).then((tokens) => order.push(`${whose} ${tokens !== null}`));
    const many = Array.from({ length: 9 }, () => ask("greedy", long));
    await Promise.all([...many, ask("modest", "one two three")]);
    expect(order.slice(0, 2)).toEqual(["greedy true", "modest true"]);
    expect(order.slice(2)).toEqual(Array.from({ length: 8 }, () => "greedy true"));
  });

  test("a count that is stuck is given up by itself: those behind it are counted", async () => {
    const stuck = new TokenCounter({
      patienceMs: 5_000,
      workerUrl: `data:text/javascript,self.onmessage=({data})=>{if(data.texts[0]==="stuck")for(;;);self.postMessage({id:data.id,tokens:1})}`,
    });
    const counts = await Promise.all(["stuck", "x", "y"].map((text) => stuck.count([text], text)));
    stuck.close();
    expect(counts).toEqual([null, 1, 1]);
  });
});
