import { expect, test } from "bun:test";
import { readContent } from "./content-parts.ts";

const URL = "https://example.com/a";
const image = [{ type: "image_url", image_url: { url: URL } }];
const fetched = (mediaType: string) => new Map([[URL, { mediaType, base64: "AA==" }]]);

test("what was fetched as an image is one: a budget held for an image, and a PDF may be a thousand pages", () => {
  expect(readContent(image, "content", fetched("image/png"))).toMatchObject([
    { kind: "image", source: { kind: "data", mediaType: "image/png" } },
  ]);
  expect(readContent(image, "content", fetched("application/pdf"))).toMatchObject({
    unsupported: "content[0]",
  });
  expect(readContent(image, "content", new Map())).toMatchObject([
    { kind: "image", source: { kind: "url" } },
  ]);
});

test("a PDF that was fetched for a file goes as one", () => {
  const file = [{ type: "file", file: { file_data: URL } }];
  expect(readContent(file, "content", fetched("application/pdf"))).toMatchObject([
    { kind: "file", source: { kind: "data", mediaType: "application/pdf" } },
  ]);
});
