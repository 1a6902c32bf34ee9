import { describe, expect, test } from "bun:test";
import { mediaPart, urlsToFetch } from "./media.ts";

const at = { path: "messages[0].content[0]", cache: null };

test("the gateway fetches what Google does not read by itself", () => {
  const image = (url: string) => ({ type: "image_url", image_url: { url } });
  const file = (file_data: string) => ({ type: "file", file: { file_data } });
  const content = [
    image("https://example.com/a.png"),
    image("data:image/png;base64,AA=="),
    image("gs://bucket/a.png"),
    file("https://example.com/b.pdf"),
    file("https://youtu.be/abc"),
    file("https://m.youtube.com/watch?v=abc"),
    file("https://youtube.com.evil.example/watch?v=abc"),
    image("https://generativelanguage.googleapis.com/v1beta/files/abc"),
    image("https://example.com/a.png"),
  ];
  expect(urlsToFetch({ messages: [{ role: "user", content }] })).toEqual([
    "https://example.com/a.png",
    "https://example.com/b.pdf",
    "https://youtube.com.evil.example/watch?v=abc",
  ]);
});

describe("a file", () => {
  test.each([
    ["image/jpg", null, "image/jpeg"],
    ["application/octet-stream", "a.PDF", "application/pdf"],
    ["application/octet-stream", "notes.md", "text/markdown"],
    ["text/csv", "a.pdf", "text/csv"],
    ["video/mp4", null, "video/mp4"],
  ])("of %s called %p goes as %s", (mediaType, name, mimeType) => {
    const source = { kind: "data", mediaType, base64: "AA==" } as const;
    expect(mediaPart({ kind: "file", source, name, ...at })).toEqual({
      inlineData: { mimeType, data: "AA==" },
    });
  });

  test.each([
    ["application/octet-stream", null],
    ["application/octet-stream", "a.exe"],
    ["image/svg+xml", null],
    ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx"],
  ])("of %s called %p is not taken", (mediaType, name) => {
    const source = { kind: "data", mediaType, base64: "AA==" } as const;
    expect(mediaPart({ kind: "file", source, name, ...at })).toMatchObject({ unsupported: at.path });
  });

  test.each([
    ["gs://bucket/a.mov", { mimeType: "video/quicktime", fileUri: "gs://bucket/a.mov" }],
    ["gs://bucket/a", { fileUri: "gs://bucket/a" }],
    ["gs://bucket/a.toString", { fileUri: "gs://bucket/a.toString" }],
    ["https://youtu.be/abc", { mimeType: "video/mp4", fileUri: "https://youtu.be/abc" }],
  ])("at %s is named", (url, fileData) => {
    const source = { kind: "url", url } as const;
    expect(mediaPart({ kind: "image", source, ...at })).toEqual({ fileData });
  });

  test.each([
    "http://example.com/a.png",
    "s3://bucket/a.png",
    "file:///etc/passwd",
  ])("at %s is not", (url) => {
    expect(mediaPart({ kind: "image", source: { kind: "url", url }, ...at })).toMatchObject({
      unsupported: at.path,
    });
  });
});

test.each([
  ["mp3", "audio/mp3"],
  ["WAV", "audio/wav"],
])("sound in %s goes as %s", (format, mimeType) => {
  expect(mediaPart({ kind: "audio", format, base64: "AA==", ...at })).toEqual({
    inlineData: { mimeType, data: "AA==" },
  });
});
