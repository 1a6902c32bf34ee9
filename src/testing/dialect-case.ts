import type { Attachment, Dialect, Reading, Target } from "../providers/contract.ts";
import type { FixtureCase } from "./fixtures.ts";
import { dataOf } from "./streams.ts";

/** What a case's `expected.json` may say; what it leaves out is empty. */
export interface Expected {
  /** The body that goes upstream. */
  sent?: unknown;
  path?: string;
  dropped?: string[];
  added?: string[];
  /** The field because of which the request cannot be sent to this provider. */
  unsupported?: string;
  content?: string;
  reasoning?: string;
  refusal?: string;
  details?: unknown[];
  toolCalls?: { id: string; name: string; arguments: string }[];
  annotations?: unknown[];
  finishReason?: string | null;
  nativeFinishReason?: string | null;
  usage?: unknown;
  fault?: string;
  error?: unknown;
  /** Of a refusal; absent = the provider did not say. */
  retryAfterMs?: number;
}

/** For cases about the answer alone; a case's `target.json` replaces what it names. */
export const CASE_TARGET: Target = {
  upstreamModel: "upstream-model-1",
  quirks: {},
  takesMetadata: false,
  maxOutputTokens: 4096,
  attachments: new Map(),
};
/** How every case's answer is shown: the canonical model, and ours where the upstream gives none. */
export const SHOWN = { model: "canonical/model-1", id: "req_0000000001", createdS: 1_795_000_000 };
/** When refusals are read. */
export const READ_AT_MS = SHOWN.createdS * 1000;

export interface CaseTarget {
  target: Target;
  reading: Reading | undefined;
}

export function targetOf({ target }: Pick<FixtureCase, "target">): CaseTarget {
  const { attachments, reading, ...rest } = (target ?? {}) as Partial<Target> & {
    attachments?: Record<string, Attachment>;
    reading?: Reading;
  };
  return {
    target: { ...CASE_TARGET, ...rest, attachments: new Map(Object.entries(attachments ?? {})) },
    reading,
  };
}

/** How a case's answer is read: as its target says, else as the request demands that goes with it. */
export function readingOf(
  dialect: Dialect,
  it: Pick<FixtureCase, "target" | "request">,
): Reading | undefined {
  const { target, reading } = targetOf(it);
  if (reading || !it.request) return reading;
  const wire = dialect.encodeChat(it.request, target);
  return "unsupported" in wire ? undefined : wire.reading;
}

/** Whether the provider answered with an error's status. */
export function isRefusal({ head }: Pick<FixtureCase, "head">): boolean {
  return head !== null && (head.status < 200 || head.status > 299);
}

/** The `reasoning_details` of the first choice, in the order in which they came. */
export function detailsIn(out: string): unknown[] {
  return dataOf(out)
    .filter((it) => it !== "[DONE]")
    .flatMap((it) => JSON.parse(it).choices)
    .filter(({ index }) => index === 0)
    .flatMap(({ delta }) => delta.reasoning_details ?? []);
}

/** Streams up to 6 KB are cut everywhere. */
const MOST_CHARACTERS = 36 * 2 ** 20;

/** Where a stream is cut to show that no cut matters: everywhere, or where it would be too much work evenly spread. */
export function cutPlaces({ length }: string): number[] {
  const count = Math.min(length, Math.ceil(MOST_CHARACTERS / Math.max(1, length)));
  return Array.from({ length: count }, (_, at) => Math.floor((at * length) / count));
}
