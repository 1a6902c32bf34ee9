import { expect, test } from "bun:test";
import { mediaTypeOf } from "./media-type.ts";

const bytes = (latin1: string) => Buffer.from(latin1, "latin1");
const PNG = "\x89PNG\r\n\x1a\n....";
const JPEG = "\xff\xd8\xff\xe0....";
const WEBP = "RIFF\x01\x02\x03\x04WEBPVP8 ";
const PDF = "%PDF-1.7\n";

test.each([
  ["image/png", PNG, "image/png"],
  ["image/jpeg; charset=binary", JPEG, "image/jpeg"],
  ["IMAGE/GIF", "GIF89a..", "image/gif"],
  ["image/gif", "GIF87a..", "image/gif"],
  ["image/webp", WEBP, "image/webp"],
  ["image/heic", "\0\0\0\x18ftypheic", "image/heic"],
  ["image/heif", "\0\0\0\x18ftypmif1", "image/heif"],
  ["application/pdf", PDF, "application/pdf"],
  ["application/x-pdf", `junk before it\n${PDF}`, "application/pdf"],
  ["image/png", JPEG, "image/jpeg"],
  [null, PNG, "image/png"],
  ["", PDF, "application/pdf"],
  ["application/octet-stream", WEBP, "image/webp"],
  ["binary/octet-stream", PNG, "image/png"],
])("told %p, the bytes %p are %s", (told, content, type) => {
  expect(mediaTypeOf(told, bytes(content))).toBe(type);
});

test.each([
  ["image/png", "<html><body>"],
  ["image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"],
  ["image/png", ""],
  ["image/webp", "RIFF\x01\x02\x03\x04WAVE"],
  ["application/pdf", `${" ".repeat(2000)}${PDF}`],
  ["application/pdf", PNG],
  ["image/png", PDF],
  ["text/html", PNG],
  ["application/json", PDF],
  [null, "hello"],
  ["application/octet-stream", "\x7fELF"],
])("told %p, the bytes %p are nothing to send", (told, content) => {
  expect(mediaTypeOf(told, bytes(content))).toBeNull();
});
