import type { Admission } from "../budget/rate-limits.ts";
import { type Placed, Roster } from "../core/roster.ts";

/** What breaks a request off from outside. */
export type BrokenBy = "client_gone" | "shutting_down";

/** One request between its arrival and its row: who may break it off, and whether its row was begun. */
export class OpenRequest implements Placed {
  place = -1;
  /** Null = nobody broke it off. */
  brokenBy: BrokenBy | null = null;
  /** Its row was handed to the ledger; there is never a second one. */
  isRecorded = false;
  /** What it takes of rate limits until its row is recorded; null = its caller has none, or it did not get that far. */
  admission: Admission | null = null;
  private act: ((by: BrokenBy) => void) | null = null;
  private readonly onEnd: (request: OpenRequest) => void;

  constructor(onEnd: (request: OpenRequest) => void) {
    this.onEnd = onEnd;
  }

  /** Only the first cause counts. */
  breakOff(by: BrokenBy): void {
    if (this.brokenBy) return;
    this.brokenBy = by;
    this.act?.(by);
  }

  /** What a break does from now on; replaces what it did before. Done at once where the request is broken already. */
  whenBroken(act: (by: BrokenBy) => void): void {
    this.act = act;
    if (this.brokenBy) act(this.brokenBy);
  }

  end(): void {
    this.act = null;
    this.onEnd(this);
  }
}

/** Every request that has no row yet, so that stopping can wait for them and end those that take too long. */
export class OpenRequests {
  /** The server is stopping: what still arrives on open connections is refused. */
  isClosing = false;
  private readonly open = new Roster<OpenRequest>();
  private emptied: () => void = () => {};

  get size(): number {
    return this.open.size;
  }

  begin(): OpenRequest {
    const request = new OpenRequest(this.onEnd);
    this.open.add(request);
    return request;
  }

  private readonly onEnd = (ended: OpenRequest): void => {
    this.open.remove(ended);
    if (this.open.size === 0) this.emptied();
  };

  breakOffAll(by: BrokenBy): void {
    for (const request of this.open.all()) request.breakOff(by);
  }

  /** Resolves when no request is open any more. */
  whenNone(): Promise<void> {
    return new Promise((resolve) => {
      this.emptied = resolve;
      if (this.open.size === 0) resolve();
    });
  }
}
