import type { LedgerRow } from "../ledger/row.ts";

/** A plausible answered request for tests, with whatever the test is about put over it. */
export function sampleRow(changes: Partial<LedgerRow> & { sequence: number }): LedgerRow {
  return {
    timeMs: 1_800_000_000_000,
    orgId: "org_default",
    keyId: "key_00000000000000000000",
    operation: "chat",
    requestedModel: "fast",
    model: "gpt-4o-mini",
    provider: "openai",
    upstreamModel: "gpt-4o-mini-2024-07-18",
    status: "ok",
    httpStatus: 200,
    errorCode: null,
    stream: true,
    usage: { input: 1200, cachedRead: 300, cacheWrite: 0, output: 250, reasoning: 64 },
    usageSource: "provider",
    price: '{"input":150000000,"output":600000000,"cachedInput":75000000,"source":"genai-prices"}',
    costNanoUsd: 390_900,
    latencyMs: 812.25,
    ttftMs: 201.5,
    fallbackUsed: false,
    cache: "none",
    industry: null,
    task: null,
    routeReason: "alias",
    attempts: [{ provider: "openai", model: "gpt-4o-mini", outcome: "ok", ms: 812, status: 200 }],
    decision: '{"chain":["openai/gpt-4o-mini"],"catalog":"c1"}',
    ...changes,
  };
}
