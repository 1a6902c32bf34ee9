import { join } from "node:path";
import { freePort } from "../../bench/targets/children.ts";
import type { Toolchain } from "./toolchain.ts";

/** What the server calls its one model. */
export const MODEL = "gemma-3-270m";

/** A real inference server as a process of its own, always at the same port of loopback. */
export class InferenceServer {
  private readonly toolchain: Toolchain;
  private readonly port: number;
  private child: Bun.Subprocess<"pipe", "pipe", "pipe"> | null = null;

  private constructor(toolchain: Toolchain, port: number) {
    this.toolchain = toolchain;
    this.port = port;
  }

  /** Resolves once it has loaded the model and listens. */
  static async start(toolchain: Toolchain): Promise<InferenceServer> {
    const server = new InferenceServer(toolchain, await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Again after `kill`. Throws what it said where it ends instead. */
  async start(): Promise<void> {
    const { python, model } = this.toolchain;
    const script = join(import.meta.dir, "serve.py");
    const template = join(import.meta.dir, "chat-template.jinja");
    const command = [python, script, model, template, String(this.port)];
    this.child = Bun.spawn(command, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: "1" },
    });
    // Read to its end, else the server stops where the pipe is full.
    const errors = this.child.stderr.text();
    if (!(await says(this.child.stdout, "listening at")))
      throw new Error(`the inference server ended: ${(await errors).slice(-2_000)}`);
  }

  /** At once, as when a machine fails; nothing to do where it does not run. */
  async kill(): Promise<void> {
    this.child?.kill("SIGKILL");
    await this.child?.exited;
    this.child = null;
  }
}

/** Whether the words come before the end; what comes behind them is read and forgotten. */
async function says(stream: ReadableStream<Uint8Array>, words: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const listen = async () => {
    let heard = "";
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      heard = (heard + decoder.decode(bytes, { stream: true })).slice(-10_000);
      if (heard.includes(words)) resolve(true);
    }
    resolve(false);
  };
  listen();
  return promise;
}
