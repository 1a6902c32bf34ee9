import { createServer, type Server, type Socket } from "node:net";

/** One request as the upstream received it. */
export interface UpstreamRequest {
  method: string;
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body's text, and parsed where it is JSON. */
  text: string;
  body: Record<string, unknown>;
  /** Resolves when the connection it came on is closed. */
  closed: Promise<void>;
}

/** Writes one answer, byte by byte if need be. */
export interface Answer {
  /** A whole answer with a length, JSON unless a string is given. */
  json(status: number, body: unknown, headers?: Record<string, string>): void;
  /** Head of a chunked event stream. */
  startStream(headers?: Record<string, string>): void;
  /** One piece of a chunked body. */
  chunk(text: string | Uint8Array): void;
  /** Ends a chunked body properly. */
  endStream(): void;
  /** Bytes as they are, no framing. */
  raw(text: string | Uint8Array): void;
  /** Resolves when everything written was handed to the system, or the connection is gone. */
  drained(): Promise<void>;
  /** FIN without ending the answer. */
  cut(): void;
  /** RST. */
  reset(): void;
}

export type Script = (request: UpstreamRequest, answer: Answer) => void | Promise<void>;

/**
 * An upstream that does exactly what a test says, down to the bytes, and keeps count of what it saw. Scripts are
 * chosen by the model the request names; `*` serves the rest.
 */
export class ScriptedUpstream {
  readonly requests: UpstreamRequest[] = [];
  private readonly scripts = new Map<string, Script>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  /** Connections accepted so far. */
  accepted = 0;

  private constructor() {
    this.server = createServer({ noDelay: true }, (socket) => this.serve(socket));
  }

  static async start(): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream();
    await new Promise<void>((ready) => upstream.server.listen(0, "127.0.0.1", ready));
    return upstream;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  /** `http://127.0.0.1:<port>/v1` */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  on(model: string, script: Script): this {
    this.scripts.set(model, script);
    return this;
  }

  requestsFor(model: string): UpstreamRequest[] {
    return this.requests.filter(({ body }) => body.model === model);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((done) => this.server.close(() => done()));
  }

  private serve(socket: Socket): void {
    this.accepted += 1;
    this.sockets.add(socket);
    let left: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      left = resolve;
    });
    socket.on("close", () => {
      this.sockets.delete(socket);
      left();
    });
    socket.on("error", () => {});
    let received = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const parsed = parseRequest(received, closed);
      if (!parsed) return;
      received = received.subarray(parsed.size);
      this.requests.push(parsed.request);
      const script =
        this.scripts.get(String(parsed.request.body.model)) ?? this.scripts.get("*") ?? unknownModel;
      void script(parsed.request, answerOn(socket));
    });
  }
}

const unknownModel: Script = (request, answer) =>
  answer.json(404, {
    error: {
      message: `no script for ${request.path}`,
      type: "invalid_request_error",
      param: null,
      code: "model_not_found",
    },
  });

function parseRequest(
  received: Buffer,
  closed: Promise<void>,
): { request: UpstreamRequest; size: number } | null {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [start = "", ...lines] = received.subarray(0, headEnd).toString("latin1").split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const size = headEnd + 4 + Number(headers["content-length"] ?? 0);
  if (received.length < size) return null;
  const text = received.subarray(headEnd + 4, size).toString("utf8");
  const [method = "", path = ""] = start.split(" ");
  return { request: { method, path, headers, text, body: parsedBody(text), closed }, size };
}

function parsedBody(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function answerOn(socket: Socket): Answer {
  const write = (text: string | Uint8Array) => {
    if (!socket.destroyed) socket.write(text);
  };
  const head = (status: number, headers: Record<string, string>) =>
    `HTTP/1.1 ${status} X\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("")}\r\n`;
  return {
    json(status, body, headers = {}) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const length = String(Buffer.byteLength(text));
      write(
        head(status, { "content-type": "application/json", "content-length": length, ...headers }) + text,
      );
    },
    startStream(headers = {}) {
      write(head(200, { "content-type": "text/event-stream", "transfer-encoding": "chunked", ...headers }));
    },
    chunk(text) {
      const bytes = Buffer.from(text as string);
      if (bytes.length > 0)
        write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]));
    },
    endStream: () => write("0\r\n\r\n"),
    raw: write,
    drained: () =>
      new Promise((resolve) => {
        if (socket.destroyed || socket.writableLength === 0) return resolve();
        const done = () => {
          socket.off("drain", done);
          socket.off("close", done);
          resolve();
        };
        socket.on("drain", done);
        socket.on("close", done);
      }),
    cut: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  };
}
