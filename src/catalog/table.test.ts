import { expect, test } from "bun:test";
import { CAPABILITIES } from "../core/deployment.ts";
import { canonicalNameOf } from "./names.ts";
import { factsOf, knownModels } from "./table.ts";
import { ratedModels, taskQualityOf } from "./task-quality.ts";
import { isVendor } from "./vendors.ts";

test("every id is there once, and canonical, or nothing would ever find it", () => {
  const ids = knownModels();
  expect(ids.length).toBeGreaterThan(100);
  expect(ids.filter((id) => canonicalNameOf(id) !== id)).toEqual([]);
});

test("every figure is one that routing can use", () => {
  for (const id of knownModels()) {
    const facts = factsOf(id);
    if (!facts) throw new Error(id);
    expect(isVendor(facts.vendor)).toBe(true);
    expect(facts.capabilities.filter((capability) => !CAPABILITIES.includes(capability))).toEqual([]);
    if (facts.quality !== null) expect(facts.quality >= 0 && facts.quality <= 100).toBe(true);
    for (const tokens of [facts.contextLength, facts.maxOutputTokens]) {
      if (tokens !== null) expect(Number.isSafeInteger(tokens) && tokens > 0).toBe(true);
    }
    if (facts.contextLength !== null && facts.maxOutputTokens !== null) {
      expect(facts.maxOutputTokens).toBeLessThanOrEqual(facts.contextLength);
    }
    expect(facts.quality === null).toBe(facts.kind === "embedding");
  }
});

test("what is not in the table is unknown, not empty", () => {
  for (const name of ["nobody-knows", "constructor", ""]) expect(factsOf(name)).toBeNull();
});

test("every rating of a task is of a model that is known, on the same scale, and says something else than its quality", () => {
  for (const id of ratedModels()) {
    const quality = factsOf(id)?.quality;
    if (quality === undefined || quality === null) throw new Error(`${id} is not in the table`);
    for (const rating of Object.values(taskQualityOf(id))) {
      expect(rating >= 0 && rating <= 100).toBe(true);
      expect([id, rating]).not.toEqual([id, quality]);
    }
  }
  expect(taskQualityOf("constructor")).toEqual({});
});
