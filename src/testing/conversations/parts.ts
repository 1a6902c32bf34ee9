import fc from "fast-check";
import type { JsonObject } from "../../core/json.ts";
import type { Attachment } from "../../providers/contract.ts";
import { mixed } from "./mixed.ts";
import { texts } from "./texts.ts";

export const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const PDF = Buffer.from("%PDF-1.4\n%%EOF\n").toString("base64");
const PROSE = Buffer.from("Grüße, plain text.").toString("base64");

/** What lies behind the addresses that the chats name, as the gateway would have fetched it. */
export const ATTACHMENTS: ReadonlyMap<string, Attachment> = new Map([
  ["https://files.example/photo.png", { mediaType: "image/png", base64: PNG }],
  ["http://files.example/old.jpg", { mediaType: "image/jpeg", base64: PNG }],
  ["https://files.example/report.pdf", { mediaType: "application/pdf", base64: PDF }],
]);

const MARK = { cache_control: { type: "ephemeral" } };
const HOUR = { cache_control: { type: "ephemeral", ttl: "1h" } };
/** Marks of Anthropic's and of OpenAI's form, on anything; mostly none. */
export const marks: fc.Arbitrary<JsonObject> = mixed(
  [12, fc.constant({})],
  [
    2,
    fc.constantFrom<JsonObject>(
      MARK,
      HOUR,
      { cache_control: { type: "ephemeral", ttl: "5m" } },
      { cache_control: { type: "ephemeral", ttl: "30m" } },
      { prompt_cache_breakpoint: { mode: "explicit" } },
      { cache_control: null },
    ),
  ],
);

const image = (url: string, rest: JsonObject = {}) => ({ type: "image_url", image_url: { url, ...rest } });
const file = (file_data: string, filename?: string) => ({
  type: "file",
  file: { file_data, ...(filename === undefined ? {} : { filename }) },
});

export const imageParts: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  image(`data:image/png;base64,${PNG}`),
  image(`data:image/png;base64,${PNG}`, { detail: "high" }),
  image(`data:image/jpeg;base64,${PNG}`),
  image("https://files.example/photo.png"),
  image("http://files.example/old.jpg", { detail: "auto" }),
);

const files: fc.Arbitrary<JsonObject> = mixed(
  [
    4,
    fc
      .constantFrom(undefined, "Report 2026.pdf", "Bericht – Größe.pdf", "")
      .map((name) => file(`data:application/pdf;base64,${PDF}`, name)),
  ],
  [1, fc.constant(file("https://files.example/report.pdf", "fetched.pdf"))],
  [1, fc.constant(file(`data:text/plain;base64,${PROSE}`, "notes.txt"))],
);

/** What some take and others do not. */
const rareParts: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { type: "input_audio", input_audio: { data: PNG, format: "wav" } },
  { type: "input_audio", input_audio: { data: PNG, format: "mp3" } },
  image(`data:image/svg+xml;base64,${PROSE}`),
  image("https://unfetched.example/a.png"),
  { type: "file", file: { file_id: "file-abc123" } },
  file(`data:application/zip;base64,${PDF}`, "all.zip"),
);

const textParts = texts.map((text): JsonObject => ({ type: "text", text }));

const marked = (parts: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> =>
  fc.tuple(parts, marks).map(([part, mark]) => ({ ...part, ...mark }));

/** Content of instructions and answers: text alone. */
export const textContent: fc.Arbitrary<unknown> = mixed<unknown>(
  [3, texts],
  [1, fc.array(marked(textParts), { maxLength: 3 })],
);

/** Content of a user. */
export const userContent: fc.Arbitrary<unknown> = mixed<unknown>(
  [5, texts],
  [
    3,
    fc.array(
      mixed([4, marked(textParts)], [2, marked(imageParts)], [2, marked(files)], [0.15, marked(rareParts)]),
      { maxLength: 4 },
    ),
  ],
);

/** Content of a tool's result; images in it are no part of OpenAI's API, but of what its clients send. */
export const resultContent: fc.Arbitrary<unknown> = mixed<unknown>(
  [5, texts],
  [2, fc.array(mixed([3, marked(textParts)], [1, marked(imageParts)]), { maxLength: 3 })],
);
