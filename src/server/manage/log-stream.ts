import type { Clock } from "../../core/clock.ts";
import type { TailEvent, TailListener } from "../../ledger/log-tail.ts";
import { showLog } from "./log-shape.ts";

/** How often it is looked whether the key still may; also how late an end can come. */
const CHECK_EVERY_MS = 500;
/** Well below the 30 seconds after which a silent connection is closed, by us and by many on the way. */
const HEARTBEAT_EVERY_MS = 15_000;
/**
 * What is told at once, and how often at most: 400 rows a second are more than anybody reads, and cost those who make them
 * nothing that can be measured. Who makes more is told in a gap.
 */
const EVENTS_PER_CHUNK = 100;
const CHUNK_EVERY_MS = 250;
/** Told to the client: how long to wait before it comes back. */
const RETRY_MS = 1_000;

interface Live {
  listener: TailListener;
  /** False once the key was ended, or the server ends. */
  mayGoOn: () => Promise<boolean>;
  clock: Clock;
  /** Counted while it is read. */
  readers: { open: number };
}

/** The listener's events as SSE, as fast as the client takes them: what it does not take waits nowhere. */
export function liveLogs({ listener, mayGoOn, clock, readers }: Live): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isBegun = false;
  let isOver = false;
  /** What comes next gathers meanwhile, so that a row costs a part of a chunk and not a wake of its own. */
  let rest = Promise.resolve();
  let lastMs = clock.monotonic();
  const end = () => {
    if (isBegun && !isOver) readers.open -= 1;
    isOver = true;
  };
  const nextText = async (): Promise<string | null> => {
    await rest;
    for (;;) {
      if (isOver || !(await mayGoOn())) return null;
      const text = listener.take(EVENTS_PER_CHUNK).map(written).join("");
      if (text !== "") return text;
      if (clock.monotonic() - lastMs >= HEARTBEAT_EVERY_MS) return ": still here\n\n";
      await listener.wait(CHECK_EVERY_MS);
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isBegun) {
          // Not before: an answer to HEAD is never read, nor given up.
          readers.open += 1;
          isBegun = true;
          controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
          return;
        }
        const text = await nextText();
        if (isOver) return;
        if (text === null) {
          end();
          controller.close();
          return;
        }
        lastMs = clock.monotonic();
        rest = Bun.sleep(CHUNK_EVERY_MS);
        controller.enqueue(encoder.encode(text));
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function written(event: TailEvent): string {
  if (event.kind === "gap") return `event: gap\ndata: ${JSON.stringify({ missed: event.missed })}\n\n`;
  return `id: ${event.id}\ndata: ${JSON.stringify(showLog(event.row))}\n\n`;
}
