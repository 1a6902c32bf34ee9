/** What discovery must know of a provider; the rest is the caller's. */
export interface Discoverable {
  id: string;
  local: boolean;
}

/** Calls back once after the delay; the answer calls it off. */
export type Schedule = (callback: () => void, delayMs: number) => () => void;

/** Provider id → its models by id. A provider that is not there has not answered yet, or is gone. */
export type Discovered<M> = ReadonlyMap<string, readonly M[]>;

export interface DiscoverySettings<P extends Discoverable, M extends { id: string }> {
  /** The provider's models, or null where it did not answer with a well-formed list. Bounded in time by the caller. */
  fetchModels(provider: P): Promise<readonly M[] | null>;
  /** Called only when a model, or anything told of one, differs from the last map given. */
  onChange(discovered: Discovered<M>): void;
  schedule: Schedule;
  /** A fraction in [0, 1) that spreads the polls, so that many instances do not ask at once. */
  random(): number;
}

const LOCAL_EVERY_MS = 15_000;
const REMOTE_EVERY_MS = 30 * 60_000;
/** A remote provider that did not answer is asked again after this, twice as long each time. */
const REMOTE_RETRY_MS = 60_000;
/** A local server that misses this many polls in a row is gone; one slow answer is not the end of it. */
const MISSES_UNTIL_GONE = 2;
/** Share of the interval by which a poll may come later. */
const JITTER = 0.1;
/** Longest list believed: a server's answer never decides how much memory we take. */
const MOST_MODELS = 5_000;

interface Watched<P, M> {
  provider: P;
  models: readonly M[] | null;
  misses: number;
  polling: Promise<void> | null;
  callOff: () => void;
}

/**
 * Keeps the lists of models of the providers that tell them. Local servers come and go within seconds; a remote
 * provider's last list stays until it gives another one.
 */
export class Discovery<P extends Discoverable, M extends { id: string }> {
  private readonly settings: DiscoverySettings<P, M>;
  private watched = new Map<string, Watched<P, M>>();

  constructor(settings: DiscoverySettings<P, M>) {
    this.settings = settings;
  }

  /**
   * Watches these providers from now on, and no others. Known ids keep their list until they are asked again, which
   * happens at once. Resolves when each has answered or failed once.
   */
  async use(providers: readonly P[]): Promise<void> {
    const before = this.watched;
    this.watched = new Map(
      providers.map((provider) => {
        const models = before.get(provider.id)?.models ?? null;
        return [provider.id, { provider, models, misses: 0, polling: null, callOff: () => {} }];
      }),
    );
    for (const watched of before.values()) watched.callOff();
    const lost = [...before].some(([id, { models }]) => models !== null && !this.watched.has(id));
    if (lost) this.settings.onChange(this.discovered());
    await this.refreshNow();
  }

  /** Asks one provider, or all, without waiting for their turn. Never rejects; an unknown id changes nothing. */
  async refreshNow(id?: string): Promise<void> {
    const chosen = id === undefined ? [...this.watched.values()] : [this.watched.get(id)];
    await Promise.all(chosen.map((watched) => (watched ? this.poll(watched) : undefined)));
  }

  discovered(): Discovered<M> {
    const entries = [...this.watched].flatMap(([id, { models }]) =>
      models === null ? [] : [[id, models] as const],
    );
    return new Map(entries);
  }

  /** Nothing is asked or told any more; answers under way are thrown away. */
  stop(): void {
    for (const watched of this.watched.values()) watched.callOff();
    this.watched = new Map();
  }

  private poll(watched: Watched<P, M>): Promise<void> {
    watched.polling ??= this.ask(watched).finally(() => {
      watched.polling = null;
    });
    return watched.polling;
  }

  private async ask(watched: Watched<P, M>): Promise<void> {
    watched.callOff();
    const answer = await this.settings.fetchModels(watched.provider).catch(() => null);
    if (this.watched.get(watched.provider.id) !== watched) return;
    watched.misses = answer === null ? watched.misses + 1 : 0;
    const before = watched.models;
    if (answer !== null) watched.models = orderly(answer);
    else if (watched.provider.local && watched.misses >= MISSES_UNTIL_GONE) watched.models = null;
    const delayMs = pauseMs(watched.provider.local, watched.misses) * (1 + JITTER * this.settings.random());
    watched.callOff = this.settings.schedule(() => void this.poll(watched), delayMs);
    if (!same(before, watched.models)) this.settings.onChange(this.discovered());
  }
}

function pauseMs(local: boolean, misses: number): number {
  if (local) return LOCAL_EVERY_MS;
  return misses === 0
    ? REMOTE_EVERY_MS
    : Math.min(REMOTE_EVERY_MS, REMOTE_RETRY_MS * 2 ** Math.min(misses - 1, 10));
}

/** Each id once, as it was told first. */
function orderly<M extends { id: string }>(models: readonly M[]): readonly M[] {
  const byId = new Map(models.toReversed().map((model) => [model.id, model]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, MOST_MODELS);
}

/** Lists are made by one reader each, so that equal ones are written alike. */
function same(a: readonly unknown[] | null, b: readonly unknown[] | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
