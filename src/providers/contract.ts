import type { Capability, Deprecation, Price } from "../core/deployment.ts";
import type { Fault } from "../core/faults.ts";
import type { JsonObject } from "../core/json.ts";
import type { Usage } from "../core/usage.ts";
import type { ContentTally } from "./content-tally.ts";

export type Operation = "chat" | "embeddings" | "models";
export type DialectId = "openai" | "anthropic" | "gemini" | "ollama" | "bedrock";

/** How a provider wants to be greeted. The credential itself comes from the config, never from a preset. */
export type Auth =
  | { kind: "none" }
  | { kind: "bearer" }
  | { kind: "header"; name: string }
  | { kind: "query"; name: string }
  /** Each call is signed or carries a token that is fetched and renewed: see `Credentials`. */
  | { kind: "credentials" };

/** A key pair of AWS IAM; the token is null where the pair does not expire. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | null;
}

/** What code needs to put a credential on a call, where a key alone is not enough. */
export type Credentials =
  /** Signature Version 4; a profile is looked up in AWS's shared files. */
  | { kind: "aws"; region: string; source: AwsKeys | { profile: string } }
  /** A service account's token; the file is the JSON key that Google hands out. */
  | { kind: "google"; credentialsFile: string }
  /** A token of Microsoft Entra ID, by client credentials. */
  | { kind: "entra"; tenantId: string; clientId: string; clientSecret: string };

/** Fields of an earlier answer that carry its reasoning, or what its provider wants back with a tool call. */
export type ReplayField = "reasoning_content" | "reasoning" | "reasoning_details" | "extra_content";

/** How models of one provider differ from its others. */
export interface ModelQuirks {
  /** Their names upstream. */
  models: RegExp;
  /** As in `Quirks`. */
  rename?: Readonly<Record<string, string>>;
  /** Top-level fields that cannot be changed, with the value they have: such a field goes, and is named if it says another. */
  fixed?: Readonly<Record<string, unknown>>;
}

/** The closed list of ways an almost-compatible API differs. Add one only when three providers need it. */
export interface Quirks {
  /** Top-level request fields that go by another name: `{ max_completion_tokens: "max_tokens" }`. */
  rename?: Readonly<Record<string, string>>;
  /** Top-level request fields the provider refuses; each one dropped is named in a header. */
  drop?: readonly string[];
  /**
   * Values of top-level fields that go by another name: `{ tool_choice: { required: "any" } }`. Null = the provider
   * has no such value: the field is dropped and named.
   */
  values?: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  /**
   * Top-level fields that change what the answer means and that the provider refuses or ignores: the candidate is
   * skipped. A list names the values (of an object its `type`), `true` means all but those that ask for nothing.
   */
  refuse?: Readonly<Record<string, true | readonly string[]>>;
  /** What is different with some of its models; every row that fits counts. */
  byModel?: readonly ModelQuirks[];
  /** Roles of messages that go by another name: `{ developer: "system" }`. */
  roles?: Readonly<Record<string, string>>;
  /** All the fields a message may have, where unknown ones are refused; `replay` is allowed besides. */
  messageFields?: readonly string[];
  /**
   * What the provider wants back of earlier answers; the rest is left out and named. Text under one name of reasoning
   * is sent under the other where only that is wanted. Absent = nothing.
   */
  replay?: readonly ReplayField[];
  /** Earlier answers of a conversation with tool calls need reasoning: a space stands in where there is none. */
  needsReasoning?: true;
  /** What tool call ids must look like; others are mapped, the same id always to the same. */
  toolCallIds?: "nine-alphanumerics" | "at-most-40";
  /** Images come only as data, never by URL. */
  inlineImages?: true;
  /** Texts are embedded by `:predict` (Vertex) instead of `:batchEmbedContents`. */
  embeddings?: "predict";
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
  /** What the config's `auth` may hold instead of a key; absent = nothing. */
  login?: Credentials["kind"];
  /** Absent = not offered; a model list that is absent is never asked for. */
  paths: Partial<Record<Operation, string>>;
  /** Environment variable of the key; null for servers that need none. */
  keyEnv: string | null;
  /** Further variables of the key, for when that one is not set. */
  otherKeyEnvs?: readonly string[];
  /** Variables that fill slots of the address, by slot, in order. */
  slotEnvs?: Readonly<Record<string, readonly string[]>>;
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
  /** Most inputs of one call for embeddings; what has more is sent in several. Absent = no limit is known. */
  embeddingBatch?: number;
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
  /** Set exactly where `auth` is of the kind `credentials`. */
  credentials: Credentials | null;
  /** Absent = not offered, whatever path the dialect writes. */
  paths: Partial<Record<Operation, string>>;
  headers: Readonly<Record<string, string>>;
  /** Appended to every path: Azure's `api-version`. */
  query: Readonly<Record<string, string>>;
  quirks: Quirks;
  local: boolean;
  takesMetadata: boolean;
  /** Most inputs of one call for embeddings; absent = no limit is known. */
  embeddingBatch?: number;
  timeouts: Timeouts;
}

