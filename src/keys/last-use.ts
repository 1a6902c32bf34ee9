import { setLastUses } from "../store/keys-table.ts";
import type { Store } from "../store/open.ts";

/** How long a use may be known to memory alone. */
const FLUSH_AFTER_MS = 10_000;

/** When each key was last used: noted in memory per request, written in batches. */
export class LastUse {
  private readonly store: Store;
  private readonly lastMs = new Map<string, number>();
  private unsaved = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(store: Store) {
    this.store = store;
  }

  /** null = never used. */
  of(keyId: string): number | null {
    return this.lastMs.get(keyId) ?? null;
  }

  /** Takes what the store knew. */
  load(keyId: string, timeMs: number): void {
    this.lastMs.set(keyId, timeMs);
  }

  note(keyId: string, timeMs: number): void {
    if (timeMs <= (this.lastMs.get(keyId) ?? 0)) return;
    this.lastMs.set(keyId, timeMs);
    this.unsaved.add(keyId);
    if (this.timer !== null) return;
    this.timer = setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
    this.timer.unref();
  }

  /** Writes what is unsaved. If the store refuses, it stays unsaved and goes with a later flush. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const saving = this.unsaved;
    if (saving.size === 0) return;
    this.unsaved = new Set();
    const uses = [...saving].map((keyId) => ({ keyId, timeMs: this.lastMs.get(keyId) ?? 0 }));
    try {
      await this.store.writes.run(setLastUses(uses));
    } catch {
      // A nicety for people: no request waits for it, and whoever writes a row at this moment reports the store.
      for (const keyId of saving) this.unsaved.add(keyId);
    }
  }
}
