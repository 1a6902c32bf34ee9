import type { Fault } from "../core/faults.ts";
import type { JsonObject } from "../core/json.ts";
import type { Usage } from "../core/usage.ts";

export type Operation = "chat" | "embeddings" | "models";
export type DialectId = "openai";

/** How a provider wants to be greeted. The credential itself comes from the config, never from a preset. */
export type Auth =
  | { kind: "none" }
  | { kind: "bearer" }
  | { kind: "header"; name: string }
  | { kind: "query"; name: string };

/** The closed list of ways an almost-compatible API differs. Add one only when three providers need it. */
export interface Quirks {
  /** Top-level request fields that go by another name: `{ max_completion_tokens: "max_tokens" }`. */
  rename?: Readonly<Record<string, string>>;
  /** Top-level request fields the provider refuses; each one dropped is named in a header. */
  drop?: readonly string[];
  /** How usage arrives in streams: asked for by `stream_options` (default), always, or never. */
  streamUsage?: "on-request" | "always" | "never";
}

/** Where a provider lives and how it wants to be greeted. Data only; a preset is one of these and nothing more. */
export interface Preset {
  id: string;
  name: string;
  /** The provider's own documentation of its API. */
  docs: string;
  dialect: DialectId;
  /** May hold `{slots}` that the config's `auth` fills. */
  baseUrl: string;
  auth: Auth;
  /** Absent = not offered; a model list that is absent is never asked for. */
  paths: Partial<Record<Operation, string>>;
  /** Environment variable of the key; null for servers that need none. */
  keyEnv: string | null;
  /** On the user's own infrastructure: costs 0, may be on loopback, its models are discovered. */
  local: boolean;
  /** Loopback port probed when nothing is configured; only for local servers. */
  port?: number;
  headers?: Readonly<Record<string, string>>;
  quirks?: Quirks;
  /** Its id in the price data; absent = the same as `id`; null = not in it. */
  priceId?: string | null;
  /** Whether the provider accepts the request's `metadata`. */
  takesMetadata?: boolean;
}

export interface Timeouts {
  connectMs: number;
  firstContentMs: number;
  idleMs: number;
  totalMs: number;
}

/** A provider ready to be called: a preset with its config filled in. Immutable; replaced with its snapshot. */
export interface Provider {
  id: string;
  presetId: string | null;
  dialect: DialectId;
  /** Without a trailing slash: `https://api.openai.com/v1`. */
  baseUrl: string;
  auth: Auth;
  /** null = none is sent. */
  apiKey: string | null;
  paths: Partial<Record<Operation, string>>;
  headers: Readonly<Record<string, string>>;
  /** Appended to every path: Azure's `api-version`. */
  query: Readonly<Record<string, string>>;
  quirks: Quirks;
  local: boolean;
  takesMetadata: boolean;
  timeouts: Timeouts;
}

/** What the dialect is asked to write for. */
export interface Target {
  upstreamModel: string;
  quirks: Quirks;
  takesMetadata: boolean;
}

/** One HTTP call as a dialect writes it: no address, no credential. */
export interface WireRequest {
  operation: Operation;
  /** Replaces the provider's path for the operation where the model is part of the URL. */
  path?: string;
  body: string;
  /** Request fields left out because the target has no equivalent. */
  dropped: readonly string[];
  /** Request fields put in by us. */
  added: readonly string[];
}

/** A whole answer, decoded. */
export interface Decoded {
  /** The JSON text for the client, `model` already the canonical one. */
  text: string;
  usage: Usage | null;
  finishReason: string | null;
  /** Approximate UTF-8 bytes of generated text, to count by when usage was not told. */
  contentBytes: number;
}

/** What reading a piece of a stream found. */
export interface Piece {
  /** Bytes as latin1 text, ready for the client; may be empty. */
  out: string;
  /** Set once: the stream said it failed; nothing after it counts. */
  fault: Fault | null;
}

/** Reads one stream; holds that stream's state and nothing else. */
export interface StreamReader {
  /** Latin1 text of the bytes as they came, cut anywhere. */
  read(latin1: string): Piece;
  /** The upstream ended: what is still owed, or the fault that it stopped mid-answer. */
  close(): Piece;
  /** True from the first text, reasoning, refusal or tool delta on. */
  readonly hasContent: boolean;
  /** The event that ends the stream for the client, set once the upstream sent its own end; it is never in `out`. */
  readonly doneEvent: string | null;
  readonly eventCount: number;
  readonly usage: Usage | null;
  readonly finishReason: string | null;
  readonly contentBytes: number;
}

export interface StreamOptions {
  /** The canonical model id to show. */
  model: string;
  /** Whether the client asked for usage in the stream. */
  showUsage: boolean;
  /** Adds `usage.cost` (OpenRouter); absent = not asked for, returns null = price unknown. */
  costOf?: (usage: Usage) => number | null;
}

export interface DecodeOptions {
  model: string;
  costOf?: (usage: Usage) => number | null;
}

/** A wire language. Pure: no network, no clock, no log, no mutation of its input. */
export interface Dialect {
  id: DialectId;
  encodeChat(body: Readonly<JsonObject>, target: Target): WireRequest;
  decodeChat(text: string, options: DecodeOptions): Decoded | Fault;
  streamReader(options: StreamOptions): StreamReader;
  encodeEmbeddings(body: Readonly<JsonObject>, target: Target): WireRequest;
  decodeEmbeddings(text: string, options: DecodeOptions & { encoding: "float" | "base64" }): Decoded | Fault;
  /** Model ids of the provider's list, or null where the text is no well-formed list. */
  decodeModels(text: string): string[] | null;
  /** Types a reply that is no success. */
  fault(status: number, headers: Headers, body: string, nowMs: number): Fault;
}
