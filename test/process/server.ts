import { Database } from "bun:sqlite";
import { afterAll } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HoldJournal } from "../../src/store/hold-journal.ts";
import type { HoldRecord } from "../../src/store/hold-record.ts";

/** The gateway as an operator starts it: a process of its own, spoken to by HTTP and signals, read by its output. */

export const root = join(import.meta.dir, "..", "..");
/** Becomes the first key of every started server, unless a test says otherwise. */
export const KEY = `neu_live_${"ofTheProcessTests".repeat(3)}`;
export const UPSTREAM_SECRET = "sk-upstream-secret-of-the-process-tests";
export const PROMPT = "a prompt about zebras and quartz";
/** What no output of any server may hold. */
const SECRETS = [KEY, UPSTREAM_SECRET, PROMPT];

const scratch = mkdtempSync(join(tmpdir(), "nyuro-process-"));
const started = new Set<ServerProcess>();
let folders = 0;

/** Ends what a failed test left, and reads what every server said. */
afterAll(async () => {
  await Promise.all([...started].map((server) => server.kill()));
  rmSync(scratch, { recursive: true, force: true });
});

/** A fresh folder that goes with the test file. */
export function freshFolder(): string {
  const folder = join(scratch, String(++folders));
  mkdirSync(folder, { recursive: true });
  return folder;
}

export interface ServerOptions {
  /** Written as the config file; text as it is. Absent = no file. */
  config?: object | string;
  /** Default: a fresh one. */
  folder?: string;
  /** Added to a bare environment. */
  env?: Record<string, string>;
  /** Default: the launcher. */
  command?: readonly string[];
}

/** Starts a server and waits for its banner; throws what it said if it ends instead. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const server = new ServerProcess(options);
  await server.until(/Try it:[\s\S]*\n {4}curl .*\n/);
  return server;
}

export interface KeptRow {
  sequence: number;
  model: string | null;
  status: string;
  stream: number;
  usage_source: string;
  cost_nano_usd: number | null;
}

export class ServerProcess {
  readonly folder: string;
  readonly dataDir: string;
  readonly configPath: string;
  out = "";
  err = "";
  private readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  private readonly heard: Promise<unknown>;
  private readonly looks = new Set<() => void>();
  private isOver = false;

  constructor({ config, folder = freshFolder(), env = {}, command }: ServerOptions = {}) {
    this.folder = folder;
    this.dataDir = join(folder, "data");
    this.configPath = join(folder, "nyuro.json");
    if (config !== undefined) this.writeConfig(config);
    const { PATH = "", HOME = "/", TMPDIR = "/tmp" } = process.env;
    this.child = Bun.spawn([...(command ?? ["sh", join(root, "bin", "nyuro"), "serve"])], {
      cwd: command ? root : folder,
      env: {
        PATH,
        HOME,
        TMPDIR,
        NYURO_PORT: "0",
        NYURO_DATA_DIR: this.dataDir,
        NYURO_BOOTSTRAP_KEY: KEY,
        ...(config === undefined ? {} : { NYURO_CONFIG: this.configPath }),
        ...env,
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    started.add(this);
    this.heard = Promise.all([
      this.listenTo(this.child.stdout, (text) => {
        this.out += text;
      }),
      this.listenTo(this.child.stderr, (text) => {
        this.err += text;
      }),
    ]).then(() => {
      this.isOver = true;
      this.lookAll();
    });
  }

  get pid(): number {
    return this.child.pid;
  }

  /** As the banner tells it. */
  get url(): string {
    return /ready at (\S+)/.exec(this.out)?.[1] ?? "";
  }

  writeConfig(config: object | string): void {
    writeFileSync(this.configPath, typeof config === "string" ? config : JSON.stringify(config, null, 2));
  }

  /** Resolves once the output matches `times` times; rejects with the output if the process ends before. */
  until(pattern: RegExp, times = 1): Promise<void> {
    const all = new RegExp(pattern.source, "g");
    return new Promise((resolve, reject) => {
      const look = () => {
        if ([...`${this.out}\n${this.err}`.matchAll(all)].length >= times) resolve();
        else if (this.isOver) reject(new Error(`ended without ${pattern}: ${this.out}${this.err}`));
        else return;
        this.looks.delete(look);
      };
      this.looks.add(look);
      look();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** The exit code, once all it said was read; throws where that holds a secret. */
  async ended(): Promise<number> {
    const code = await this.child.exited;
    await this.heard;
    started.delete(this);
    for (const secret of SECRETS) {
      if (`${this.out}${this.err}`.includes(secret)) throw new Error(`the output holds ${secret}`);
    }
    return code;
  }

  stop(): Promise<number> {
    this.signal("SIGTERM");
    return this.ended();
  }

  kill(): Promise<number> {
    this.signal("SIGKILL");
    return this.ended();
  }

  get(path: string, key: string | null = KEY): Promise<Response> {
    return fetch(this.url + path, { headers: key === null ? {} : { authorization: `Bearer ${key}` } });
  }

  /** Ids of what the first key may use. */
  async modelIds(): Promise<string[]> {
    const { data } = JSON.parse(await (await this.get("/v1/models")).text());
    return data.map(({ id }: { id: string }) => id);
  }

  chat(model: string, more: object = {}, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: PROMPT }], ...more }),
      ...init,
    });
  }

  /** The ledger, read beside the server or after it. */
  rows(): KeptRow[] {
    return this.select<KeptRow>(
      "SELECT sequence, model, status, stream, usage_source, cost_nano_usd FROM requests ORDER BY sequence",
    );
  }

  /** What a server that started now would find held, the same way. */
  holds(): readonly HoldRecord[] {
    return new HoldJournal({ folder: this.dataDir, sync: "normal" }).left;
  }

  private select<Row>(sql: string): Row[] {
    const db = new Database(join(this.dataDir, "nyuro.db"), { readonly: true });
    try {
      return db.query<Row, []>(sql).all();
    } finally {
      db.close();
    }
  }

  private async listenTo(stream: ReadableStream<Uint8Array>, hear: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      hear(decoder.decode(bytes, { stream: true }));
      this.lookAll();
    }
  }

  private lookAll(): void {
    for (const look of this.looks) look();
  }
}

/** A provider entry for the config file: a server on this machine with these models. */
export function providerEntry(
  id: string,
  baseUrl: string,
  models: readonly string[],
  more: object = {},
): object {
  return {
    id,
    dialect: "openai",
    base_url: baseUrl,
    api_key: UPSTREAM_SECRET,
    local: true,
    models: models.map((model) => ({ id: model })),
    ...more,
  };
}

export interface OpenReply {
  /** What had come when the stream was first read. */
  first: string;
  /** All of it, once it has ended; rejects where it is cut. */
  rest(): Promise<string>;
}

/** Asks for a stream and waits for its first bytes. */
export async function openStream(server: ServerProcess, model: string): Promise<OpenReply> {
  const response = await server.chat(model, { stream: true });
  const reader = response.body?.getReader();
  if (response.status !== 200 || !reader) throw new Error(`${response.status} ${await response.text()}`);
  const read = async () => Buffer.from((await reader.read()).value ?? []).toString();
  const first = await read();
  const rest = async () => {
    let text = first;
    for (;;) {
      const piece = await read();
      if (piece === "") return text;
      text += piece;
    }
  };
  return { first, rest };
}
