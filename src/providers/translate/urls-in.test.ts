import { expect, test } from "bun:test";
import { readContent, urlsIn } from "./content-parts.ts";

const MESSAGES = [
  {
    role: "user",
    content: [
      { type: "image_url", image_url: { url: "https://a.example/1.png" } },
      { type: "image_url", image_url: "https://a.example/1.png" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
      { type: "file", file: { file_data: "https://a.example/2.pdf" } },
      { type: "text", text: "https://a.example/3" },
    ],
  },
  { role: "user", content: "https://a.example/4" },
];

test("what a provider wants fetched is each picture and file once, or each picture only", () => {
  expect(urlsIn(MESSAGES)).toEqual(["https://a.example/1.png", "https://a.example/2.pdf"]);
  expect(urlsIn(MESSAGES, "images")).toEqual(["https://a.example/1.png"]);
  expect(urlsIn(undefined)).toEqual([]);
});

test.each([
  ["data:text/plain,a%20b", "a b"],
  ["data:text/plain,100%", "100%"],
])("a data URL without base64 (%s) is read, wrongly escaped or not", (url, text) => {
  const [part] = readContent([{ type: "image_url", image_url: { url } }], "at", new Map()) as never[];
  expect(part).toMatchObject({
    source: { kind: "data", mediaType: "text/plain", base64: Buffer.from(text).toString("base64") },
  });
});
