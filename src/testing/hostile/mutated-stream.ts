import fc from "fast-check";
import { hostileValues } from "./hostile-values.ts";
import { mutated } from "./mutated-json.ts";
import { textOf, type WireCorpus, type WireEvent, type WireStream } from "./wire-corpus.ts";

/** The stream with its events told otherwise: one of them changed, gone, twice, elsewhere, or another's put in. */
function retold({ streams }: WireCorpus, { isBinary, events }: WireStream): fc.Arbitrary<WireStream> {
  const at = fc.nat({ max: Math.max(0, events.length - 1) });
  const put = (index: number, some: readonly WireEvent[], instead = 0) => ({
    isBinary,
    events: events.toSpliced(index, instead, ...some),
  });
  const strangers = fc.constantFrom(...streams.flatMap((it) => (it.isBinary === isBinary ? it.events : [])));
  return fc.oneof(
    { weight: 6, arbitrary: at.chain((index) => changed(events[index]).map((it) => put(index, it, 1))) },
    { weight: 1, arbitrary: at.map((index) => put(index, [], 1)) },
    { weight: 1, arbitrary: at.map((index) => ({ isBinary, events: events.slice(0, index) })) },
    { weight: 1, arbitrary: fc.tuple(at, at).map(([from, to]) => put(to, events.slice(from, from + 3))) },
    { weight: 1, arbitrary: fc.tuple(at, strangers).map(([index, stranger]) => put(index, [stranger])) },
    { weight: 1, arbitrary: fc.constant({ isBinary, events: events.toReversed() }) },
  );
}

function changed(event: WireEvent | undefined): fc.Arbitrary<WireEvent[]> {
  if (!event || event.payload === undefined)
    return hostileValues.map((payload) => (event ? [{ ...event, payload }] : []));
  return mutated(event.payload).map((payload) => [{ ...event, payload: payload ?? null }]);
}

const LINE_ENDS = ["\n", "\r\n", "\r"];
const ASIDES = [
  ": comment\n\n",
  "event: error\n",
  "id: 1\n",
  "retry: 0\n",
  "data:\n\n",
  "data: \n\n",
  "data\n\n",
  "\ufeff",
  "\n\n\n",
];

/** The text with its bytes or its framing changed. */
function bent(text: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: text.length });
  const bytes = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((it) => String.fromCharCode(it)),
    maxLength: 12,
  });
  return fc.oneof(
    fc.tuple(at, bytes).map(([index, some]) => text.slice(0, index) + some + text.slice(index)),
    fc.tuple(at, bytes).map(([index, some]) => text.slice(0, index) + some + text.slice(index + some.length)),
    fc.tuple(at, at).map(([from, to]) => text.slice(0, from) + text.slice(to)),
    fc.tuple(at, fc.constantFrom(...ASIDES)).map(([index, aside]) => {
      const line = text.indexOf("\n", index) + 1;
      return text.slice(0, line) + Buffer.from(aside).toString("latin1") + text.slice(line);
    }),
    fc.constantFrom(...LINE_ENDS).map((end) => text.replaceAll(/\r\n|\n|\r/g, end)),
    fc.constantFrom("data: ", "data:").map((field) => text.replaceAll(/^data: ?/gm, field)),
    fc.constant(text.replaceAll("data: {", "data: {\ndata: ")),
    fc.constant(text.trimEnd()),
  );
}

/** Streams as nobody should send them, one latin1 character a byte; and some as they were. */
export function hostileStreams(corpus: WireCorpus): fc.Arbitrary<string> {
  return fc.constantFrom(...corpus.streams).chain((stream) => {
    const told = retold(corpus, stream);
    const twice = told.chain((it) => retold(corpus, it));
    return fc.oneof(
      { weight: 10, arbitrary: told.map(textOf) },
      { weight: 4, arbitrary: twice.map(textOf) },
      { weight: 6, arbitrary: bent(textOf(stream)) },
      { weight: 2, arbitrary: told.map(textOf).chain(bent) },
      {
        weight: 1,
        arbitrary: fc
          .string({ unit: "binary", maxLength: 300 })
          .map((it) => Buffer.from(it).toString("latin1")),
      },
    );
  });
}
