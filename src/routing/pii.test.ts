import { expect, test } from "bun:test";
import { containsPii } from "./pii.ts";

const personal: [string, string][] = [
  ["e-mail", "Write to Jo.Smith+x@mail.example.co.uk, please"],
  ["e-mail in brackets", "<ana@example.com>"],
  ["e-mail with letters of its own", "jürgen@müller.de"],
  ["international phone", "call +49 (30) 90 18 20"],
  ["international phone without spaces", "+14155552671"],
  ["international prefix", "0049 30 901820"],
  ["US phone", "(415) 555-2671"],
  ["US phone with dots", "415.555.2671"],
  ["US phone with its country", "1-415-555-2671"],
  ["German phone", "Tel. 030 12345678"],
  ["London phone", "020 7946 0958"],
  ["French phone", "01 42 68 53 00"],
  ["Chinese mobile", "手机13812345678"],
  ["Indian mobile", "98765 43210"],
  ["card", "my card is 4111111111111111"],
  ["card in groups", "4111 1111 1111 1111 exp 10/29"],
  ["card with hyphens", "5500-0000-0000-0004"],
  ["Amex", "3782 822463 10005"],
  ["IBAN", "DE89370400440532013000"],
  ["IBAN in groups", "IBAN: GB29 NWBK 6016 1331 9268 19."],
  ["IBAN in small letters", "fr14 2004 1010 0505 0001 3m02 606"],
  ["US social security number", "SSN 123-45-6789"],
  ["US social security number with spaces", "078 05 1120"],
];
test.each(personal)("%s is personal", (_, text) => expect(containsPii(["nothing", text])).toBe(true));

const harmless: [string, string][] = [
  ["a date", "on 2026-11-22 or 22.11.2026 or 11/22/2026"],
  ["a time", "at 12:30:45.123"],
  ["a version", "node 20.11.1, v1.2.3-45"],
  ["an IP address", "192.168.100.1 and 10.0.0.255:8080"],
  ["a Unix time", "1700000000 and 1700000000123"],
  ["a card that fails its check", "4111 1111 1111 1112"],
  ["an IBAN that fails its check", "DE89370400440532013001"],
  ["an IBAN of the wrong length", "DE8937040044053201300"],
  ["impossible social security numbers", "000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000"],
  ["an at sign", "meet @home at user@host, @Component, a@b"],
  ["a UUID", "550e8400-e29b-41d4-a716-446655440000"],
  ["a hash", "d41d8cd98f00b204e9800998ecf8427e"],
  ["sums", "1 + 2 + 3 = 6, 3.14159, 1,000,000"],
  ["a list of numbers", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"],
  ["a price", "USD 1234.56"],
  ["line numbers", "at foo.ts:123:45, line 10042"],
  ["nothing", ""],
];
test.each(harmless)("%s is not personal", (_, text) => expect(containsPii([text])).toBe(false));

test.each([
  ["at signs", "@".repeat(500_000)],
  ["letters", "a".repeat(500_000)],
  ["digits", "1".repeat(500_000)],
  ["grouped digits", "12 ".repeat(160_000)],
  ["single digits", "1 ".repeat(250_000)],
  ["almost IBANs", "DE89 ".repeat(100_000)],
  ["local parts", "a.".repeat(250_000)],
  ["addresses without an end", "a@b.".repeat(120_000)],
])("half a megabyte of %s is read in time", (_, text) => {
  const startedMs = performance.now();
  containsPii([text]);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});
