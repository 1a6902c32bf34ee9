import { expect, test } from "bun:test";
import manifest from "../../package.json" with { type: "json" };
import { readEnvironment } from "../config/env.ts";
import { isConfigProblem } from "../config/problem.ts";
import { createProgram } from "./program.ts";

test("the version is that of the package", () => {
  const environment = readEnvironment({});
  if (isConfigProblem(environment)) throw new Error("an empty environment has no mistakes");
  const known = { presets: [], dialects: [] };
  const program = createProgram({ environment, known, serve: async () => {} });
  expect(program.version()).toBe(manifest.version);
});
