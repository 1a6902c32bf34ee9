/** What the Worker is asked, and what it answers. */
export interface CountAsk {
  id: number;
  texts: readonly string[];
}
export type CountAnswer = { id: number; tokens: number };

/** Longer prompts are not counted: nobody should wait for that, and no budget that small pays for them. */
const MOST_CHARACTERS = 2 * 2 ** 20;
/** The first count reads the vocabulary, half a second on a slow machine. */
const PATIENCE_MS = 2_000;
/** How much longer one waits for one's turn: longer than the one that is stuck. */
const FOR_THE_TURN = 1.5;
const MOST_WAITING = 32;
const MOST_WAITING_OF_ONE = 8;

interface Asked {
  id: number;
  texts: readonly string[];
  /** Who takes turns. */
  whose: string;
  resolve: (tokens: number | null) => void;
  late: ReturnType<typeof setTimeout>;
}

/**
 * Counts tokens in a Worker, for the second look at a prompt whose bytes do not fit a budget: o200k_base, which stands
 * for all. The Worker begins with the first count and is never missed by a process that ends. It counts one prompt at a
 * time, and those who wait take turns: many long prompts of one budget that is nearly spent keep nobody else waiting.
 */
export class TokenCounter {
  private worker: Worker | null = null;
  private counting: Asked | null = null;
  private waiting: Asked[] = [];
  private lastServed = "";
  private lastId = 0;
  private readonly patienceMs: number;
  private readonly workerUrl: URL | string;

  /** For tests: what one count may take, and another Worker. */
  constructor({
    patienceMs = PATIENCE_MS,
    workerUrl = new URL("./token-worker.ts", import.meta.url),
  }: { patienceMs?: number; workerUrl?: URL | string } = {}) {
    this.patienceMs = patienceMs;
    this.workerUrl = workerUrl;
  }

  /**
   * Tokens of all texts together; null = too long, too slow, too many at once, or the Worker died. `whose`: an
   * organization.
   */
  count(texts: readonly string[], whose: string): Promise<number | null> {
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    const ofOne = this.waiting.filter((asked) => asked.whose === whose).length;
    if (characters > MOST_CHARACTERS || this.waiting.length >= MOST_WAITING || ofOne >= MOST_WAITING_OF_ONE)
      return Promise.resolve(null);
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.waiting = this.waiting.filter((asked) => asked.id !== id);
        resolve(null);
      }, this.patienceMs * FOR_THE_TURN);
      this.waiting.push({ id, texts, whose, resolve, late });
      this.countNext();
    });
  }

  close(): void {
    for (const asked of this.waiting.splice(0)) {
      clearTimeout(asked.late);
      asked.resolve(null);
    }
    if (this.worker) this.giveUp(this.worker);
  }

  private countNext(): void {
    if (this.counting) return;
    const other = this.waiting.findIndex(({ whose }) => whose !== this.lastServed);
    const [next] = this.waiting.splice(Math.max(0, other), 1);
    if (!next) return;
    const worker = this.worker ?? this.start();
    clearTimeout(next.late);
    next.late = setTimeout(() => this.giveUp(worker), this.patienceMs);
    this.counting = next;
    this.lastServed = next.whose;
    worker.postMessage({ id: next.id, texts: next.texts } satisfies CountAsk);
  }

  private start(): Worker {
    const worker = new Worker(this.workerUrl);
    worker.unref();
    worker.onmessage = ({ data }: MessageEvent<CountAnswer>) => this.settle(data.id, data.tokens);
    worker.addEventListener("error", () => this.giveUp(worker));
    worker.addEventListener("close", () => this.giveUp(worker));
    this.worker = worker;
    return worker;
  }

  private settle(id: number, tokens: number | null): void {
    const { counting } = this;
    if (counting?.id !== id) return;
    this.counting = null;
    clearTimeout(counting.late);
    counting.resolve(tokens);
    this.countNext();
  }

  /** Whatever it is stuck in ends with it; the next count begins another. */
  private giveUp(worker: Worker): void {
    if (this.worker !== worker) return;
    this.worker = null;
    worker.terminate();
    if (this.counting) this.settle(this.counting.id, null);
  }
}
