import { KEY_LIKE } from "../../src/gateway/redact.ts";

/** So much of a secret gives it away; shorter pieces are in texts by chance. */
const TELLING_LENGTH = 12;
/** A shorter one is a placeholder, like the `none` of a server without keys. */
export const SHORTEST_SECRET = 6;

/** Something the operator told us that nobody else may read. */
export interface Secret {
  /** `OPENAI_API_KEY`, `providers[0].api_key`: may be shown. */
  name: string;
  text: string;
}

/**
 * What must not be in a file and is: a secret, a piece of one, one in base64 or in a URL, or what looks like anybody's
 * key. The last look before something is written; each sentence names the file and never what was found.
 */
export function leaksIn(files: Readonly<Record<string, string>>, secrets: readonly Secret[]): string[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const plain = withoutEscapes(text);
    const found = secrets
      .filter((secret) => formsOf(secret.text).some((form) => text.includes(form) || plain.includes(form)))
      .map(({ name }) => `${file} still holds ${name}, or a piece of it`);
    return plain.search(KEY_LIKE) === -1 ? found : [...found, `${file} still holds what looks like a key`];
  });
}

/** Every text by which a secret would be told. */
function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST_SECRET) return [];
  return [...piecesOf(secret), ...inBase64(secret), encodeURIComponent(secret)];
}

function piecesOf(secret: string): string[] {
  const count = Math.max(1, secret.length - TELLING_LENGTH + 1);
  return Array.from({ length: count }, (_, at) => secret.slice(at, at + TELLING_LENGTH));
}

/** In both alphabets, wherever in a longer text it stood: what its neighbours share with it is left out. */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    const inner = text.slice(from, to);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** What a reader sees: `\/` and `\u0041` are characters. */
function withoutEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (_, code, character) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return /[bfnrt]/.test(character) ? " " : character;
  });
}
