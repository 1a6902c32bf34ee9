import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { deepFreeze } from "../deep-freeze.ts";
import { answersOf } from "./answers.ts";
import { chats } from "./chat.ts";
import { encode, expectLawful } from "./laws.ts";
import { expectRoundTrip } from "./round-trip.ts";
import { TARGETS } from "./targets.ts";

export interface Extent {
  /** Chats of each dialect, shared among its models. */
  chats: number;
  /** Answers of each dialect, each of them told to every model of the others. */
  answers: number;
  /** Chats sent to every model, one after the other. */
  chains: number;
  /** Absent = other chats each time. */
  seed?: number;
}

/** Whatever a client of OpenAI's may say, each provider is told it as its own API takes it: valid, and nothing lost unsaid. */
export function describeConversations({ chats: count, answers, chains, seed }: Extent): void {
  const settings = { includeErrorInReport: true, ...(seed === undefined ? {} : { seed }) };

  describe.each(Object.entries(TARGETS))("%s", (_, targets) => {
    const numRuns = Math.ceil(count / targets.length);

    test.each(
      targets.map((it) => [it.name, it] as const),
    )("%s is sent chats as its API takes them", (_, at) => {
      let sent = 0;
      const property = fc.property(chats, (request) => {
        if (expectLawful(request, at) === "sent") sent += 1;
      });
      fc.assert(property, { ...settings, numRuns });
      expect(sent).toBeGreaterThan(numRuns / 5);
    });

    test("an answer survives: read, streamed, and told to every other provider", () => {
      const wire = targets[0]?.wire;
      if (!wire) throw new Error("nobody answers");
      const property = fc.property(answersOf(wire.id), (said) => expectRoundTrip(wire, said));
      fc.assert(property, { ...settings, numRuns: answers });
    });
  });

  test("what a provider is sent does not depend on who was asked before it", () => {
    const chain = ["openai", "anthropic", "gemini", "bedrock", "ollama"] as const;
    const targets = chain.flatMap((dialect) => TARGETS[dialect]);
    const property = fc.property(chats, (request) => {
      const alone = targets.map((at) => encode(structuredClone(request), at));
      const frozen = deepFreeze(request);
      expect(targets.map((at) => encode(frozen, at))).toEqual(alone);
    });
    fc.assert(property, { ...settings, numRuns: chains });
  });
}
