import { describe, expect, test } from "bun:test";
import { readOptions } from "../../translate/options.ts";
import { traitsOf } from "./models.ts";
import { encodeSampling } from "./sampling.ts";

const OLD = "claude-sonnet-4-20250514";
const ONE = "claude-haiku-4-5";
const NONE = "claude-opus-4-7";

/** model, thinks, asked, sent, dropped */
const CASES = [
  [OLD, false, {}, {}, []],
  [OLD, false, { temperature: 0, top_p: 0, top_k: 1 }, { temperature: 0, top_p: 0, top_k: 1 }, []],
  [OLD, false, { temperature: 1, top_p: 1 }, { temperature: 1, top_p: 1 }, []],
  [OLD, false, { temperature: 1.01 }, {}, ["temperature"]],
  [OLD, false, { temperature: -1 }, {}, ["temperature"]],
  [OLD, false, { temperature: null, top_p: null }, {}, []],
  [OLD, true, { temperature: 0.3, top_k: 4 }, {}, ["temperature", "top_k"]],
  [OLD, true, { temperature: 1, top_p: 0.95 }, { top_p: 0.95 }, []],
  [OLD, true, { top_p: 0.9 }, {}, ["top_p"]],
  [ONE, false, { temperature: 0.3 }, { temperature: 0.3 }, []],
  [ONE, false, { top_p: 0.3, top_k: 4 }, { top_p: 0.3, top_k: 4 }, []],
  [ONE, false, { temperature: 0.3, top_p: 0.3 }, { temperature: 0.3 }, ["top_p"]],
  [ONE, false, { temperature: 0.3, top_p: 1 }, { temperature: 0.3 }, []],
  [ONE, false, { temperature: 1, top_p: 0.3 }, { top_p: 0.3 }, []],
  [ONE, false, { temperature: 1, top_p: 1 }, { temperature: 1 }, []],
  [NONE, false, { temperature: 0, top_p: 0.5, top_k: 4 }, {}, ["temperature", "top_p", "top_k"]],
  [NONE, false, { temperature: 1, top_p: 1 }, {}, []],
] as const;

describe("temperature, top_p and top_k reach the model only where it takes them", () => {
  test.each(CASES)("%s, thinks: %p, %j", (model, thinks, asked, fields, dropped) => {
    expect(encodeSampling(readOptions({ ...asked }), traitsOf(model), thinks)).toEqual({
      fields: { ...fields },
      dropped: [...dropped],
    });
  });
});
