import { expect, test } from "bun:test";
import { promptClassifier } from "../classify.ts";

const classify = (content: string) => promptClassifier.classify([{ role: "user", content }]);

/** The best of a few runs in milliseconds: what the work costs, not what else the machine does. */
function bestMs(content: string): number {
  classify(content);
  const times = Array.from({ length: 5 }, () => {
    const from = Bun.nanoseconds();
    classify(content);
    return (Bun.nanoseconds() - from) / 1e6;
  });
  return Math.min(...times);
}

const LONGEST = 1_000_000;
const ODD = [..."a0 \t\n.,;:!?'\"`$#@%^&*()[]{}<>|\\/+-=_~é中あ한عहд\u0301\u200b\u3000¿", "😀", "\ud800"];

test.each([
  ...ODD.map((character) => [character]),
  ["a_"],
  ["A."],
  ["SELECT "],
  ["\n\tat x"],
  ['"a": '],
  ["$x^2"],
  ["A) B) "],
  ["how many "],
  ["x=1\n"],
  ['File "'],
])("a megabyte of %j takes less than 10 ms", (piece) => {
  expect(bestMs(piece.repeat(Math.ceil(LONGEST / piece.length)))).toBeLessThan(10);
});

test("a megabyte of digits behind a bracket that never closes takes less than 10 ms", () => {
  expect(bestMs(`[${"0".repeat(LONGEST)}`)).toBeLessThan(10);
});

test("thousands of messages cost no more than their last ones", () => {
  const messages = Array.from({ length: 20_000 }, () => ({ role: "user", content: "x ".repeat(2000) }));
  const from = Bun.nanoseconds();
  promptClassifier.classify(messages);
  expect((Bun.nanoseconds() - from) / 1e6).toBeLessThan(50);
});
