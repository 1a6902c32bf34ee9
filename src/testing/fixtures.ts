import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One folder of a dialect's `fixtures/`: what a client asked, what the provider answered, what must come of it. */
export interface FixtureCase {
  name: string;
  /** The client's body; null where the case is about the answer alone. */
  request: Record<string, unknown> | null;
  /** How the target differs from the usual one, and `reading` for cases about the answer alone; null = it does not. */
  target: Record<string, unknown> | null;
  /** The provider's stream, one latin1 character a byte; null where the case has none. */
  stream: string | null;
  /** The provider's answer without streaming; null where the case has none. */
  reply: string | null;
  /** Status and headers of a recorded answer, names in lower case; null = a success that nobody recorded. */
  head: { status: number; headers: Record<string, string> } | null;
  expected: Record<string, unknown>;
}

/** The cases below `folder`, by name. */
export function fixtureCases(folder: string): FixtureCase[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const read = (file: string, encoding: "utf8" | "latin1") => {
        const path = join(folder, name, file);
        return existsSync(path) ? readFileSync(path, encoding) : null;
      };
      const request = read("request.json", "utf8");
      const target = read("target.json", "utf8");
      const head = read("upstream.head.json", "utf8");
      return {
        name,
        request: request === null ? null : JSON.parse(request),
        target: target === null ? null : JSON.parse(target),
        stream: read("upstream.sse", "latin1") ?? read("upstream.ndjson", "latin1"),
        reply: read("upstream.json", "utf8") ?? read("upstream.txt", "utf8"),
        head: head === null ? null : JSON.parse(head),
        expected: JSON.parse(read("expected.json", "utf8") ?? "{}"),
      };
    });
}

/** A provider's recorded answer that lies outside the project, because its licence keeps it there. */
export interface Recording {
  /** `groq/tool-stream` */
  name: string;
  wire: string;
  status: number;
  tags: readonly string[];
  headers: Record<string, string>;
  /** What a client sent to that provider when it was recorded; null = not recorded. */
  request: unknown;
  isStream: boolean;
  bytes: Buffer;
  /** What an answer to the client must contain. */
  expected: Record<string, unknown>;
}

/** The recordings on this machine; none where the folder is not there, and the tests pass without. */
export function recordings(wire: string): Recording[] {
  const folder = recordingsFolder(import.meta.dir);
  if (folder === null) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".meta.json"),
  );
  return files
    .sort()
    .map((file) => recordingAt(folder, file.slice(0, -".meta.json".length)))
    .filter((recording) => recording?.wire === wire) as Recording[];
}

/** Beside the project or above it. */
function recordingsFolder(from: string): string | null {
  const folder = join(from, "shared", "fixtures");
  if (existsSync(folder)) return folder;
  return dirname(from) === from ? null : recordingsFolder(dirname(from));
}

function recordingAt(folder: string, name: string): Recording | null {
  const json = (suffix: string) => JSON.parse(readFileSync(join(folder, name + suffix), "utf8"));
  const body = [".sse", ".ndjson", ".txt", ".json"]
    .map((suffix) => join(folder, name + suffix))
    .find((path) => existsSync(path));
  if (!body) return null;
  const meta = json(".meta.json");
  return {
    name,
    wire: meta.wire,
    status: meta.status ?? 200,
    tags: meta.tags ?? [],
    headers: meta.response_headers ?? {},
    request: meta.request_body ?? null,
    isStream: /\.(sse|ndjson)$/.test(body),
    bytes: readFileSync(body),
    expected: json(".expect.json"),
  };
}
