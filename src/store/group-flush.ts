import { fdatasync } from "node:fs";
import { promisify } from "node:util";

const datasync = promisify(fdatasync);

/** Flushes a file to the disk off the main thread, one time for all that was written while the last flush was on its way. */
export class GroupFlush {
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;

  /** Resolves once all that was written before this call is on the disk. `descriptor` is asked when the flush begins. */
  flush(descriptor: () => number): Promise<void> {
    this.next ??= this.running
      .catch(() => {})
      .then(() => {
        if (this.next) this.running = this.next;
        this.next = null;
        return datasync(descriptor());
      });
    return this.next;
  }

  /** Resolves once nothing is on its way, however it ended. */
  async idle(): Promise<void> {
    await (this.next ?? this.running).catch(() => {});
  }
}
