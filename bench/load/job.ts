/** What the load process is told, as JSON in its one argument. */
export interface Job {
  kind: "closed" | "held";
  host: string;
  port: number;
  /** The whole HTTP request, head and body. */
  request: string;
  connections: number;
  /** Events a complete stream has, `[DONE]` included; 0 = the answer is one JSON body. */
  expectEvents: number;
  /** `closed`: seconds before the measured window. */
  warmupSeconds: number;
  /** `closed`: seconds of the measured window; `held`: streams that have not ended by then count as failed. */
  seconds: number;
  /** `held`: how many streams are opened a second. */
  rampPerSecond: number;
}

/** What it says, one JSON object a line: first that the window (or the held state) has begun, then the result. */
export type LoadMessage = { started: true } | { result: LoadResult };

export interface LoadResult {
  completed: number;
  /** Wrong status, wrong body, or a connection that ended. */
  failed: number;
  /** The first failure in words; null = none. */
  failure: string | null;
  elapsedSeconds: number;
  events: number;
  eventsLost: number;
  /** Times the socket had something to read: how far events travelled together. */
  reads: number;
  /** Most streams open at one moment; `held` only. */
  openAtOnce: number;
  latencyP50Micros: number | null;
  latencyP99Micros: number | null;
  firstTokenP50Micros: number | null;
  firstTokenP99Micros: number | null;
}
