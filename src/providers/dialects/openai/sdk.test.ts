import { expect, test } from "bun:test";
import { join } from "node:path";
import OpenAI from "openai";
import { fixtureCases, recordings } from "../../../testing/fixtures.ts";
import { relay, understand } from "../../../testing/streams.ts";
import { OpenAiStream } from "./stream.ts";

/** The official client's strict accumulator is the judge of what leaves us. */
async function accumulated(latin1: string) {
  const body = Buffer.from(latin1, "latin1");
  const client = new OpenAI({
    apiKey: "none",
    maxRetries: 0,
    fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
  });
  /** Strict tools make it check the identity of every tool delta, and refuse arguments that were cut. */
  const { toolCalls, finishReason } = understand(latin1);
  const names = finishReason === "length" ? [] : [...new Set(toolCalls.map(({ name }) => name))];
  const tools = names.map((name) => ({
    type: "function" as const,
    function: { name, strict: true, parameters: {} },
  }));
  const stream = client.chat.completions.stream({
    model: "m",
    messages: [],
    ...(tools.length > 0 ? { tools } : {}),
  });
  return await stream.finalChatCompletion();
}

const own = fixtureCases(join(import.meta.dir, "fixtures"));
const recorded = recordings("openai").filter(
  ({ isStream, tags }) => isStream && !tags.includes("legacy") && !tags.includes("responses"),
);
const streams: (readonly [string, string])[] = [
  ...own.flatMap((it) => (it.stream === null ? [] : [[it.name, it.stream] as const])),
  ...recorded.map((it) => [it.name, it.bytes.toString("latin1")] as const),
];

const relayed = streams.map(
  ([name, stream]) =>
    [name, relay(new OpenAiStream({ model: "canonical", showUsage: true }), stream)] as const,
);
const finished = relayed.filter(([, it]) => it.fault === null);

test.each(finished)("the official SDK accepts what is relayed of %s", async (_, it) => {
  const completion = await accumulated(it.out);
  const said = understand(it.out);
  const message = completion.choices[0]?.message;
  expect(completion.model).toBe("canonical");
  expect(completion.choices[0]?.finish_reason as string).toBe(said.finishReason ?? "");
  expect(message?.content ?? "").toBe(said.content);
  const calls = (message?.tool_calls ?? []).map((call) => (call.type === "function" ? call.function : null));
  expect(calls.map((call) => [call?.name, call?.arguments])).toEqual(
    said.toolCalls.map((call) => [call.name, call.arguments]),
  );
});

test.each(
  relayed.filter(([, it]) => it.fault !== null),
)("the official SDK does not take the broken %s for an answer", async (_, it) => {
  if (it.reader.finishReason !== null) return;
  expect(accumulated(it.out)).rejects.toThrow();
});
