import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readEnvironment } from "./env.ts";
import { loadConfig } from "./load.ts";
import type { Origins } from "./origins.ts";
import { isConfigProblem } from "./problem.ts";
import { KNOWN, type Scratch, scratch } from "./scratch.ts";

let files: Scratch;
beforeEach(() => {
  files = scratch();
});
afterEach(() => files.remove());

function load(cwd: string, path?: string): Origins {
  const environment = readEnvironment({ BOX: "my-box" });
  if (isConfigProblem(environment)) throw new Error(environment.problems.join("\n"));
  const loaded = loadConfig({ environment, cwd, path, known: KNOWN });
  if (isConfigProblem(loaded)) throw new Error(loaded.problems.join("\n"));
  return loaded.origins;
}

/** What a file with this name says where, seen from `from` below the folder it lies under. */
function originsOf(name: string, text: string, from = "."): Origins {
  const path = join(files.folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return load(join(files.folder, from), path);
}

const YAML = `# mine
providers:
  - id: first
    base_url: http://127.0.0.1:1/v1
  -
    id: "\${env:BOX}"
    base_url: http://127.0.0.1:2/v1

aliases:
  # the usual
  fast: first/m
  smart: [first/m, my-box/m]
industries: { legal: [first/m] }
auto:
  code: [first/m]
rules:
- { name: b, priority: 2, when: { industry: legal }, then: { deny: No. } }
- name: a
  priority: 1
  when: { task: code }
  then: { deny: No. }
`;

describe("where the parts of a configuration stand", () => {
  test("in YAML, by the names they have in the end", () => {
    const origins = originsOf("nyuro.yaml", YAML);
    const at = (line: number) => ({ file: "nyuro.yaml", line });
    expect(Object.fromEntries(origins.providers)).toEqual({ first: at(3), "my-box": at(6) });
    expect(Object.fromEntries(origins.aliases)).toEqual({ fast: at(11), smart: at(12) });
    expect(Object.fromEntries(origins.industries)).toEqual({ legal: at(13) });
    expect(Object.fromEntries(origins.auto)).toEqual({ code: at(15) });
    expect(Object.fromEntries(origins.rules)).toEqual({ b: at(17), a: at(18) });
  });

  test("in JSON, also where all of it is one line", () => {
    const aliases = { fast: "m" };
    const spread = originsOf("nyuro.json", JSON.stringify({ aliases }, null, 2));
    expect(spread.aliases.get("fast")).toEqual({ file: "nyuro.json", line: 3 });
    expect(originsOf("nyuro.json", JSON.stringify({ aliases })).aliases.get("fast")?.line).toBe(1);
  });

  test.each([
    ["conf/nyuro.yaml", ".", "conf/nyuro.yaml"],
    ["nyuro.yaml", "deep", "nyuro.yaml"],
    ["elsewhere/nyuro.yaml", "deep", "nyuro.yaml"],
  ])("the file %s, seen from %s, is called %s: no absolute path", (name, from, shown) => {
    expect(originsOf(name, "aliases: { fast: m }", from).aliases.get("fast")?.file).toBe(shown);
  });

  test("without a file nothing is in one", () => {
    const { providers, aliases } = load(files.folder);
    expect(providers.size + aliases.size).toBe(0);
  });
});
