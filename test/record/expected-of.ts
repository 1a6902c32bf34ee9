import type { Fault } from "../../src/core/faults.ts";
import type { Decoded, Dialect } from "../../src/providers/contract.ts";
import {
  detailsIn,
  type Expected,
  isRefusal,
  READ_AT_MS,
  readingOf,
  SHOWN,
  targetOf,
} from "../../src/testing/dialect-case.ts";
import type { FixtureCase } from "../../src/testing/fixtures.ts";
import { relay, type Understood, understand, understandReply } from "../../src/testing/streams.ts";

/** A case before anybody said what is expected of it. */
export type BareCase = Omit<FixtureCase, "name" | "expected">;

/** `ends`: said where the stream is complete without `[DONE]`. */
type Computed = Expected & { ends?: "finish" };

/** What our dialect makes of a case now, in the form of its `expected.json`: right only once a human has looked. */
export function expectedOf(dialect: Dialect, it: BareCase): Computed {
  return { ...sentOf(dialect, it), ...saidOf(dialect, it) };
}

function sentOf(dialect: Dialect, it: BareCase): Expected {
  if (!it.request) return {};
  const wire = dialect.encodeChat(it.request, targetOf(it).target);
  if ("unsupported" in wire) return { unsupported: wire.unsupported };
  return {
    sent: JSON.parse(wire.body),
    ...(wire.path === undefined ? {} : { path: wire.path }),
    ...(wire.dropped.length > 0 && { dropped: [...wire.dropped] }),
    ...(wire.added.length > 0 && { added: [...wire.added] }),
  };
}

function saidOf(dialect: Dialect, it: BareCase): Computed {
  const reading = readingOf(dialect, it);
  const options = { ...SHOWN, ...(reading ? { reading } : {}) };
  if (it.stream !== null) return streamed(dialect, it.stream, options);
  if (it.reply === null) return {};
  if (it.head && isRefusal(it))
    return faulty(dialect.fault(it.head.status, new Headers(it.head.headers), it.reply, READ_AT_MS));
  const decoded = dialect.decodeChat(it.reply, options);
  return "kind" in decoded ? { finishReason: null, usage: null, ...faulty(decoded) } : answered(decoded);
}

function streamed(dialect: Dialect, stream: string, options: typeof SHOWN): Computed {
  const { out, fault, reader } = relay(dialect.streamReader({ ...options, showUsage: true }), stream);
  const { usage, finishReason } = reader;
  const said = understand(out);
  if (fault) return { ...spoken(said), finishReason, usage, ...faulty(fault) };
  const details = detailsIn(out);
  return {
    ...spoken(said),
    ...(details.length > 0 && { details }),
    finishReason,
    usage,
    ...(!said.isDone && { ends: "finish" as const }),
  };
}

function answered({ text, usage, finishReason }: Decoded): Expected {
  const reply = JSON.parse(text);
  const [{ message, native_finish_reason: native }] = reply.choices;
  const { reasoning_details: details = [], annotations = [] } = message;
  return {
    ...spoken(understandReply(reply)),
    ...(details.length > 0 && { details }),
    ...(annotations?.length > 0 && { annotations }),
    finishReason,
    ...(typeof native === "string" && { nativeFinishReason: native }),
    usage,
  };
}

function spoken({ content, reasoning, refusal, toolCalls }: Understood): Expected {
  return {
    ...(content !== "" && { content }),
    ...(reasoning !== "" && { reasoning }),
    ...(refusal !== "" && { refusal }),
    ...(toolCalls.length > 0 && { toolCalls }),
  };
}

function faulty({ kind, error, retryAfterMs }: Fault): Expected {
  return { fault: kind, ...(error && { error }), ...(retryAfterMs !== null && { retryAfterMs }) };
}
