import { expect, test } from "bun:test";
import { readOptions } from "./options.ts";

test("without options everything is measured in five rounds of three seconds", () => {
  expect(readOptions([])).toEqual({
    rounds: 5,
    seconds: 3,
    only: ["direct", "relay", "nginx", "gateway", "portkey"],
    openStreams: [100, 1000, 3000],
    json: null,
    document: false,
    translation: false,
  });
});

test("options narrow it, whatever their order", () => {
  expect(
    readOptions(["--no-portkey", "--only=portkey,relay", "--quick", "--json=x", "--no-streams"]),
  ).toEqual({
    rounds: 2,
    seconds: 1,
    only: ["relay"],
    openStreams: [],
    json: "x",
    document: false,
    translation: false,
  });
});

test("what translation costs can be measured alone", () => {
  expect(readOptions(["--translation", "--document"])).toMatchObject({ translation: true, document: true });
});

test.each([
  ["--only=nobody"],
  ["--rounds=0"],
  ["--rounds=some"],
  ["--seconds=-1"],
  ["--unknown"],
  ["stray"],
])("%s is refused with a sentence", (option) => {
  expect(readOptions([option])).toBeString();
});
