import fc from "fast-check";
import type { JsonObject } from "../../core/json.ts";
import { mixed } from "./mixed.ts";
import { marks, resultContent, textContent, userContent } from "./parts.ts";
import { argumentTexts, callIds, texts, toolNames } from "./texts.ts";

type Message = JsonObject;

/** Whose reasoning comes back in a chat, by its `format`; the word is in every signature of theirs. */
export const ISSUERS = {
  "anthropic-claude-v1": "SIGNEDbyAnthropic",
  "bedrock-claude-v1": "SIGNEDbyBedrockClaude",
  "bedrock-openai-v1": "SIGNEDbyBedrockGpt",
  "google-gemini-v1": "SIGNEDbyGoogle",
  "openai-responses-v1": "SIGNEDbyOpenAi",
  unknown: "SIGNEDbyNobody",
} as const;

const signatures = (format: keyof typeof ISSUERS) => fc.nat(9).map((count) => `${ISSUERS[format]}${count}`);

const details = fc.constantFrom(...(Object.keys(ISSUERS) as (keyof typeof ISSUERS)[])).chain((format) =>
  fc.oneof(
    fc
      .tuple(texts, signatures(format))
      .map(
        ([text, signature]): JsonObject => ({ type: "reasoning.text", text, signature, format, index: 0 }),
      ),
    signatures(format).map((data): JsonObject => ({ type: "reasoning.encrypted", data, format })),
    texts.map((summary): JsonObject => ({ type: "reasoning.summary", summary, format })),
    texts.map((text): JsonObject => ({ type: "reasoning.text", text, format })),
    fc.constantFrom<JsonObject>({}, { type: "reasoning.text", signature: null, format }, { type: "new" }),
  ),
);

/** What clients return of the reasoning that they were given. */
const reasoning: fc.Arbitrary<Message> = mixed(
  [6, fc.constant({})],
  [2, fc.array(details, { maxLength: 3 }).map((it) => ({ reasoning_details: it }))],
  [1, texts.map((reasoning_content) => ({ reasoning_content }))],
  [1, texts.map((it) => ({ reasoning: it }))],
);

const named = mixed([9, fc.constant({})], [1, fc.constant({ name: "Ann" })]);

const instructions: fc.Arbitrary<Message[]> = fc
  .tuple(fc.constantFrom("system", "developer"), textContent, marks, named)
  .map(([role, content, mark, name]) => [{ role, content, ...mark, ...name }]);

const asked: fc.Arbitrary<Message[]> = fc
  .tuple(userContent, marks, named)
  .map(([content, mark, name]) => [{ role: "user", content, ...mark, ...name }]);

const answers: fc.Arbitrary<Message[]> = fc
  .tuple(
    mixed(
      [8, textContent.map((content): Message => ({ content }))],
      [1, texts.map((refusal): Message => ({ content: null, refusal }))],
      [1, texts.map((refusal): Message => ({ content: [{ type: "refusal", refusal }] }))],
    ),
    reasoning,
    marks,
  )
  .map(([said, thought, mark]) => [{ role: "assistant", refusal: null, ...said, ...thought, ...mark }]);

const extras: fc.Arbitrary<Message> = mixed(
  [5, fc.constant({})],
  [
    1,
    signatures("google-gemini-v1").map((thought_signature) => ({
      extra_content: { google: { thought_signature } },
    })),
  ],
);

/** Ids are each other's in one turn only where they are empty, which some servers send. */
const calls: fc.Arbitrary<Message[]> = fc
  .uniqueArray(fc.tuple(mixed([9, callIds], [1, fc.constant("")]), fc.nat()), {
    minLength: 1,
    maxLength: 4,
    selector: ([id, at]) => (id === "" ? `${at}` : id),
  })
  .chain((ids) =>
    fc.tuple(
      ...ids.map(([id]) =>
        fc.tuple(toolNames, argumentTexts, extras).map(([name, told, extra]): Message => {
          return { id, type: "function", function: { name, arguments: told }, ...extra };
        }),
      ),
    ),
  );

/** One round of a tool loop: results come in any order, those of one id in the order of their calls. */
const rounds: fc.Arbitrary<Message[]> = fc
  .tuple(mixed([2, fc.constantFrom(null, "")], [2, textContent]), calls, reasoning)
  .chain(([content, tool_calls, thought]) =>
    fc
      .tuple(
        fc.shuffledSubarray(tool_calls, { minLength: tool_calls.length }),
        fc.array(fc.tuple(resultContent, marks, fc.constantFrom({}, {}, {}, { is_error: true })), {
          minLength: tool_calls.length,
          maxLength: tool_calls.length,
        }),
      )
      .map(([order, results]) => [
        { role: "assistant", content, tool_calls, ...thought },
        ...results.map(([told, mark, failed], at) => {
          return { role: "tool", tool_call_id: order[at]?.id, content: told, ...mark, ...failed };
        }),
      ]),
  );

/** A loop of several rounds, sometimes with the ids of the first one again, and instructions among its results. */
const loops: fc.Arbitrary<Message[]> = fc
  .tuple(
    fc.array(rounds, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
    fc.option(instructions, { freq: 8, nil: [] }),
  )
  .map(([told, isRepeated, inserted]) => {
    const [first = []] = told;
    return [...told.flat(), ...(isRepeated ? first : []), ...inserted];
  });

/** In any order that OpenAI takes. */
export const conversations: fc.Arbitrary<Message[]> = fc
  .tuple(
    fc.array(mixed([2, instructions], [4, asked], [2, answers], [3, loops]), { maxLength: 6 }),
    mixed([5, asked], [4, loops], [1, answers]),
  )
  .map(([before, last]) => [...before.flat(), ...last]);
