import { Histogram } from "./histogram.ts";
import type { Job, LoadResult } from "./job.ts";
import type { ReadResponse } from "./response-reader.ts";

/** The second event is the first with text: a gateway may hold back the first, which only names the role. */
export const FIRST_TOKEN_EVENT = 2;

/** What a load counted so far. */
export class Tally {
  latency = new Histogram();
  firstToken = new Histogram();
  completed = 0;
  failed = 0;
  failure: string | null = null;
  events = 0;
  eventsLost = 0;
  reads = 0;
  openAtOnce = 0;
  private readonly job: Job;
  private bodyBytes: number | null = null;

  constructor(job: Job) {
    this.job = job;
  }

  /** Judges one complete response. A body of another length than the first one's is a failure. */
  add(response: ReadResponse, micros: number): void {
    const wrong = this.fault(response);
    if (wrong !== null) return this.fail(wrong);
    this.completed++;
    this.events += response.events;
    this.latency.add(micros);
  }

  fail(reason: string): void {
    this.failed++;
    this.failure ??= reason;
  }

  private fault(response: ReadResponse): string | null {
    if (response.status !== 200) return `status ${response.status}`;
    const { expectEvents } = this.job;
    if (expectEvents === 0) {
      this.bodyBytes ??= response.bodyBytes;
      return response.bodyBytes === this.bodyBytes && response.bodyBytes > 0
        ? null
        : `a body of ${response.bodyBytes} bytes, not ${this.bodyBytes}`;
    }
    this.eventsLost += Math.max(0, expectEvents - response.events);
    if (response.events !== expectEvents) return `${response.events} events, not ${expectEvents}`;
    return response.done ? null : "a stream that does not end in [DONE]";
  }

  result(elapsedSeconds: number): LoadResult {
    return {
      completed: this.completed,
      failed: this.failed,
      failure: this.failure,
      elapsedSeconds,
      events: this.events,
      eventsLost: this.eventsLost,
      reads: this.reads,
      openAtOnce: this.openAtOnce,
      latencyP50Micros: this.latency.percentile(0.5),
      latencyP99Micros: this.latency.percentile(0.99),
      firstTokenP50Micros: this.firstToken.percentile(0.5),
      firstTokenP99Micros: this.firstToken.percentile(0.99),
    };
  }
}
