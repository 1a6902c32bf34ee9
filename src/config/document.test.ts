import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configurationPage, keyRows, schemaDocument } from "./document.ts";
import { readEnvironment } from "./env.ts";
import { loadConfig } from "./load.ts";
import { isConfigProblem } from "./problem.ts";
import { configOf, KNOWN } from "./scratch.ts";

const ROOT = join(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
const EXAMPLE = "nyuro.example.yaml";

test("the documents on disk are what the schema says (bun src/config/write-documents.ts)", () => {
  expect(read("docs/configuration.md")).toBe(configurationPage(read(EXAMPLE)));
  expect(read("docs/nyuro.schema.json")).toBe(schemaDocument());
});

test("the example loads", () => {
  const environment = readEnvironment({ OPENAI_API_KEY: "sk-example" });
  if (isConfigProblem(environment)) throw new Error("the environment is refused");
  const { config } = configOf(loadConfig({ environment, cwd: ROOT, path: EXAMPLE, known: KNOWN }));
  expect(config.providers.map((provider) => provider.id)).toEqual(["openai", "my-vps"]);
  expect(config.rules[0]?.then.onlyLocal).toBe(true);
});

test("every key has a meaning, and no key is told twice", () => {
  const rows = keyRows();
  expect(rows.filter((row) => !/^[A-Z`0-9].*\.$/.test(row.meaning)).map((row) => row.path)).toEqual([]);
  expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length);
  expect(rows.length).toBeGreaterThan(90);
});

test("the schema refuses unknown keys everywhere but where names are free", () => {
  const schema = JSON.parse(schemaDocument());
  expect(schema.additionalProperties).toBe(false);
  expect(schema.properties.providers.items.additionalProperties).toBe(false);
  expect(schema.properties.industries.additionalProperties).toBe(false);
  expect(schema.properties.providers.items.required).toEqual(["id"]);
});
