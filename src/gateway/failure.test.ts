import { expect, test } from "bun:test";
import { type FaultKind, fault } from "../core/faults.ts";
import { deployment } from "../testing/catalog.ts";
import { testProvider } from "../testing/gateway.ts";
import { newOutcome, type Outcome, type Tried } from "./attempt.ts";
import { failureOf } from "./failure.ts";
import type { Snapshot } from "./gateway.ts";

const provider = testProvider("p", "http://127.0.0.1:1/v1");
const snapshot = { upstreams: new Map([["p", { provider }]]) } as unknown as Snapshot;

function tried(kind: FaultKind, status: number | null, code: string | null = null): Tried {
  const error = { message: "told", type: null, param: "x", code };
  return {
    candidate: { deployment: deployment("p/m"), reason: "alias", rest: null },
    record: { provider: "p", model: "m", outcome: kind, ms: 1 },
    fault: fault(kind, "cause", { status, error }),
    usage: null,
    heard: status !== null,
  };
}

function told(...all: Tried[]) {
  const outcome: Outcome = { ...newOutcome(), tried: all, calls: all.length };
  const { status, code } = failureOf(outcome, snapshot);
  return [status, code];
}

test.each([
  [[tried("bad_request", 400, "unknown_parameter")], 400, "unknown_parameter"],
  [[tried("bad_request", 422)], 422, "invalid_request"],
  [[tried("bad_request", 400, "400")], 400, "invalid_request"],
  [[tried("context_too_long", 400, "400")], 400, "context_length_exceeded"],
  [[tried("unsupported", null, "unsupported_parameter")], 400, "unsupported_parameter"],
  [[tried("unsupported", null, "a"), tried("unsupported", null, "b")], 400, "b"],
  [[tried("overloaded", 503), tried("unsupported", null)], 503, "all_candidates_failed"],
  [[tried("unsupported", null), tried("overloaded", 503)], 503, "all_candidates_failed"],
  [[tried("rate_limited", 429), tried("unsupported", null)], 429, "all_candidates_failed"],
  [[tried("overloaded", 503), tried("bad_request", 400)], 400, "invalid_request"],
])("what the client is told where nobody answered, case %#", (all, status, code) =>
  expect(told(...all)).toEqual([status, code]));
