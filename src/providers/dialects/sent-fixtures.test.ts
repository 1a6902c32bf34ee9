import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { isObject } from "../../core/json.ts";
import { schemaErrors } from "../../testing/conversations/laws.ts";
import { TARGETS } from "../../testing/conversations/targets.ts";
import { fixtureCases } from "../../testing/fixtures.ts";

/** OpenAI's are of providers that depart from its schema, each in its own way. */
const DIALECTS = ["anthropic", "gemini", "ollama", "bedrock"] as const;

describe.each(DIALECTS)("%s: what the fixtures say is sent", (dialect) => {
  const [api] = TARGETS[dialect];
  const cases = fixtureCases(join(import.meta.dir, dialect, "fixtures"));
  const sent = cases.flatMap(({ name, expected }) =>
    isObject(expected.sent) ? [[name, expected.sent] as const] : [],
  );

  test("there are such", () => expect(sent.length).toBeGreaterThan(30));

  test.each(sent)("%s is as the API takes it", (_, body) => {
    expect(schemaErrors(body, api?.schema ?? null)).toEqual([]);
    expect(api?.problems(body)).toEqual([]);
  });
});
