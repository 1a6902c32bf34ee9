import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The folder of the package. */
export const projectRoot = resolve(dirname(import.meta.path), "..", "..");

/** What every process of a run gets: the least it needs, and nothing of the user's (no provider keys, no proxies). */
export function childEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "TMPDIR", "LANG"]) {
    const value = Bun.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return { ...kept, NODE_ENV: "production", BUN_CONFIG_MAX_HTTP_REQUESTS: "20000", ...more };
}

/** The command that runs a script of this package on the Bun that runs us. */
export function bunCommand(script: string, ...args: string[]): string[] {
  const quiet = ["--config=/dev/null", "--no-env-file", "--no-install"];
  return [process.execPath, ...quiet, join(projectRoot, script), ...args];
}

export interface Child {
  pid: number;
  /** The last lines it wrote, for the message when it does not start. */
  lastWords(): string;
  exited: Promise<number>;
  isRunning(): boolean;
}

/** Every process this run started, and its folder. Ends exactly those, by their handles. */
export class Children {
  readonly folder = mkdtempSync(join(tmpdir(), "nyuro-bench-"));
  private readonly running = new Set<Bun.Subprocess>();
  private count = 0;

  /** Starts a process whose output goes to a file in the run's folder. */
  start(
    command: readonly string[],
    environment: Record<string, string>,
    onLine?: (line: string) => void,
  ): Child {
    const log = join(this.folder, `${this.count++}.log`);
    const child = Bun.spawn([...command], {
      env: environment,
      cwd: this.folder,
      stdin: "ignore",
      stdout: onLine ? "pipe" : Bun.file(log),
      stderr: Bun.file(`${log}.err`),
    });
    this.running.add(child);
    void child.exited.then(() => this.running.delete(child));
    if (onLine && child.stdout instanceof ReadableStream) {
      void forEachLine(child.stdout, (line) => {
        appendFileSync(log, `${line}\n`);
        onLine(line);
      });
    }
    return {
      pid: child.pid,
      lastWords: () => [`${log}.err`, log].map(lastLines).join(" ").trim(),
      exited: child.exited,
      isRunning: () => this.running.has(child),
    };
  }

  /** SIGTERM to each, SIGKILL to those still there after five seconds; then the folder goes. */
  async stopAll(): Promise<void> {
    const all = [...this.running];
    for (const child of all) child.kill("SIGTERM");
    const giveUp = setTimeout(() => this.killAll(), 5000);
    await Promise.all(all.map((child) => child.exited));
    clearTimeout(giveUp);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** For the end of the run by a signal: there is no time to wait. */
  abandon(): void {
    this.killAll();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private killAll(): void {
    for (const child of this.running) child.kill("SIGKILL");
  }
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, "utf8").trim().split("\n").slice(-3).join(" | ").slice(-400);
  } catch {
    return "";
  }
}

async function forEachLine(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) if (line !== "") onLine(line);
  }
}

/** A port of the loopback address that was free a moment ago. */
export function freePort(): Promise<number> {
  const { promise, resolve: tell, reject } = Promise.withResolvers<number>();
  const server = createServer().once("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    server.close(() => tell(port));
  });
  return promise;
}
