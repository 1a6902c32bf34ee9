import fc from "fast-check";
import { hostileValues, POISONS } from "./hostile-values.ts";

/** Where something stands in a value: keys and indexes from the root. */
type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== "object" || value === null || at.length > 6) return [at];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [at, ...keys.flatMap((key) => placesIn((value as Record<string, unknown>)[key], [...at, key]))];
}

/** A copy with what stands there replaced; undefined takes it away. */
function replaced(value: unknown, [key, ...rest]: Place, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.flatMap((it, index) => {
      if (index !== key) return [it];
      const next = replaced(it, rest, by);
      return next === undefined ? [] : [next];
    });
  const fields = Object.entries(value as object).flatMap(([name, it]): [string, unknown][] => {
    if (name !== key) return [[name, it]];
    const next = replaced(it, rest, by);
    return next === undefined ? [] : [[name, next]];
  });
  return Object.fromEntries(fields);
}

const pick = <T>(items: readonly T[], at: number): T | undefined => items[at % items.length];

/** The value with one thing in it changed to something else, or gone. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(value);
  return fc
    .tuple(
      fc.nat(),
      fc.oneof({ weight: 4, arbitrary: hostileValues }, { weight: 1, arbitrary: fc.constant(undefined) }),
    )
    .map(([at, by]) => replaced(value, pick(places, at) ?? [], by));
}

/** Its text with a key put in that no schema names: unknown, poisoned, or one that is there twice. */
export function withExtraKey(text: string): fc.Arbitrary<string> {
  if (!text.startsWith("{")) return fc.constant(text);
  const inner = fc.oneof(
    fc.constantFrom(...POISONS).map((poison) => poison.slice(1, -1)),
    fc.constantFrom('"unknown_field":1', '"":""', '"name":"again"', '"limit":1', `"${"k".repeat(5000)}":1`),
  );
  return inner.map((extra) => (text === "{}" ? `{${extra}}` : `{${extra},${text.slice(1)}`));
}

/** Sound JSON that is deep or long where it may be anything: what is read may still be too much to write again. */
export function oversized(text: string): fc.Arbitrary<string> {
  const key = fc.constantFrom("metadata", "deep", "messages", "name", "scopes", "a");
  const value = fc.oneof(
    fc.constantFrom(600, 3_000, 150_000, 500_000).map((depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`),
    fc
      .constantFrom(600, 3_000, 150_000, 500_000)
      .map((depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`),
    fc.constantFrom(1_000, 60_000, 1_000_000, 2_000_000).map((length) => `"${"x".repeat(length)}"`),
    fc.constant(`{${Array.from({ length: 20_000 }, (_, at) => `"${at}":${at}`).join(",")}}`),
  );
  return fc.tuple(key, value).map(([name, it]) => {
    const own = `"${name}":${it}`;
    return text.length > 2 && text.startsWith("{") ? `${text.slice(0, -1)},${own}}` : `{${own}}`;
  });
}

/** Bytes that were JSON until something happened to them. */
export function brokenText(text: string): fc.Arbitrary<string | Uint8Array<ArrayBuffer>> {
  const bytes = Buffer.from(text);
  return fc.oneof(
    fc.nat().map((at) => text.slice(0, at % (text.length + 1))),
    fc.constantFrom(
      `${text}${text}`,
      `\ufeff${text}`,
      ` \n${text}\t`,
      `[${text}]`,
      text.replaceAll('"', "'"),
    ),
    fc.constantFrom("", " ", "null", "[]", '""', "0", "{", "NaN", '{"a":}', "{/**/}", "undefined", "\u0000"),
    fc.integer({ min: 100, max: 3_000 }).map((depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`),
    fc.integer({ min: 100, max: 3_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`),
    fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
      const changed = Uint8Array.from(bytes);
      if (changed.length > 0) changed[at % changed.length] = byte;
      return changed;
    }),
    fc.constantFrom(
      new Uint8Array([0xff, 0xfe, 0x7b, 0x00]),
      new Uint8Array([0xc0, 0x80]),
      Bun.gzipSync(bytes),
    ),
  );
}
