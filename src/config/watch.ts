import { type FSWatcher, type Stats, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Editors write in several steps. */
const SETTLE_MS = 100;
/** Where the system tells nothing: network mounts, a replaced folder, a symbolic link's target. */
const LOOK_AGAIN_MS = 2000;

export interface WatchOptions {
  /** Absolute path of the file. */
  path: string;
  /** Called after a change, and on SIGHUP; never twice at once. It must not throw. */
  reload: () => void | Promise<void>;
}

/** Changes with the content and with the file itself; what a symbolic link points to counts. */
function fingerprint(path: string): string {
  try {
    const stat: Stats = statSync(path);
    return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`;
  } catch {
    return "absent";
  }
}

/** Watches the folder, not the file: a file renamed over it or a switched link is another file. */
function watchFolder(path: string, onEvent: (name: string | null) => void): FSWatcher | null {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => onEvent(name));
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

/**
 * Calls `reload` when the file changed, was replaced, removed or made anew (100 ms after the last sign of it),
 * and at once on SIGHUP. What a reload does with the file is the caller's business.
 */
export function watchConfig({ path, reload }: WatchOptions): { close(): void } {
  let seen = fingerprint(path);
  let settling: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> = Promise.resolve();
  let closed = false;

  const run = (): void => {
    if (settling !== null) clearTimeout(settling);
    settling = null;
    seen = fingerprint(path);
    running = running.then(() => (closed ? undefined : reload()));
  };
  const settle = (): void => {
    if (settling !== null) clearTimeout(settling);
    settling = setTimeout(run, SETTLE_MS);
  };
  const look = (): void => {
    if (settling === null && fingerprint(path) !== seen) settle();
  };

  const watcher = watchFolder(path, (name) => (name === basename(path) ? settle() : look()));
  const looking = setInterval(look, LOOK_AGAIN_MS);
  looking.unref();
  process.on("SIGHUP", run);
  return {
    close() {
      closed = true;
      process.off("SIGHUP", run);
      clearInterval(looking);
      if (settling !== null) clearTimeout(settling);
      watcher?.close();
    },
  };
}
