import { isObject, type JsonObject, parseJson } from "../core/json.ts";

const DEFAULT_URL = "http://127.0.0.1:4210";
const TIMEOUT_MS = 30_000;

export type ApiAnswer = { body: JsonObject } | { problem: string };
export type TextAnswer = { text: string } | { problem: string };
/** Absent and null values are left out. */
export type Query = Readonly<Record<string, string | number | null | undefined>>;

export interface ApiOptions {
  /** NYURO_URL; null = the default port on this machine. */
  url: string | null;
  /** NYURO_API_KEY. */
  apiKey: string | null;
}

interface Sent {
  type: string;
  text: string;
}

interface Reply {
  status: number;
  text: string;
}

function isOk(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The management API as a command sees it: an answer, or one sentence. The only caller of `fetch` in the CLI. */
export class Api {
  private readonly base: URL | null;
  private readonly apiKey: string | null;

  constructor({ url, apiKey }: ApiOptions) {
    this.base = baseOf(url ?? DEFAULT_URL);
    this.apiKey = apiKey;
  }

  /** Where it asks, without anything secret the address may hold. */
  get origin(): string {
    return this.base?.origin ?? "an address that cannot be read";
  }

  get(path: string, query: Query = {}): Promise<ApiAnswer> {
    return this.askJson("GET", path, query);
  }

  /** What is no JSON: a table. */
  async getText(path: string, query: Query = {}): Promise<TextAnswer> {
    const reply = await this.ask("GET", path, query);
    if ("problem" in reply) return reply;
    return isOk(reply.status) ? { text: reply.text } : this.refused(reply);
  }

  send(method: "POST" | "PATCH" | "DELETE", path: string, body?: JsonObject): Promise<ApiAnswer> {
    const sent = body === undefined ? undefined : { type: "application/json", text: JSON.stringify(body) };
    return this.askJson(method, path, {}, sent);
  }

  /** Sends a table. */
  sendCsv(path: string, query: Query, text: string): Promise<ApiAnswer> {
    return this.askJson("POST", path, query, { type: "text/csv", text });
  }

  /** True if a Nyuro answers at that address, whoever asks. */
  async isAlive(url: string): Promise<boolean> {
    try {
      const reply = await fetch(`${url}/healthz`, {
        redirect: "manual",
        signal: AbortSignal.timeout(2_000),
      });
      const body = parseJson(await reply.text());
      return reply.status === 200 && isObject(body) && body.status === "ok";
    } catch {
      return false;
    }
  }

  private async askJson(method: string, path: string, query: Query, body?: Sent): Promise<ApiAnswer> {
    const reply = await this.ask(method, path, query, body);
    if ("problem" in reply) return reply;
    const answer = parseJson(reply.text);
    return isOk(reply.status) && isObject(answer) ? { body: answer } : this.refused(reply);
  }

  private async ask(
    method: string,
    path: string,
    query: Query,
    body?: Sent,
  ): Promise<Reply | { problem: string }> {
    if (!this.base) return { problem: "NYURO_URL is not an http or https address." };
    if (this.apiKey === null) return { problem: "NYURO_API_KEY is not set; it holds the key to ask with." };
    const url = new URL(`${this.base.pathname}api/v1${path}`, this.base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== null && value !== undefined) url.searchParams.set(name, String(value));
    }
    try {
      const reply = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          "content-type": body?.type ?? "application/json",
        },
        body: body?.text,
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: reply.status, text: await reply.text() };
    } catch (error) {
      return { problem: this.unreachable(error) };
    }
  }

  private refused({ status, text }: Reply): { problem: string } {
    const body = parseJson(text);
    const error = isObject(body) && isObject(body.error) ? body.error : null;
    if (isOk(status) || error === null || typeof error.message !== "string")
      return {
        problem: `What answers at ${this.origin} is not Nyuro (status ${status}); is NYURO_URL right?`,
      };
    if (status === 401) return { problem: `The key in NYURO_API_KEY is not valid at ${this.origin}.` };
    if (status === 403) return { problem: `The key in NYURO_API_KEY may not do this: ${error.message}` };
    return { problem: error.message };
  }

  private unreachable(error: unknown): string {
    if (error instanceof Error && error.name === "TimeoutError")
      return `The server at ${this.origin} did not answer within ${TIMEOUT_MS / 1000} s.`;
    return `No server answers at ${this.origin}; start it with \`nyuro serve\`, or set NYURO_URL.`;
  }
}

/** What people paste as the address may be a client's base URL, with its `/v1`. */
function baseOf(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/(\/api)?\/v1$/, "")}/`;
  return url;
}
