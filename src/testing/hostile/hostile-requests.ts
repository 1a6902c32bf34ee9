import fc from "fast-check";
import { chats } from "../conversations/chat.ts";
import { HOSTILE_TEXTS, hostileValues } from "./hostile-values.ts";
import { brokenText, mutated, withExtraKey } from "./mutated-json.ts";

const from = <T>(...values: T[]) => fc.constantFrom(...values);
const names = from("gpt", "one/gpt", "strategy:cost", "industry:legal", "auto", "fast", ...HOSTILE_TEXTS);
const maybe = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 2, arbitrary: value }, hostileValues);

/** What is the gateway's own in a body: forms of routing, preferences, caps, tags. */
const ours: fc.Arbitrary<object> = fc.record(
  {
    model: maybe(names),
    models: maybe(fc.array(names, { maxLength: 4 })),
    provider: maybe(
      fc.record(
        {
          order: maybe(fc.array(names, { maxLength: 3 })),
          only: maybe(fc.array(names, { maxLength: 3 })),
          ignore: maybe(fc.array(names, { maxLength: 3 })),
          allow_fallbacks: maybe(fc.boolean()),
          sort: maybe(from<unknown>("price", "latency", "throughput", { by: "price" })),
          max_price: maybe(
            fc.record({ prompt: maybe(from<unknown>(0, 1, "0.5")), completion: maybe(from(0, 1e-9)) }),
          ),
          require_parameters: maybe(fc.boolean()),
          data_collection: maybe(from("allow", "deny")),
        },
        { requiredKeys: [] },
      ),
    ),
    metadata: maybe(fc.record({ industry: maybe(from("legal", "code", "gone")), team: hostileValues })),
    max_cost_usd: maybe(from<unknown>(0, "0.01", 1e300, "1e999")),
    session_id: maybe(names),
    user: maybe(names),
    usage: maybe(from({ include: true })),
    max_tokens: maybe(from(1, 2 ** 53 - 1)),
    n: maybe(from(1, 128, 2 ** 53 - 1)),
    stream_options: maybe(from({ include_usage: true })),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const inputs = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.array(fc.string({ maxLength: 10 }), { maxLength: 5 }),
  fc.array(fc.nat(), { maxLength: 5 }),
  fc.array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: 3 }),
  hostileValues,
);
const embeddings: fc.Arbitrary<object> = fc.record(
  {
    model: names,
    input: inputs,
    encoding_format: maybe(from("float", "base64")),
    dimensions: maybe(from(1, 256, 1e9)),
    user: maybe(names),
  },
  { requiredKeys: ["model", "input"], noNullPrototype: true },
);

/** Made beforehand: making one takes longer than breaking it. */
const SOUND = 500;
/** What is longer says the same again, and costs time. */
const LONGEST = 6_000;

/** Bodies for chat or embeddings as nobody should write them, and some as they should be. */
export function hostileBodies(operation: "chat" | "embeddings", seed: number): fc.Arbitrary<string> {
  const made = fc.sample<object>(operation === "chat" ? chats : embeddings, { numRuns: SOUND, seed });
  const sound = fc.constantFrom(...made.filter((body) => JSON.stringify(body).length < LONGEST));
  const known = sound.map((body): object => ({ ...body, model: "gpt" }));
  const asked = fc.oneof(
    { weight: 2, arbitrary: known },
    { weight: 1, arbitrary: fc.tuple(known, ours).map(([body, more]) => ({ ...body, ...more })) },
  );
  const text = (value: unknown) => JSON.stringify(value) ?? "";
  return asked.chain((body) =>
    fc.oneof(
      { weight: 2, arbitrary: fc.constant(text(body)) },
      { weight: 8, arbitrary: mutated(body).map(text) },
      { weight: 4, arbitrary: mutated(body).chain(mutated).map(text) },
      { weight: 2, arbitrary: withExtraKey(text(body)) },
      { weight: 1, arbitrary: brokenText(text(body)).map((it) => Buffer.from(it).toString("utf8")) },
    ),
  );
}
