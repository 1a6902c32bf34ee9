import { describe, expect, test } from "bun:test";
import { PRESETS } from "../presets/list.ts";
import { merged, table } from "./cells.ts";
import { providersPage } from "./providers-page.ts";
import { CHAT_SAMPLES, EMBEDDING_SAMPLES } from "./samples.ts";

const page = providersPage();
const sections = new Map(page.split(/^## /m).map((text) => [text.split("\n", 1)[0], text]));
const rowOf = (section: string, first: string) =>
  (sections.get(section) ?? "")
    .split("\n")
    .find((line) => line.startsWith(`| ${first}`))
    ?.split(" | ");

const sampled = new Set([...CHAT_SAMPLES, ...EMBEDDING_SAMPLES].flatMap(({ added }) => Object.keys(added)));

describe.each(PRESETS.map((preset) => [preset.id, preset] as const))("preset %s", (_, preset) => {
  const { name, docs, quirks = {}, keyEnv, slotEnvs = {} } = preset;

  test("stands in the overview with its variables", () => {
    const row = rowOf("Presets", `[${name}](${docs})`)?.join(" | ") ?? "";
    for (const variable of [keyEnv, ...Object.values(slotEnvs).flat()])
      if (variable !== null) expect(row).toContain(`\`${variable}\``);
    expect(row).toContain(`\`${preset.baseUrl}\``);
  });

  test("has no field among its quirks that nobody looked at", () => {
    const fields = [quirks.rename, quirks.values, quirks.refuse].flatMap((told) => Object.keys(told ?? {}));
    expect([...fields, ...(quirks.drop ?? [])].filter((field) => !sampled.has(field))).toEqual([]);
  });

  test("is told with what it drops and refuses", () => {
    const [, , translated = "", dropped = "", , refused = ""] =
      rowOf("What is different with a preset", name) ?? [];
    for (const field of preset.paths.chat ? (quirks.drop ?? []) : [])
      expect(dropped).toContain(`\`${field}\``);
    for (const field of Object.keys(quirks.refuse ?? {})) expect(refused).toContain(`\`${field}\``);
    for (const [from, to] of Object.entries(quirks.rename ?? {}))
      if (preset.paths.chat)
        expect(translated.replaceAll(" of embeddings", "")).toContain(`\`${from}\` → \`${to}\``);
  });
});

test("a model that fares otherwise has a line of its own, which says no more than is different with it", () => {
  const [, , translated = "", dropped = ""] =
    rowOf("What is different with a preset", "OpenAI: `gpt-5`") ?? [];
  expect(translated).toBe("`max_tokens` → `max_completion_tokens`");
  expect(dropped).toContain("`temperature`");
  const [, , , nothing] = rowOf("What is different with a preset", "OpenAI: `gpt-5.2`") ?? [];
  expect(nothing).toBe("");
});

test("every part of a request is told once, with a word for every dialect", () => {
  const names = CHAT_SAMPLES.map(({ label, value }) => `${label} ${value}`);
  expect(new Set(names).size).toBe(names.length);
  const rows = (sections.get("What becomes of a request") ?? "")
    .split("\n")
    .filter((line) => /^\| /.test(line));
  expect(rows.length).toBeGreaterThan(60);
  for (const row of rows) expect(row).toMatch(/^\| [^|]+( \| [^|]+){5} \|$/);
});

test("neighbours that differ by the value alone are one row", () => {
  const rows = [
    { label: "a", value: "1", cells: ["x"] },
    { label: "a", value: "2", cells: ["x"] },
    { label: "a", value: "3", cells: ["y"] },
    { label: "b", cells: ["y"] },
    { label: "b", cells: ["y"] },
  ];
  expect(merged(rows)).toEqual([
    ["a: 1, 2", "x"],
    ["a: 3", "y"],
    ["b", "y"],
    ["b", "y"],
  ]);
});

test("a table keeps its cells apart", () => {
  expect(table(["a", "b"], [["1|2", "3"]])).toBe("| a | b |\n|---|---|\n| 1\\|2 | 3 |");
});
