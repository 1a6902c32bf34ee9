import type { Job } from "./job.ts";
import { ResponseReader } from "./response-reader.ts";
import { FIRST_TOKEN_EVENT, type Tally } from "./tally.ts";

/** One connection of the load: sends the request, judges the answer, tells its owner. */
export interface ConnectionOwner {
  /** Where results go at this moment; a new one is taken when the measured window begins. */
  tally(): Tally;
  /** The first event of a stream came. */
  onFirstEvent?(): void;
  /** An answer is complete: call `again` for the next request on this connection. */
  onAnswer(again: () => void, close: () => void): void;
  /** The connection failed or ended before its answer was complete. */
  onLost(): void;
}

/** Connects and sends the first request. */
export async function connect(job: Job, request: Buffer, owner: ConnectionOwner): Promise<void> {
  let sentAt = 0;
  let waiting = false;
  let closing = false;
  const lost = (reason: string) => {
    if (!waiting || closing) return;
    waiting = false;
    owner.tally().fail(reason);
    owner.onLost();
  };
  const socket = await Bun.connect({
    hostname: job.host,
    port: job.port,
    socket: {
      open: (opened) => void opened.setNoDelay(true),
      data(opened, bytes) {
        owner.tally().reads++;
        try {
          reader.feed(bytes);
        } catch (error) {
          lost(String(error));
          opened.terminate();
        }
      },
      close: () => lost("the connection was closed before the answer was complete"),
      error: (_opened, error) => lost(String(error)),
    },
  });
  const send = () => {
    waiting = true;
    sentAt = performance.now();
    if (socket.write(request) !== request.length) lost("the request did not fit the socket's buffer");
  };
  const close = () => {
    closing = true;
    socket.terminate();
  };
  const reader = new ResponseReader({
    onEvent(count) {
      if (count === 1) owner.onFirstEvent?.();
      if (count === FIRST_TOKEN_EVENT) owner.tally().firstToken.add((performance.now() - sentAt) * 1000);
    },
    onEnd(response) {
      waiting = false;
      owner.tally().add(response, (performance.now() - sentAt) * 1000);
      owner.onAnswer(send, close);
    },
  });
  send();
}
