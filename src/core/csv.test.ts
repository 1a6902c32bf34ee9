import { expect, test } from "bun:test";
import fc from "fast-check";
import { csvLine, csvRecords } from "./csv.ts";

test.each([
  [["a", 1, null, true], "a,1,,true\r\n"],
  [['say "hi"', "a,b", "a\nb", "a\rb"], '"say ""hi""","a,b","a\nb","a\rb"\r\n'],
  [[" a ", ""], " a ,\r\n"],
  [[-5, "-5"], "-5,'-5\r\n"],
  [["=1+1", "+1", "@SUM(A1)", "\t=1", "\r=1"], "'=1+1,'+1,'@SUM(A1),'\t=1,\"'\r=1\"\r\n"],
  [['=HYPERLINK("http://x","y")'], '"\'=HYPERLINK(""http://x"",""y"")"\r\n'],
  [["a=b", "0.000390900"], "a=b,0.000390900\r\n"],
])("%p is written %p", (cells, line) => expect(csvLine(cells)).toBe(line));

test.each([
  [
    "LF",
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "CRLF and no last one",
    "a,b\r\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  ["CR", "a\r1\r", [["a"], ["1"]]],
  [
    "a byte order mark and empty lines",
    "\uFEFFa,b\n\n1,2\n\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "empty cells",
    "a,,\n,\n",
    [
      ["a", "", ""],
      ["", ""],
    ],
  ],
  [
    "quotes",
    '"a ""b"", c","d\r\ne"\n"",x\n',
    [
      ['a "b", c', "d\r\ne"],
      ["", "x"],
    ],
  ],
  ["nothing", "", []],
])("%s", (_, text, records) => expect([...csvRecords(text)]).toEqual(records));

test("tabs may part cells", () => expect([...csvRecords("a\tb,c\n", "\t")]).toEqual([["a", "b,c"]]));

test.each([
  ['a\n"b', { line: 2, problem: "a quotation mark that is opened and not closed" }],
  ['"a\nb"c\nd', { line: 2, problem: "text behind a closing quotation mark" }],
])("%p ends with what is wrong and where", (text, problem) => {
  expect([...csvRecords(text)].at(-1)).toEqual(problem);
});

test("what is written is read again, whatever it is, but for the apostrophe", () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom('"', ",", "\r\n", "=", "\uFEFF", "a,b"),
  );
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (table) => {
      const text = table.map((row) => csvLine(row)).join("");
      const isMarked = (it: string) => /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/.test(it);
      const expected = table.map((row) => row.map((it) => (isMarked(it) ? `'${it}` : it)));
      // A mark at the very beginning is the file's, not the cell's.
      expect([...csvRecords(`x,y\r\n${text}`)].slice(1)).toEqual(expected);
      for (const row of expected) for (const it of row) expect(isMarked(it)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("a long table is read in a moment", () => {
  const text = `a,b\n${'1,"two"\n'.repeat(200_000)}`;
  const start = performance.now();
  let count = 0;
  for (const record of csvRecords(text)) count += record instanceof Array ? 1 : 0;
  expect(count).toBe(200_001);
  expect(performance.now() - start).toBeLessThan(2_000);
});
