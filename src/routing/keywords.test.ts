import { expect, test } from "bun:test";
import { KeywordIndex } from "./keywords.ts";

function finds(keyword: string, text: string): boolean {
  const index = new KeywordIndex();
  const id = index.add(keyword);
  return index.findIn([text]).has(id);
}

test.each([
  ["contract", "The CONTRACT, please."],
  ["Contract", "contract"],
  ["contract", "the contract's end"],
  ["non-disclosure agreement", "a Non-Disclosure   Agreement"],
  ["force majeure", "force\n\tmajeure"],
  ["C++", "write it in c++ please"],
  [".env", "read my .env file"],
  ["$$$", "it costs $$$$"],
  ["straße", "in der STRAßE 5"],
  ["договор", "Проверь Договор, пожалуйста"],
  ["अनुबंध", "यह अनुबंध देखो"],
  ["合同", "请审查这份合同纠纷"],
  ["契約", "この契約を確認して"],
  ["계약", "계약을 검토해"],
  ["สัญญา", "ตรวจสัญญานี้"],
  ["عقد", "راجع عقد العمل"],
  ["café", "cafe\u0301 du monde"],
  ["🔥", "so 🔥 today"],
])("%s is found in %p", (keyword, text) => expect(finds(keyword, text)).toBe(true));

test.each([
  ["contract", "a contractor subcontracts"],
  ["law", "flaw, lawyer, in-laws_law"],
  ["art", "start"],
  ["договор", "договоренность"],
  ["계약", "재계약"],
  ["force majeure", "force a majeure"],
  ["force majeure", "forcemajeure"],
  ["nda", "agenda NDAs"],
  ["é", "café"],
  ["", "anything"],
])("%s is not found in %p", (keyword, text) => expect(finds(keyword, text)).toBe(false));

test("a phrase does not reach from one message into the next, and every message counts", () => {
  const index = new KeywordIndex();
  const [phrase, word] = [index.add("force majeure"), index.add("clause")];
  expect([...index.findIn(["force", "majeure clause"])]).toEqual([word]);
  expect(index.findIn(["", "force majeure"]).has(phrase)).toBe(true);
});

test("the same keyword of two rules is one", () => {
  const index = new KeywordIndex();
  expect(index.add("Force  Majeure")).toBe(index.add("force majeure"));
});

test("hostile text costs no more than its length", () => {
  const index = new KeywordIndex();
  for (let i = 0; i < 500; i++) index.add(`w${i} ${"a ".repeat(50)}`);
  for (let i = 0; i < 5; i++) index.add(`${"a ".repeat(20)}b${i}`);
  for (const text of ["a ".repeat(100_000), "a".repeat(500_000), " ".repeat(500_000)]) {
    const startedMs = performance.now();
    expect(index.findIn([text]).size).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(4_000);
  }
}, 30_000);
