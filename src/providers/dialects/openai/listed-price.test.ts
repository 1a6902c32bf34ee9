import { expect, test } from "bun:test";
import type { ListedModel } from "../../contract.ts";
import { listedPrice } from "./listed-price.ts";

type Price = NonNullable<ListedModel["price"]>;

function priceOf(input: number, output: number, rest: Partial<Price> = {}): Price {
  return { input, output, cachedInput: null, cacheWrite: null, reasoning: null, ...rest };
}

test.each<[string, unknown, Price | null]>([
  ["per token", { prompt: "0.00000015", completion: "0.0000006" }, priceOf(150_000_000, 600_000_000)],
  [
    "per token, no double holds it",
    { prompt: "0.0000000375", completion: "3e-7" },
    priceOf(37_500_000, 300_000_000),
  ],
  ["per token, as numbers", { prompt: 6e-7, completion: 0.0000018 }, priceOf(600_000_000, 1_800_000_000)],
  [
    "per token, with reasoning apart",
    { prompt: "0.000002", completion: "0.000008", internal_reasoning: "0.000003" },
    priceOf(2_000_000_000, 8_000_000_000, { reasoning: 3_000_000_000 }),
  ],
  [
    "per token, caches in the plural",
    { prompt: "0.000002", completion: "0.000008", input_cache_reads: "0.0000002", input_cache_writes: "0" },
    priceOf(2_000_000_000, 8_000_000_000, { cachedInput: 200_000_000 }),
  ],
  [
    "buckets of zero cost what the plain ones do",
    { prompt: "0.000002", completion: "0.000008", input_cache_read: "0", internal_reasoning: "0" },
    priceOf(2_000_000_000, 8_000_000_000),
  ],
  ["free", { prompt: "0", completion: "0", request: "0", image: "0" }, priceOf(0, 0)],
  ["sold by the request", { prompt: "0", completion: "0", request: "0.01" }, null],
  ["openrouter/auto", { prompt: "-1", completion: "-1" }, null],
  ["half told", { prompt: "0.000002" }, null],
  ["half odd", { prompt: "0.000002", completion: "n/a" }, null],
  ["with a currency", { prompt: "$0.000002", completion: "$0.000008" }, null],
  ["per million where per token belongs", { prompt: "0.15", completion: "0.6" }, null],
  ["per million", { input: 0.18, output: 0.59, hourly: 0, base: 0 }, priceOf(180_000_000, 590_000_000)],
  [
    "per million, cached",
    { input: 3, output: 7, cached_input: 0.5 },
    priceOf(3e9, 7e9, { cachedInput: 5e8 }),
  ],
  ["sold by the hour (Together)", { input: 0, output: 0, hourly: 2.5 }, null],
  ["nothing at all per million", { input: 0, output: 0, hourly: 0 }, null],
  ["per token where per million belongs", { input: 0.00000018, output: 0.00000059 }, null],
  ["endless digits", { prompt: `0.${"1".repeat(1_000_000)}`, completion: "0.1" }, null],
  ["other types", { prompt: {}, completion: [1] }, null],
  ["true and false", { input: true, output: false }, null],
  ["no object", [1, 2], null],
  ["null", null, null],
  ["absent", undefined, null],
])("%s", (_, pricing, price) => expect(listedPrice(pricing, "chat")).toEqual(price));

test("an embedding needs no price for output, a chat model does", () => {
  expect(listedPrice({ prompt: "0.00000002" }, "embedding")).toEqual(priceOf(20_000_000, 0));
  expect(listedPrice({ prompt: "0.00000002" }, null)).toBeNull();
  expect(listedPrice({ prompt: "0.00000002", completion: "n/a" }, "embedding")).toBeNull();
});
