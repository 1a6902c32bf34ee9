import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { FAULTS, type Fault } from "../../core/faults.ts";
import type { Usage } from "../../core/usage.ts";
import type { Decoded, Dialect, DialectId } from "../../providers/contract.ts";
import { DIALECTS } from "../../providers/dialects/list.ts";
import { READ_AT_MS, SHOWN } from "../dialect-case.ts";
import { dataOf, relay } from "../streams.ts";
import { hostileValues, isPolluted, MANY_INPUTS_TIMEOUT_MS } from "./hostile-values.ts";
import { brokenText, mutated, withExtraKey } from "./mutated-json.ts";
import { hostileStreams } from "./mutated-stream.ts";
import { type WireCorpus, wireCorpus } from "./wire-corpus.ts";

export interface Extent {
  /** Of each dialect: streams, whole answers, lists of models, vectors and refusals together. */
  inputs: number;
  /** Absent = others each time; a failure says which. */
  seed?: number;
}

/** What is made of an answer is at most so many times as long, and something for each event. */
const GROWTH = 40;
const FOR_EACH_EVENT = 1_500;
const LONGEST_SENTENCE = 20_000;

function checkFault(fault: Fault): void {
  expect(Object.keys(FAULTS)).toContain(fault.kind);
  expect(fault.cause.length).toBeLessThan(LONGEST_SENTENCE);
  const { retryAfterMs, error } = fault;
  if (retryAfterMs !== null) expect(Number.isFinite(retryAfterMs) && retryAfterMs >= 0).toBe(true);
  if (!error) return;
  expect(typeof error.message).toBe("string");
  for (const word of [error.type, error.param, error.code])
    expect(["string", "object"]).toContain(typeof word);
}

function checkUsage(usage: Usage | null): void {
  for (const count of Object.values(usage ?? {}))
    expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
}

function checkDecoded(decoded: Decoded | Fault, input: string, isChat: boolean): void {
  if ("kind" in decoded) return checkFault(decoded);
  const reply = JSON.parse(decoded.text);
  if (isChat) expect(reply.model).toBe(SHOWN.model);
  checkUsage(decoded.usage);
  expect(["string", "object"]).toContain(typeof decoded.finishReason);
  expect(decoded.contentBytes >= 0 && Number.isFinite(decoded.contentBytes)).toBe(true);
  expect(decoded.text.length).toBeLessThan(GROWTH * input.length + FOR_EACH_EVENT);
}

/** How many events hold neither JSON nor the end. */
function brokenIn(data: readonly string[]): number {
  return data.filter((it) => !isEnd(it) && typeof parsed(it) !== "object").length;
}

/** A bare `data` line before it is an empty one of its own. */
function isEnd(data: string): boolean {
  return data.trim() === "[DONE]";
}

/** Reads a stream to its end, cut at these places, and checks all that holds for any stream. */
function checkStream(dialect: Dialect, stream: string, cuts: readonly number[], showUsage: boolean): void {
  const places = cuts.map((at) => at % (stream.length + 1)).sort((a, b) => a - b);
  const { out, fault, reader } = relay(dialect.streamReader({ ...SHOWN, showUsage }), stream, places);

  expect(/^[\x00-\xff]*$/.test(out)).toBe(true);
  expect(out.length).toBeLessThan(GROWTH * stream.length + FOR_EACH_EVENT * (reader.eventCount + 2));
  const data = dataOf(out);
  // Bytes that are relayed unread may be as broken as they came.
  expect(brokenIn(data)).toBeLessThanOrEqual(dialect.id === "openai" ? brokenIn(dataOf(stream)) : 0);
  checkUsage(reader.usage);
  expect(
    reader.content.bytes >= 0 && reader.content.letters >= 0 && Number.isFinite(reader.content.bytes),
  ).toBe(true);
  if (fault) checkFault(fault);
  // Where the upstream only stopped, the gateway writes the end.
  expect(data.some(isEnd)).toBe(reader.doneEvent !== null && !fault);
  expect(["string", "object"]).toContain(typeof reader.finishReason);
}

/** Texts of which some are an answer with something wrong in it. */
function hostileReplies({ replies }: WireCorpus): fc.Arbitrary<string> {
  return fc.constantFrom(...replies).chain((reply) => {
    const value = parsed(reply);
    const changed =
      value === undefined ? fc.constant(reply) : mutated(value).map((it) => JSON.stringify(it) ?? "");
    const broken = brokenText(reply).map((it) =>
      typeof it === "string" ? it : Buffer.from(it).toString("utf8"),
    );
    const anything = hostileValues.map((it) => JSON.stringify(it));
    return fc.oneof(
      { weight: 6, arbitrary: changed },
      { weight: 2, arbitrary: broken },
      { weight: 1, arbitrary: withExtraKey(reply.trim()) },
      { weight: 1, arbitrary: anything },
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const statuses = fc.constantFrom(
  200,
  204,
  301,
  400,
  401,
  402,
  403,
  404,
  408,
  413,
  422,
  429,
  500,
  502,
  503,
  504,
  529,
  599,
);
const headers = fc.dictionary(
  fc.constantFrom("retry-after", "retry-after-ms", "x-ratelimit-reset", "content-type", "x-should-retry"),
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1e999",
    "5",
    "NaN",
    "Wed, 21 Oct 2099 07:28:00 GMT",
    "9".repeat(400),
    "text/html",
    "soon",
  ),
);

function checkEveryReader(
  dialect: Dialect,
  text: string,
  status: number,
  told: Record<string, string>,
): void {
  checkDecoded(dialect.decodeChat(text, SHOWN), text, true);
  checkDecoded(dialect.decodeEmbeddings(text, { ...SHOWN, encoding: "float" }), text, false);
  checkDecoded(dialect.decodeEmbeddings(text, { ...SHOWN, encoding: "base64" }), text, false);
  const models = dialect.decodeModels(text);
  expect(models === null || models.every(({ id }) => typeof id === "string")).toBe(true);
  checkFault(dialect.fault(status, new Headers(told), text, READ_AT_MS));
}

/** Whatever an upstream says, it is read or refused: nothing is thrown, and nothing of ours is changed by it. */
export function describeHostileAnswers({ inputs, seed = Date.now() % 2 ** 31 }: Extent): void {
  afterAll(() => expect(isPolluted()).toBe(false));
  const settings = { seed, includeErrorInReport: true, endOnFailure: true };

  describe.each(Object.keys(DIALECTS) as DialectId[])(`%s (seed ${seed})`, (id) => {
    const dialect = DIALECTS[id];
    const corpus = wireCorpus(id);
    const cuts = fc.array(fc.nat(), { maxLength: 4 });

    test(
      "streams",
      () => {
        const check = (stream: string, places: number[], showUsage: boolean) =>
          checkStream(dialect, stream, places, showUsage);
        const property = fc.property(hostileStreams(corpus), cuts, fc.boolean(), check);
        fc.assert(property, { ...settings, numRuns: Math.ceil(inputs / 2) });
        expect(isPolluted()).toBe(false);
      },
      MANY_INPUTS_TIMEOUT_MS,
    );

    test(
      "whole answers, lists, vectors and refusals",
      () => {
        const check = (text: string, status: number, told: Record<string, string>) =>
          checkEveryReader(dialect, text, status, told);
        const property = fc.property(hostileReplies(corpus), statuses, headers, check);
        fc.assert(property, { ...settings, numRuns: Math.floor(inputs / 2) });
        expect(isPolluted()).toBe(false);
      },
      MANY_INPUTS_TIMEOUT_MS,
    );
  });
}
