import type { LedgerRow, RowStatus } from "../../src/ledger/row.ts";
import { promptClassifier } from "../../src/routing/classify.ts";
import { catalogOf, deployment, price } from "../../src/testing/catalog.ts";
import { testProvider } from "../../src/testing/gateway.ts";
import { plausibleRows } from "../../src/testing/large-ledger.ts";
import { jsonOf } from "../../src/testing/manage.ts";
import { streamEvents } from "../../src/testing/openai-replies.ts";
import { ruleOf } from "../../src/testing/policy.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { type ConsoleScene, consoleScene } from "./scene.ts";

/** A gateway as a small company would have it after a month, the same each time it is made: for pictures. */

const NOW_MS = Date.UTC(2026, 10, 20, 15, 24);
const DAY_MS = 86_400_000;
const ROWS = 9_000;
const DAYS = 24;
const ROWS_AT_ONCE = 500;
const TIMEOUTS = { connectMs: 5_000, firstContentMs: 10_000, idleMs: 10_000, totalMs: 30_000 };

/** Provider, model, USD per million tokens in and out, quality, context. Our own machines cost nothing. */
const MODELS = [
  ["anthropic", "claude-opus-5.5", 5, 25, 95, 500_000],
  ["anthropic", "claude-haiku-4.5", 1, 5, 76, 200_000],
  ["openai", "gpt-5.6", 2.5, 15, 93, 400_000],
  ["openai", "gpt-5.6-mini", 0.3, 2.4, 78, 400_000],
  ["azure", "gpt-5.6", 2.5, 15, 93, 400_000],
  ["gemini", "gemini-3.8-flash", 0.3, 2.5, 80, 1_000_000],
  ["gpu-box", "qwen3-coder", 0, 0, 71, 131_072],
  ["gpu-box", "llama-3.3-70b", 0, 0, 66, 131_072],
] as const;
const OWN = new Set<string>(["gpu-box"]);

const KEYS = [
  ["Website chat", "250", "monthly"],
  ["Support desk", "120", "monthly"],
  ["CI reviewer", "40", "weekly"],
  ["Data pipeline", "300", "monthly"],
  ["Contract reader", "90", "monthly"],
  ["Experiments", "15", "daily"],
] as const;
const INDUSTRY_OF_KEY: readonly LedgerRow["industry"][] = [null, "support", "code", "data", "legal", null];

const ANSWER =
  "A circuit breaker watches how often a provider fails. After a few failures it rests that provider, so that " +
  "requests go to the next candidate at once instead of waiting for another timeout. Then it lets one request through to see.";

export interface DemoWorld {
  scene: ConsoleScene;
  stop(): Promise<void>;
}

export async function demoWorld(): Promise<DemoWorld> {
  const upstream = await ScriptedUpstream.start();
  const scene = await consoleScene({
    providers: [...new Set(MODELS.map(([provider]) => provider))].map((id) =>
      testProvider(id, upstream.baseUrl, { timeouts: TIMEOUTS }),
    ),
    catalog: catalogOf(deployments(), {
      fast: ["gemini-3.8-flash", "gpt-5.6-mini"],
      smart: ["claude-opus-5.5", "gpt-5.6"],
    }),
    policy: {
      classifier: promptClassifier,
      industries: { legal: ["claude-opus-5.5", "llama-3.3-70b"], code: ["qwen3-coder", "gpt-5.6"] },
      auto: { code: ["qwen3-coder", "gpt-5.6"], chat: ["gpt-5.6-mini", "gemini-3.8-flash"] },
      rules: [
        ruleOf("contracts stay here", { industry: "legal", containsPii: true }, { onlyLocal: true }, 10),
        ruleOf(
          "long prompts to Gemini",
          { promptTokens: { min: 200_000, max: null } },
          { models: ["gemini-3.8-flash"] },
          20,
        ),
      ],
    },
  });
  script(upstream, scene);
  scene.clock.setNow(NOW_MS);
  await scene.owner.call("PATCH", "/api/v1/orgs/org_default", {
    ...{ name: "Lindgren & Co", time_zone: "Europe/Vienna", store_bodies: true },
    budget: { limit_usd: "900", period: "monthly" },
  });
  await writeRows(scene, await makeKeys(scene));
  return { scene, stop: () => upstream.stop() };
}

function deployments() {
  return MODELS.map(([provider, model, input, output, quality, contextLength]) =>
    deployment(`${provider}/${model}`, {
      ...{ price: price(input, output), quality, contextLength, maxOutputTokens: 32_000 },
      ...{ capabilities: ["tools", "json_schema"], local: OWN.has(provider), kind: "chat" },
    }),
  );
}

