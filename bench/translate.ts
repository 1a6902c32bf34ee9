import { systemClock } from "../src/core/clock.ts";
import type { Dialect, StreamOptions, Target } from "../src/providers/contract.ts";
import { DIALECTS } from "../src/providers/dialects/list.ts";
import { anthropicWire } from "../src/testing/wire/anthropic.ts";
import { bedrockWire } from "../src/testing/wire/bedrock.ts";
import { geminiWire } from "../src/testing/wire/gemini.ts";
import { ollamaWire } from "../src/testing/wire/ollama.ts";
import { openaiWire } from "../src/testing/wire/openai.ts";
import type { WireProvider } from "../src/testing/wire/wire-provider.ts";
import { written } from "../src/testing/wire/written.ts";

/*
 * What translation costs in this process: a request of 2 KB written for a provider and its answer read, and one event
 * of a stream. The OpenAI dialect, which passes through, is the floor; the parsing that every request needs is left out.
 */

const WIRES: readonly WireProvider[] = [openaiWire, anthropicWire, geminiWire, bedrockWire, ollamaWire];
const ROUNDS = 4_000;
const EVENTS = 1_000;
const STREAMS = 40;

export interface TranslationCost {
  dialect: string;
  /** Median of encode + decode. */
  requestMicros: number;
  /** Median over whole streams, divided by their events. */
  eventMicros: number;
}

const options: StreamOptions = { model: "m", id: "req_bench", createdS: 1_795_000_000, showUsage: true };
const WORDS = "Explain step by step why the sky is blue and what that has to do with waves. ".repeat(19);

const REQUEST = {
  model: "m",
  max_tokens: 500,
  temperature: 0.5,
  messages: [
    { role: "system", content: "You are a patient teacher." },
    { role: "user", content: WORDS },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "look_up", arguments: '{"topic":"light"}' } },
      ],
    },
    { role: "tool", tool_call_id: "call_1", content: "Blue light scatters more." },
  ],
  tools: [
    {
      type: "function",
      function: {
        name: "look_up",
        description: "Looks a topic up",
        parameters: { type: "object", properties: { topic: { type: "string" } }, required: ["topic"] },
      },
    },
  ],
};

const USAGE = { input: 500, cached: 0, output: 300, reasoning: 0 };

function medianMicros(rounds: number, work: () => unknown): number {
  for (let i = 0; i < rounds / 2; i++) work();
  const micros: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const startedMs = systemClock.monotonic();
    work();
    micros.push((systemClock.monotonic() - startedMs) * 1000);
  }
  micros.sort((a, b) => a - b);
  return micros[Math.floor(rounds / 2)] ?? 0;
}

function measured(wire: WireProvider, dialect: Dialect): TranslationCost {
  const target: Target = {
    upstreamModel: wire.model,
    quirks: {},
    takesMetadata: false,
    maxOutputTokens: 8192,
    attachments: new Map(),
  };
  const reply = Buffer.from(
    written(wire, { text: [WORDS.slice(0, 500)], ends: "stop", usage: USAGE }, false),
    "latin1",
  ).toString("utf8");
  const words = Array.from({ length: EVENTS }, (_, at) => `word ${at} `);
  const stream = written(wire, { text: words, ends: "stop", usage: USAGE }, true);
  const pieces = stream.match(/[\s\S]{1,4096}/g) ?? [];
  const requestMicros = medianMicros(ROUNDS, () => {
    dialect.encodeChat(REQUEST, target);
    dialect.decodeChat(reply, options);
  });
  const streamMicros = medianMicros(STREAMS, () => {
    const reader = dialect.streamReader(options);
    for (const piece of pieces) reader.read(piece);
    reader.close();
    if (reader.doneEvent === null || reader.eventCount < EVENTS)
      throw new Error(`${dialect.id}: not read to its end`);
  });
  return { dialect: dialect.id, requestMicros, eventMicros: streamMicros / EVENTS };
}

/** One line a dialect. */
export function measureTranslation(): TranslationCost[] {
  return WIRES.map((wire) => measured(wire, DIALECTS[wire.id]));
}

if (import.meta.main) {
  for (const { dialect, requestMicros, eventMicros } of measureTranslation()) {
    console.log(
      `${dialect.padEnd(10)} request ${requestMicros.toFixed(1).padStart(6)} µs   event ${eventMicros.toFixed(2).padStart(6)} µs`,
    );
  }
}
