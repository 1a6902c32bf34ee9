/** Base64 of at least this many characters is a file: 3 KiB. */
const LEAST_CHARACTERS = 4096;

const BASE64 = `[A-Za-z0-9+/=_\\\\-]{${LEAST_CHARACTERS},}`;
const DATA_URL = new RegExp(`data:([\\w.+-]+/[\\w.+-]+)(?:;[\\w.+=-]+)*;base64,(${BASE64})`, "g");
/** Where the dialects put files that are no URLs. */
const BARE = new RegExp(`"(data|file_data|b64_json)"(\\s*:\\s*)"(${BASE64})`, "g");

/** Of base64, what the first bytes of a file look like. */
const BEGINNINGS: ReadonlyArray<readonly [string, string]> = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["JVBERi0", "application/pdf"],
  ["UklGR", "audio/wav"],
  ["SUQz", "audio/mpeg"],
];
const UNKNOWN_TYPE = "application/octet-stream";

/** JSON text with the longer of its attached files replaced by `[omitted: image/png, 12345 bytes]`. */
export function omitFiles(text: string): string {
  if (text.length < LEAST_CHARACTERS) return text;
  const shorter = text.includes("base64,")
    ? text.replace(DATA_URL, (_, type: string, base64: string) => omitted(type, base64))
    : text;
  return shorter.replace(
    BARE,
    (_, key: string, colon: string, base64: string) => `"${key}"${colon}"${omitted(typeOf(base64), base64)}`,
  );
}

function omitted(type: string, base64: string): string {
  const characters = base64.replace(/[\\=]/g, "").length;
  return `[omitted: ${type}, ${Math.floor((characters * 3) / 4)} bytes]`;
}

function typeOf(base64: string): string {
  const plain = base64.slice(0, 32).replaceAll("\\", "");
  return BEGINNINGS.find(([beginning]) => plain.startsWith(beginning))?.[1] ?? UNKNOWN_TYPE;
}