/** Time passes only where somebody thinks: what pages show of it is the same each time. */
function script(upstream: ScriptedUpstream, { clock }: ConsoleScene): void {
  upstream.on("claude-opus-5.5", (_, answer) => {
    clock.advance(184);
    answer.json(529, { error: { type: "overloaded_error", message: "Overloaded" } });
  });
  upstream.on("*", ({ body }, answer) => {
    const model = String(body.model);
    clock.advance(180 + model.length * 17);
    answer.startStream();
    const words = ANSWER.match(/\S+\s*/g) ?? [];
    for (const event of streamEvents(model, words, { prompt: 412, completion: 96 })) {
      clock.advance(11);
      answer.chunk(event);
    }
    answer.endStream();
  });
}

async function makeKeys({ owner }: ConsoleScene): Promise<string[]> {
  const ids: string[] = [];
  for (const [name, limit_usd, period] of KEYS) {
    const body = { name, budget: { limit_usd, period }, rate_limit: { rpm: 600, tpm: 2_000_000 } };
    ids.push((await jsonOf(owner.call("POST", "/api/v1/keys", body))).id);
  }
  return ids;
}

/** Days are busy, nights are not, and weekends less so. */
function busy(timeMs: number): number {
  const at = new Date(timeMs);
  const hour = at.getUTCHours() + at.getUTCMinutes() / 60;
  const ofDay = 0.12 + Math.exp(-((hour - 13) ** 2) / 18);
  return at.getUTCDay() % 6 === 0 ? ofDay * 0.35 : ofDay;
}

async function writeRows(scene: ConsoleScene, keys: readonly string[]): Promise<void> {
  const rows: LedgerRow[] = [];
  let at = 0;
  for (const row of plausibleRows(ROWS * 3, NOW_MS - DAYS * DAY_MS, NOW_MS)) {
    at += 1;
    // A share of them, by the hour: numbers that look drawn come from the row itself.
    if ((row.latencyMs * 7919) % 1 > busy(row.timeMs)) continue;
    rows.push(rowOf(row, at, keys));
  }
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await Promise.all(rows.slice(from, from + ROWS_AT_ONCE).map((row) => scene.write(row)));
}

/** With our own models, prices and attempts in the place of the generator's. */
function rowOf(row: LedgerRow, at: number, keys: readonly string[]): LedgerRow {
  const key = (at * 7 + Math.floor(row.latencyMs)) % keys.length;
  const [provider, model, inputUsd, outputUsd] =
    MODELS[(key + Math.floor(row.latencyMs * 3)) % MODELS.length] ?? MODELS[0];
  const isAnswered = row.status === "ok" || row.status === "interrupted";
  const latencyMs = 400 + (row.latencyMs % 9_000) ** 0.95;
  const usage = isAnswered
    ? {
        input: 600 + (at % 37) * 190,
        cachedRead: 0,
        cacheWrite: 0,
        output: 80 + (at % 23) * 41,
        reasoning: 0,
      }
    : null;
  const costNanoUsd = usage && Math.round((usage.input * inputUsd + usage.output * outputUsd) * 1000 * 3);
  const last = {
    provider,
    model,
    outcome: outcomeOf(row.status),
    ms: Math.round(latencyMs),
    status: isAnswered ? 200 : 503,
  };
  const before = {
    provider: "anthropic",
    model: "claude-opus-5.5",
    outcome: "overloaded",
    ms: 184,
    status: 529,
  };
  return {
    ...row,
    ...{ orgId: "org_default", keyId: keys[key] ?? "", industry: INDUSTRY_OF_KEY[key] ?? null, task: "chat" },
    ...{ requestedModel: at % 3 === 0 ? "auto" : model, usage, costNanoUsd, latencyMs },
    ...(isAnswered
      ? { provider, model, upstreamModel: model, ttftMs: latencyMs * 0.31 }
      : { provider: null, model: null, ttftMs: null }),
    httpStatus: isAnswered ? 200 : row.status === "canceled" ? 499 : row.status === "refused" ? 402 : 503,
    attempts: row.status === "refused" ? [] : row.fallbackUsed ? [before, last] : [last],
  };
}

function outcomeOf(status: RowStatus): string {
  return status === "ok" || status === "interrupted"
    ? "ok"
    : status === "canceled"
      ? "canceled"
      : "overloaded";
}
