/**
 * The mock upstream: an OpenAI-shaped server on a raw socket, so that it costs little next to what it measures.
 *
 * The model's name chooses how a stream comes (`Pace`); `steady` and `paced` ones have `max_tokens` pieces of text.
 * `GET /stats` tells what was served.
 */
import type { Socket } from "bun";
import {
  BURST_DELTAS,
  chatReply,
  modelsReply,
  notFoundReply,
  statsReply,
  streamWrites,
} from "./mock-replies.ts";
import { type MockRequest, type Pace, readRequest } from "./mock-requests.ts";

interface Connection {
  /** Bytes of a request that is not whole yet. */
  partial: Buffer | null;
  /** Bytes the kernel did not take. */
  backlog: Buffer | null;
}

interface OpenStream {
  socket: Socket<Connection>;
  writes: readonly Buffer[];
  next: number;
}

type Runner = (stream: OpenStream) => void;
type Step = (stream: OpenStream) => boolean;

function serve(): void {
  const chat = chatReply();
  const models = modelsReply();
  const notFound = notFoundReply();
  const writesByDeltas = new Map([[BURST_DELTAS, streamWrites(BURST_DELTAS)]]);
  const stats = { requests: 0, streams: 0, streamsCut: 0, eventsWritten: 0 };

  /** Writes the next event; false = the stream is over. */
  function step(stream: OpenStream): boolean {
    const bytes = stream.writes[stream.next++];
    if (bytes === undefined) return false;
    if (stream.socket.readyState !== 1) {
      stats.streamsCut++;
      return false;
    }
    write(stream.socket, bytes);
    stats.eventsWritten++;
    return stream.next < stream.writes.length;
  }

  const runners: Record<Pace, Runner> = {
    burst: burstRunner(step),
    steady: pacedRunner(step, 5, 5),
    paced: pacedRunner(step, 1000, 50),
  };

  function answer(socket: Socket<Connection>, request: MockRequest): void {
    if (request.path === "/stats") return write(socket, statsReply(stats));
    if (request.path === "/v1/models") return write(socket, models);
    if (request.path !== "/v1/chat/completions") return write(socket, notFound);
    stats.requests++;
    if (!request.stream) return write(socket, chat);
    stats.streams++;
    const deltas = request.pace === "burst" ? BURST_DELTAS : (request.deltas ?? BURST_DELTAS);
    const writes = writesByDeltas.get(deltas) ?? streamWrites(deltas);
    writesByDeltas.set(deltas, writes);
    runners[request.pace]({ socket, writes, next: 0 });
  }

  console.log(JSON.stringify({ port: listenFor(answer) }));
}

/** Calls `answer` for every whole request on every connection; returns the port. */
function listenFor(answer: (socket: Socket<Connection>, request: MockRequest) => void): number {
  const listener = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { partial: null, backlog: null };
        socket.setNoDelay(true);
      },
      data(socket, received) {
        const { partial } = socket.data;
        let bytes = partial ? Buffer.concat([partial, received]) : received;
        for (let request = readRequest(bytes); request; request = readRequest(bytes)) {
          bytes = bytes.subarray(request.end);
          answer(socket, request);
        }
        socket.data.partial = bytes.length > 0 ? Buffer.from(bytes) : null;
      },
      drain(socket) {
        const { backlog } = socket.data;
        socket.data.backlog = null;
        if (backlog) write(socket, backlog);
      },
    },
  });
  return listener.port;
}

function write(socket: Socket<Connection>, bytes: Buffer): void {
  const { data } = socket;
  if (data.backlog) {
    data.backlog = Buffer.concat([data.backlog, bytes]);
    return;
  }
  const written = socket.write(bytes);
  if (written >= 0 && written < bytes.length) data.backlog = Buffer.from(bytes.subarray(written));
}

/** One event of every open stream each turn of the loop: events of one stream never share a write. */
function burstRunner(step: Step): Runner {
  let open: OpenStream[] = [];
  function turn(): void {
    open = open.filter(step);
    if (open.length > 0) setImmediate(turn);
  }
  return (stream) => {
    if (open.push(stream) === 1) setImmediate(turn);
  };
}

/**
 * The role and the first text at once, then one event of every stream each `periodMs`, the streams spread over the
 * `slots` of that time by when they began. No timer runs while no stream is open.
 */
function pacedRunner(step: Step, periodMs: number, slots: number): Runner {
  const open: OpenStream[][] = Array.from({ length: slots }, () => []);
  let current = 0;
  let count = 0;
  let timer: ReturnType<typeof setInterval> | null = null;
  function tick(): void {
    current = (current + 1) % slots;
    const before = open[current] ?? [];
    const after = before.filter(step);
    open[current] = after;
    count -= before.length - after.length;
    if (count > 0 || !timer) return;
    clearInterval(timer);
    timer = null;
  }
  return (stream) => {
    if (!step(stream) || !step(stream)) return;
    open[current]?.push(stream);
    count++;
    timer ??= setInterval(tick, periodMs / slots);
  };
}

if (import.meta.main) serve();