/** What the dialect is asked to write for. */
export interface Target {
  upstreamModel: string;
  quirks: Quirks;
  takesMetadata: boolean;
  /** Tokens the model can write at most; null = not known. */
  maxOutputTokens: number | null;
  /** Tokens of prompt and answer that the operator wants the model run with; absent = the server's own default. */
  declaredContext?: number;
  /** What the request refers to by URL and the gateway fetched, by URL; empty where the provider takes URLs itself. */
  attachments: ReadonlyMap<string, Attachment>;
}

/** A file behind a URL of the request. */
export interface Attachment {
  /** `image/png`, without parameters. */
  mediaType: string;
  base64: string;
}

/** Why a request cannot be written for a target without changing what it means: the candidate is skipped. */
export interface Unsupported {
  /** The field of the request: `messages[1].content[0]`, `n`. */
  unsupported: string;
  /** A sentence for the caller. */
  why: string;
}

/** How an answer must be read because of what was sent instead of what was asked. */
export interface Reading {
  /** The call of this tool is the answer's text: it stands in for a JSON schema. */
  toolAsContent?: string;
  /**
   * The answer's text is a tool call in JSON: it stands in for a forced tool. A null name: `{name, arguments}`.
   * `among` are the names that can be called; anything else is text.
   */
  contentAsTool?: { name: string | null; among?: readonly string[] };
  /** The caller wants none of the reasoning, and the provider cannot be told. */
  hideReasoning?: true;
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
  /** Absent = the answer is what it looks like. */
  reading?: Reading;
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
  readonly content: Readonly<ContentTally>;
}

export interface DecodeOptions {
  /** The canonical model id to show. */
  model: string;
  /** Our request's id, for answers and tool calls whose upstream gives none. */
  id: string;
  /** Unix seconds, for answers whose upstream gives none. */
  createdS: number;
  /** From the `WireRequest`. */
  reading?: Reading;
  /** Adds `usage.cost` (OpenRouter); absent = not asked for, returns null = price unknown. */
  costOf?: (usage: Usage) => number | null;
}

export interface StreamOptions extends DecodeOptions {
  /** Whether the client asked for usage in the stream. */
  showUsage: boolean;
}

/** A model as the provider's own list shows it; null = not told. */
export interface ListedModel {
  id: string;
  contextLength: number | null;
  maxOutputTokens: number | null;
  capabilities: readonly Capability[] | null;
  /** Those of which the list says nothing, beside those the model has; absent = it speaks of all. */
  untoldCapabilities?: readonly Capability[];
  kind: "chat" | "embedding" | null;
  price: Omit<Price, "source" | "asOf"> | null;
  /** Absent as well where it is not told. */
  deprecation?: Deprecation | null;
}

/** A wire language. Pure: no network, no clock, no log, no mutation of its input. */
export interface Dialect {
  id: DialectId;
  /** URLs in the request that the provider would not fetch itself, so that the gateway must; absent = it takes them all. */
  urlsToFetch?(body: Readonly<JsonObject>, target: Target): readonly string[];
  encodeChat(body: Readonly<JsonObject>, target: Target): WireRequest | Unsupported;
  decodeChat(text: string, options: DecodeOptions): Decoded | Fault;
  streamReader(options: StreamOptions): StreamReader;
  encodeEmbeddings(body: Readonly<JsonObject>, target: Target): WireRequest | Unsupported;
  decodeEmbeddings(text: string, options: DecodeOptions & { encoding: "float" | "base64" }): Decoded | Fault;
  /** The provider's models, or null where the text is no well-formed list. */
  decodeModels(text: string): ListedModel[] | null;
  /** Types a reply that is no success. */
  fault(status: number, headers: Headers, body: string, nowMs: number): Fault;
}
