import { expect, test } from "bun:test";
import { catalogOf, deployment } from "../testing/catalog.ts";
import { ruleOf } from "../testing/policy.ts";
import { deprecatedNames, warnOfDeprecated } from "./deprecations.ts";

const ends = (shutdownDate: string | null) => ({ deprecation: { shutdownDate } });

const catalog = catalogOf(
  [
    deployment("one/old", ends("2026-10-23")),
    deployment("two/old", ends("2026-12-11")),
    deployment("one/half", ends("2026-10-23")),
    deployment("two/half"),
    deployment("one/vague", ends(null)),
    deployment("one/new"),
  ],
  { fast: ["old"] },
  ["openai"],
);

const NONE = { aliases: {}, industries: {}, auto: {}, rules: [] };

test.each<[string, string, string | null | undefined]>([
  ["a model that all end", "old", "2026-12-11"],
  ["a slug of it", "openai/old", "2026-12-11"],
  ["a suffix of it", "old:nitro", "2026-12-11"],
  ["a pin of it", "one/old", "2026-10-23"],
  ["a model that one goes on serving", "half", undefined],
  ["a pin to who ends it", "one/half", "2026-10-23"],
  ["a pin to who does not", "two/half", undefined],
  ["a model without a day", "vague", null],
  ["a model that goes on", "new", undefined],
  ["an alias, which is told at its own place", "fast", undefined],
  ["a form of ours", "strategy:cost", undefined],
  ["nothing that is served", "gone", undefined],
  ["auto", "auto", undefined],
])("%s (%s) ends on %p", (_, name, shutdownDate) => {
  const found = deprecatedNames({ ...NONE, aliases: { mine: [name] } }, catalog);
  const expected = { place: "aliases.mine", name, shutdownDate: shutdownDate ?? null };
  expect(found).toEqual(shutdownDate === undefined ? [] : [expected]);
});

test("aliases, industries, lists of auto and rules are all looked through, one warning for each name", () => {
  const warnings: unknown[] = [];
  const config = {
    aliases: { fast: ["new", "old"] },
    industries: { legal: ["old"] },
    auto: { code: ["vague"] },
    rules: [ruleOf("cheap", {}, { models: ["old", "half"] }), ruleOf("deny", {}, { deny: "No." })],
  };
  warnOfDeprecated(config, catalog, {
    warn: (fields, message) => void warnings.push({ ...fields, message }),
  });
  const message = "the config names a deprecated model";
  expect(warnings).toEqual([
    { place: "aliases.fast", model: "old", shutdownDate: "2026-12-11", message },
    { place: "industries.legal", model: "old", shutdownDate: "2026-12-11", message },
    { place: "auto.code", model: "vague", shutdownDate: null, message },
    { place: 'rule "cheap"', model: "old", shutdownDate: "2026-12-11", message },
  ]);
});
