import { expect, test } from "bun:test";
import { omitFiles } from "./omit-files.ts";

const base64 = (beginning: string, bytes: number) =>
  Buffer.concat([Buffer.from(beginning, "base64"), Buffer.alloc(bytes)])
    .subarray(0, bytes)
    .toString("base64");
const PNG = base64("iVBORw0KGgo=", 12_345);
const message = (part: unknown) => JSON.stringify({ messages: [{ role: "user", content: [part] }] });

test.each([
  [
    "an image",
    { image_url: { url: `data:image/png;base64,${PNG}` } },
    { image_url: { url: "[omitted: image/png, 12345 bytes]" } },
  ],
  [
    "a file with a name",
    { file: { file_data: `data:application/pdf;name=a.pdf;base64,${base64("JVBERi0=", 5000)}` } },
    { file: { file_data: "[omitted: application/pdf, 5000 bytes]" } },
  ],
  [
    "sound",
    { input_audio: { data: base64("UklGRg==", 9000), format: "wav" } },
    { input_audio: { data: "[omitted: audio/wav, 9000 bytes]", format: "wav" } },
  ],
  [
    "what nobody knows",
    { file: { file_data: base64("AAAA", 4001) } },
    { file: { file_data: "[omitted: application/octet-stream, 4001 bytes]" } },
  ],
  [
    "an image within words",
    { text: `see ![](data:image/png;base64,${PNG}) here` },
    { text: "see ![]([omitted: image/png, 12345 bytes]) here" },
  ],
])("%s becomes its type and size, and the rest is untouched", (_, part, shown) => {
  expect(omitFiles(message(part))).toBe(message(shown));
});

test("escaped slashes are no bytes", () => {
  const text = message({ image_url: { url: `data:image/png;base64,${PNG.replaceAll("/", "//")}` } });
  expect(omitFiles(text.replaceAll("//", "\\/"))).toContain("12345 bytes");
});

test("several files in one text are each left out", () => {
  const one = { image_url: { url: `data:image/jpeg;base64,${base64("/9j/", 6000)}` } };
  expect(omitFiles(JSON.stringify([one, one, { b64_json: PNG }])).match(/\[omitted/g)).toHaveLength(3);
});

test.each([
  ["small files", message({ image_url: { url: `data:image/png;base64,${base64("", 900)}` } })],
  ["links", message({ image_url: { url: `https://x.test/${"a".repeat(9000)}` } })],
  ["long words", message({ text: "x".repeat(100_000) })],
  ["a field of a tool's arguments", message({ arguments: JSON.stringify({ data: "x".repeat(9000) }) })],
  ["what is no JSON", `${"data:".repeat(5000)}${";a".repeat(5000)}`],
])("%s stay as they are", (_, text) => {
  expect(omitFiles(text)).toBe(text);
});

test("a text made to be slow is not", () => {
  const hostile = ["data:", "data:a/", "data:a/a;", '"data":'].map((it) => it.repeat(2 ** 20 / it.length));
  const longest = `data:${"a/".repeat(2 ** 18)}${";a".repeat(2 ** 18)};base64,${"A".repeat(4095)}`;
  const startedMs = performance.now();
  for (const text of [...hostile, longest, "data:a/a".padEnd(2 ** 20, "a")]) omitFiles(text);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
