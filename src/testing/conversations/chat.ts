import fc from "fast-check";
import type { JsonObject } from "../../core/json.ts";
import { conversations } from "./messages.ts";
import { mixed } from "./mixed.ts";
import { texts } from "./texts.ts";
import { formats, toolboxes } from "./tools.ts";

const from = <T>(...values: T[]) => fc.constantFrom(...values);
const share = fc.double({ min: 0, max: 1, noNaN: true });

const sampling: fc.Arbitrary<JsonObject> = fc.record(
  {
    temperature: fc.oneof(from<number | null>(0, 0.5, 1, 1.4, 2, null), share),
    top_p: fc.oneof(from<number | null>(0.1, 0.97, 1, null), share),
    top_k: fc.integer({ min: 1, max: 100 }),
    min_p: share,
    repetition_penalty: from(0.5, 1, 1.1),
    presence_penalty: from<number | null>(-2, 0, 0.5, null),
    frequency_penalty: from<number | null>(0, 1.5),
    seed: from<number | null>(7, 0, -1, 2 ** 31, 2 ** 53 - 1, null),
    logit_bias: from<JsonObject | null>({ "50256": -100 }, {}, null),
  },
  { requiredKeys: [] },
);

const limits: fc.Arbitrary<JsonObject> = fc.record(
  {
    max_tokens: from<number | null>(1, 16, 1025, 4096, 8192, 1_000_000, null),
    max_completion_tokens: from<number | null>(1, 500, 30_000, 2_000_000, null),
    stop: fc.oneof(texts, from<unknown>(null, [], ["END"], [" ", "\n\n"], ["a", "b", "c", "d"], ["", "x"])),
  },
  { requiredKeys: [] },
);

const thought: fc.Arbitrary<JsonObject> = mixed(
  [6, fc.constant({})],
  [
    4,
    from(null, "none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra").map(
      (reasoning_effort): JsonObject => ({ reasoning_effort }),
    ),
  ],
  [
    2,
    from<JsonObject>(
      {},
      { effort: "high" },
      { effort: "none" },
      { max_tokens: 0 },
      { max_tokens: 2000 },
      { max_tokens: 500_000, exclude: true },
      { enabled: true },
      { enabled: false },
      { exclude: true },
    ).map((reasoning): JsonObject => ({ reasoning })),
  ],
);

/** Fields that not all have, each of them seldom. */
const rare: fc.Arbitrary<JsonObject> = mixed(
  [14, fc.constant<JsonObject>({})],
  [1, from<JsonObject>({ n: 1 }, { n: 2 }, { n: 8 }, { n: 128 }, { n: null })],
  [
    1,
    from<JsonObject>(
      { logprobs: true },
      { logprobs: true, top_logprobs: 5 },
      { logprobs: true, top_logprobs: 0 },
      { logprobs: false },
    ),
  ],
  [
    1,
    from<JsonObject>(
      { modalities: ["text"] },
      { modalities: ["text", "audio"], audio: { voice: "alloy", format: "wav" } },
      { modalities: ["text", "image"] },
    ),
  ],
  [1, from<JsonObject>({ web_search_options: {} }, { prediction: { type: "content", content: "x" } })],
);

const about: fc.Arbitrary<JsonObject> = fc.record(
  {
    user: from<string | null>("user-1", "u".repeat(300), "", null),
    safety_identifier: from("hashed", "h".repeat(400)),
    metadata: fc.oneof(
      from<JsonObject | null>({}, { team: "a b" }, null),
      fc.dictionary(texts, texts, { maxKeys: 3, noNullPrototype: true }),
    ),
    service_tier: from<string | null>("auto", "default", "flex", "priority", "standard_only", null),
    store: from(true, false),
    prompt_cache_key: fc.constant("key"),
    cache_control: from<JsonObject>({ type: "ephemeral" }, { type: "ephemeral", ttl: "1h" }),
    verbosity: from("low", "high"),
    include_reasoning: from(true, false),
    provider: fc.constant({ sort: "price" }),
    models: fc.constant(["a", "b"]),
    unheard_of: from<unknown>(1, { nested: [null] }, "", null),
    requestMetadata: fc.constant({ cost_center: "a" }),
    guardrailConfig: fc.constant({ guardrailIdentifier: "g", guardrailVersion: "1" }),
  },
  { requiredKeys: [] },
);

/** Most of a record's fields stay away, so that a request looks like one of a client's. */
const sometimes = (fields: fc.Arbitrary<JsonObject>, count: number): fc.Arbitrary<JsonObject> =>
  fields.chain((told) =>
    fc
      .subarray(Object.keys(told), { maxLength: Math.min(count, Object.keys(told).length) })
      .map((names) => Object.fromEntries(names.map((name) => [name, told[name]]))),
  );

const streams = from<JsonObject>(
  {},
  { stream: false },
  { stream: true },
  { stream: true, stream_options: { include_usage: true } },
);

/** A request of OpenAI's `POST /chat/completions`, with what its clients and OpenRouter's add to it. */
export const chats: fc.Arbitrary<JsonObject> = fc
  .tuple(
    conversations,
    toolboxes,
    formats,
    thought,
    rare,
    streams,
    sometimes(sampling, 3),
    sometimes(limits, 2),
    sometimes(about, 4),
  )
  .map(([messages, ...fields]) => Object.assign({ model: "canonical-model", messages }, ...fields));
