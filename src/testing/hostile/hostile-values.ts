import fc from "fast-check";

/** Texts that break parsers, logs, headers, paths, statements and pages. */
export const HOSTILE_TEXTS: readonly string[] = [
  "",
  " ",
  "null",
  "undefined",
  "NaN",
  "-1",
  "1e999",
  "0x10",
  "9007199254740993",
  "true",
  "[object Object]",
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toString",
  "../../../../etc/passwd",
  "..\\..\\windows\\win.ini",
  "%2e%2e%2f",
  "%00",
  "%",
  "%zz",
  "%ff%fe",
  "\u0000",
  "a\u0000b",
  "a\r\nx-nyuro-model: evil",
  "a\nlevel: error",
  "\u001b[31mred\u001b[0m",
  "\u2028\u2029\ufeff\u202e",
  "\ud83d",
  "\udc00 alone",
  "👩‍👩‍👧‍👦".repeat(20),
  "İıſK",
  "' OR 1=1 --",
  '"; DROP TABLE keys; --',
  "<script>alert(1)</script>",
  "${env:PATH}",
  "${file:/etc/passwd}",
  "{{7*7}}",
  "=cmd|' /C calc'!A0",
  "neu_live_000000",
  "2027-02-30T00:00:00Z",
  "2027-13-01T00:00:00Z",
  "2027-01-01",
  "+275760-09-13T00:00:00.001Z",
  "-000001-01-01T00:00:00Z",
  "0000-00-00T00:00:00Z",
  "2027-01-01T00:00:00+99:99",
  "eyJub3QiOiJvdXJzIn0",
  "WzFd",
  "a,b,c",
  "*",
  "x".repeat(600),
];

const nested = (depth: number, leaf: unknown): unknown => {
  let value = leaf;
  for (let at = 0; at < depth; at++) value = at % 2 ? [value] : { a: value };
  return value;
};

/** For a test of thousands of inputs: seconds on a machine that does nothing else. */
export const MANY_INPUTS_TIMEOUT_MS = 10 * 60_000;

/** Keys by which an object could be made to change what all objects are. */
export const POISONS: readonly string[] = [
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"__proto__":null}',
  '{"a":{"__proto__":{"polluted":1}},"toString":1,"hasOwnProperty":null,"valueOf":[]}',
];

/** Anything JSON can say, mostly what nobody expects. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -0,
      -1,
      1.5,
      1e21,
      1e308,
      -1e308,
      5e-324,
      2 ** 53,
      -(2 ** 53) - 2,
      [],
      {},
      [[]],
      [null],
      [{}],
    ),
  },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(...POISONS).map((text) => JSON.parse(text)) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 60 }).map((depth) => nested(depth, "leaf")) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 300 }, (_, at) => at)) },
);

const SHARED = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const shape = () => SHARED.map((it) => Object.getOwnPropertyDescriptors(it));
const SHAPE = shape();

/** Whether anything was added to, or changed of, what all objects, lists, functions or texts have. */
export function isPolluted(): boolean {
  return shape().some((now, at) => !Bun.deepEquals(now, SHAPE[at]));
}
