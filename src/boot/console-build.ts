import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../core/log.ts";

const CONSOLE = join(import.meta.dir, "..", "..", "console");

/** Where the built console lies. */
export const CONSOLE_FILES = join(CONSOLE, "dist");

const FLAGS = ["--config=/dev/null", "--no-env-file", "--no-install"];

/**
 * Builds the console where it is missing or older than its sources, in a process of its own: two or three seconds that
 * nothing but the console's first page waits for. A package without its sources brings it built.
 */
export class ConsoleBuild {
  /** Resolves once the console is as new as it gets; where it could not be built, the log says so. */
  readonly done: Promise<void>;
  private readonly end: () => void;
  private readonly log: Log;
  private child: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;

  constructor(log: Log) {
    this.log = log;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.end = resolve;
  }

  start(script: string = join(CONSOLE, "build.ts")): void {
    if (!existsSync(script)) return this.end();
    this.child = Bun.spawn([process.execPath, ...FLAGS, script, "--if-stale"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    void this.listenTo(this.child).finally(this.end);
  }

  /** What was not ended is left as it was: it is made beside its place. */
  stop(): void {
    this.child?.kill();
    this.child = null;
  }

  private async listenTo(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<void> {
    const [code, said, problem] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
    if (code === 0 && said.trim() !== "") this.log.info({}, `built the ${said.trim()}`);
    if (code !== 0 && this.child)
      this.log.warn({ problem: problem.slice(0, 2000) }, "the console was not built");
  }
}
