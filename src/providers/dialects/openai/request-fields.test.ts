import { describe, expect, test } from "bun:test";
import { urlsToFetch } from "./chat.ts";
import { refusedField } from "./request-fields.ts";

const refuse = { n: true, tools: true, response_format: ["json_schema"], modalities: ["audio"] } as const;

describe("a field that this target cannot honour", () => {
  test.each([
    [{ n: 2 }, "n"],
    [{ n: 1, tools: [{ type: "function" }] }, "tools"],
    [{ response_format: { type: "json_schema", json_schema: {} } }, "response_format"],
    [{ modalities: ["text", "audio"] }, "modalities"],
  ])("%j is said by its name", (request, field) => {
    const found = refusedField(request, { refuse });
    expect(found?.unsupported).toBe(field);
    expect(found?.why).toContain(field);
  });

  test.each([
    {},
    { n: 1, tools: [] },
    { n: null, tools: null, response_format: null },
    { response_format: { type: "text" }, modalities: ["text"] },
    { response_format: "json_schema_of_mine" },
  ])("%j asks for nothing of it", (request) => expect(refusedField(request, { refuse })).toBeNull());

  test("without quirks nothing is refused", () => expect(refusedField({ n: 5 }, {})).toBeNull());
});

test("images are fetched only for targets that take none by URL", () => {
  const url = "https://a.example/x.png";
  const request = { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] };
  expect(urlsToFetch(request, { quirks: { inlineImages: true } })).toEqual([url]);
  expect(urlsToFetch(request, { quirks: {} })).toEqual([]);
});
