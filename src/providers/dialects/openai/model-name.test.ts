import { expect, test } from "bun:test";
import fc from "fast-check";
import { ModelRenamer, modelSpan, withModel } from "./model-name.ts";

const NAME = '"new"';

test.each([
  ['{"model":"a"}', '{"model":"new"}'],
  ['{"model" : "a" , "x":1}', '{"model" : "new" , "x":1}'],
  ['{"choices":[{"model":"x"}],"model":"a"}', '{"choices":[{"model":"x"}],"model":"new"}'],
  ['{"moderation":{"model":"x"},"model":"a"}', '{"moderation":{"model":"x"},"model":"new"}'],
  ['{"text":"\\"model\\":\\"x\\"","model":"a"}', '{"text":"\\"model\\":\\"x\\"","model":"new"}'],
  ['{"text":"}","b":"\\\\","model":"a"}', '{"text":"}","b":"\\\\","model":"new"}'],
  ['{"object":"model","model":"a"}', '{"object":"model","model":"new"}'],
  ['{"model":"a \\"b\\" {","x":1}', '{"model":"new","x":1}'],
  ['{"model":""}', '{"model":"new"}'],
  ['\n\n {"model":"a"}', '\n\n {"model":"new"}'],
])("%s: only the top-level model changes", (json, expected) => expect(withModel(json, NAME)).toBe(expected));

test.each([
  "{}",
  "",
  "[]",
  '{"model":null}',
  '{"model":{"id":"a"}}',
  '{"a":{"model":"x"}}',
  '["model","a"]',
  '{"models":"a"}',
])("%s names no model at its top and stays", (json) => expect(withModel(json, NAME)).toBe(json));

test("any JSON object with a model differs by its model alone", () => {
  const inner = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), inner),
      fc.string(),
      fc.dictionary(fc.string(), inner),
      (before, model, after) => {
        const { model: _a, ...head } = before;
        const { model: _b, ...tail } = after;
        const json = JSON.stringify({ ...head, model, ...tail });
        const renamed = withModel(json, NAME);
        expect(JSON.parse(renamed)).toEqual({ ...JSON.parse(json), model: "new" });
        const span = modelSpan(json);
        expect(json.slice(span?.start, span?.end)).toBe(JSON.stringify(model));
      },
    ),
    { numRuns: 500, seed: 20_261_122 },
  );
});

test("every event of a stream is renamed, whether or not it begins like the one before", () => {
  const renamer = new ModelRenamer("new");
  const events = [
    'data: {"id":"1","model":"a","x":"one"}\n\n',
    'data: {"id":"1","model":"a","x":"two"}\n\n',
    'data: {"id":"2","model":"a","x":"one"}\n\n',
    'data: {"id":"1","model":"ab","x":"one"}\n\n',
    'data: {"x":"one","model":"a"}\n\n',
    ': {"model":"a"} {\ndata: {"model":"a"}\n\n',
    '\ndata:{"model":"a"}\r\n\r\n',
  ];
  const renamed = events.map((event) => renamer.rename(event));
  expect(renamed).toEqual(
    events.map((event) => {
      const data = event.search(/^data:/m);
      return event.slice(0, data) + event.slice(data).replace(/"model":"ab?"/, '"model":"new"');
    }),
  );
});

test.each([
  ": comment\n\n",
  "\n\n",
  'data: {"x":1}\n\n',
  "data: [DONE]\n\n",
])("%j has nothing to rename", (event) => expect(new ModelRenamer("new").rename(event)).toBe(event));

test("a list of a million numbers is walked in no time that a user would notice", () => {
  const json = `{"data":[${Array(1_000_000).fill("0.123456").join(",")}],"model":"a"}`;
  const startedMs = performance.now();
  expect(withModel(json, NAME).endsWith('],"model":"new"}')).toBe(true);
  expect(performance.now() - startedMs).toBeLessThan(500);
});
