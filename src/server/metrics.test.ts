import { expect, test } from "bun:test";
import { sampleRow } from "../testing/ledger-row.ts";
import { createMetrics } from "./metrics.ts";

/** Lines of our own metrics, comments left out. */
async function lines(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  const { body } = await metrics.render();
  return body.split("\n").filter((line) => line.startsWith(name));
}

test("each request is counted by model, provider and status, each attempt by outcome", async () => {
  const metrics = createMetrics({ openRequests: () => 7 });
  metrics.observe(sampleRow({ sequence: 1 }));
  metrics.observe(sampleRow({ sequence: 2 }));
  metrics.observe(
    sampleRow({
      sequence: 3,
      provider: "groq",
      attempts: [
        { provider: "openai", model: "m", outcome: "rate_limited", ms: 1 },
        { provider: "groq", model: "m", outcome: "ok", ms: 1 },
      ],
    }),
  );
  expect(await lines(metrics, "nyuro_requests_total")).toEqual([
    'nyuro_requests_total{model="gpt-4o-mini",provider="openai",status="ok"} 2',
    'nyuro_requests_total{model="gpt-4o-mini",provider="groq",status="ok"} 1',
  ]);
  expect(await lines(metrics, "nyuro_attempts_total")).toEqual([
    'nyuro_attempts_total{provider="openai",outcome="ok"} 2',
    'nyuro_attempts_total{provider="openai",outcome="rate_limited"} 1',
    'nyuro_attempts_total{provider="groq",outcome="ok"} 1',
  ]);
  expect(await lines(metrics, "nyuro_open_requests")).toEqual(["nyuro_open_requests 7"]);
});

test("tokens are counted in kinds that sum, cost in USD, times in seconds", async () => {
  const metrics = createMetrics({ openRequests: () => 0 });
  for (let sequence = 1; sequence <= 3; sequence++)
    metrics.observe(sampleRow({ sequence, latencyMs: 800, ttftMs: 150 }));
  expect(await lines(metrics, "nyuro_tokens_total")).toEqual([
    'nyuro_tokens_total{kind="input"} 3600',
    'nyuro_tokens_total{kind="cached_read"} 900',
    'nyuro_tokens_total{kind="cache_write"} 0',
    'nyuro_tokens_total{kind="output"} 750',
    'nyuro_tokens_total{kind="reasoning"} 192',
  ]);
  const cost = 'nyuro_cost_usd_total{model="gpt-4o-mini",provider="openai"} 0.0011727';
  expect(await lines(metrics, "nyuro_cost_usd_total")).toEqual([cost]);
  const durations = await lines(metrics, "nyuro_request_duration_seconds");
  expect(durations).toContain('nyuro_request_duration_seconds_bucket{le="0.5",provider="openai"} 0');
  expect(durations).toContain('nyuro_request_duration_seconds_bucket{le="1",provider="openai"} 3');
  const first = await lines(metrics, "nyuro_time_to_first_token_seconds");
  expect(first).toContain('nyuro_time_to_first_token_seconds_bucket{le="0.2",provider="openai"} 3');
});

test("reading twice counts nothing twice", async () => {
  const metrics = createMetrics({ openRequests: () => 0 });
  metrics.observe(sampleRow({ sequence: 1 }));
  const first = await lines(metrics, "nyuro_requests_total");
  expect(await lines(metrics, "nyuro_requests_total")).toEqual(first);
});

test("what clients write never becomes a label, and unknown cost or usage adds nothing", async () => {
  const metrics = createMetrics({ openRequests: () => 0 });
  for (let sequence = 1; sequence <= 1000; sequence++) {
    const nowhere = { model: null, provider: null, usage: null, costNanoUsd: null, ttftMs: null };
    const row = {
      ...nowhere,
      requestedModel: `made-up-${sequence}`,
      status: "refused",
      attempts: [],
    } as const;
    metrics.observe(sampleRow({ sequence, ...row, keyId: `key_secret_${sequence}` }));
  }
  const { body, contentType } = await metrics.render();
  expect(contentType).toStartWith("text/plain; version=0.0.4");
  expect(body).not.toContain("made-up");
  expect(body).not.toContain("key_");
  expect(await lines(metrics, "nyuro_requests_total")).toEqual([
    'nyuro_requests_total{model="none",provider="none",status="refused"} 1000',
  ]);
  for (const name of ["nyuro_cost_usd_total", "nyuro_tokens_total", "nyuro_attempts_total"]) {
    expect(await lines(metrics, name)).toEqual([]);
  }
});

test("label values cannot break the text, and the process tells about itself", async () => {
  const metrics = createMetrics({ openRequests: () => 0 });
  metrics.observe(sampleRow({ sequence: 1, model: 'a"b\\c\nd' }));
  const { body } = await metrics.render();
  expect(body).toContain('model="a\\"b\\\\c\\nd"');
  expect(body).toContain("process_resident_memory_bytes ");
  expect(body).toContain("process_cpu_seconds_total ");
});
