import fc from "fast-check";
import type { JsonObject } from "../../core/json.ts";
import type { DialectId } from "../../providers/contract.ts";
import type { Said } from "../wire/wire-provider.ts";
import { ISSUERS } from "./messages.ts";
import { mixed } from "./mixed.ts";
import { texts, words } from "./texts.ts";

/** What each scripted provider signs with; the others sign nothing. */
export const SIGNATURES: Readonly<Partial<Record<DialectId, string>>> = {
  anthropic: ISSUERS["anthropic-claude-v1"],
  bedrock: ISSUERS["bedrock-claude-v1"],
  gemini: ISSUERS["google-gemini-v1"],
};

const USAGE = { input: 9, cached: 0, output: 5, reasoning: 0 };
const inputs = fc.dictionary(texts, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true });

const calls = fc
  .uniqueArray(fc.stringMatching(/^toolu_[A-Za-z0-9_-]{8,30}$/), { minLength: 1, maxLength: 3 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc
          .tuple(fc.constantFrom(...TOOL_NAMES), inputs)
          // What JSON cannot say apart (-0 is 0) is not asked to survive.
          .map(([name, input]) => ({ id, name, input: JSON.parse(JSON.stringify(input)) as JsonObject })),
      ),
    ),
  );

const TOOL_NAMES = ["weather", "look_up", "run-it"];
const pieces = fc.array(
  texts.map((text) => text || " "),
  { minLength: 1, maxLength: 3 },
);

/** An answer of a provider: text, calls, or both, with reasoning or without. */
export function answersOf(dialect: DialectId): fc.Arbitrary<Said> {
  const signature = SIGNATURES[dialect] ?? "SIGNEDbyNobody";
  const reasoning = fc.option(
    words.map((text) => ({ text, signature })),
    { nil: undefined },
  );
  const content = mixed<Pick<Said, "text" | "calls">>(
    [1, pieces.map((text) => ({ text }))],
    [2, calls.map((it) => ({ calls: it }))],
    [2, fc.tuple(pieces, calls).map(([text, it]) => ({ text, calls: it }))],
  );
  return fc.tuple(content, reasoning).map(([said, thought]) => ({
    ...said,
    ...(thought ? { reasoning: thought } : {}),
    ends: said.calls ? ("tool_calls" as const) : ("stop" as const),
    usage: USAGE,
  }));
}

/** What a client asks next, with the answer it was given: its calls are done, last ones first. */
export function continued(message: JsonObject, calls: readonly JsonObject[]): JsonObject {
  const results = calls.map(({ id }, at) => ({ role: "tool", tool_call_id: id, content: `done ${at}` }));
  return {
    model: "canonical-model",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Go on." },
      message,
      ...(results.length > 0 ? results.toReversed() : [{ role: "user", content: "And then?" }]),
    ],
    tools: TOOL_NAMES.map((name) => ({ type: "function", function: { name, parameters: PARAMETERS } })),
    reasoning_effort: "medium",
    max_completion_tokens: 8000,
  };
}

const PARAMETERS = { type: "object", properties: { city: { type: "string" } } };
