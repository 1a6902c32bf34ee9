import type { Database } from "bun:sqlite";
import { requestRowOf } from "../ledger/request-row.ts";
import type { LedgerRow, RowStatus } from "../ledger/row.ts";
import { insertBareRequest } from "../store/requests-table.ts";
import { sampleRow } from "./ledger-row.ts";

const DAY_MS = 86_400_000;
const EPOCH_MS = 1_704_067_200_000;
const ROWS_PER_TRANSACTION = 20_000;

/** The key that hardly anybody uses: one request in 40,000. */
export const RARE_KEY = "key_00000000000000000rare";
/** The industry of one request in 5,000. */
export const RARE_INDUSTRY = "healthcare";

const MODELS = [
  ...[
    ["openai", "gpt-4o"],
    ["azure", "gpt-4o"],
    ["openai", "gpt-4o-mini"],
    ["openai", "o3"],
  ],
  ...[
    ["anthropic", "claude-3-5-sonnet"],
    ["bedrock", "claude-3-5-sonnet"],
    ["anthropic", "claude-3-5-haiku"],
  ],
  ...[
    ["gemini", "gemini-2.0-flash"],
    ["my-vps", "llama3.1"],
    ["my-vps", "qwen2.5-coder"],
    ["second-vps", "llama3.1"],
  ],
  ...[
    ["mistral", "mistral-large"],
    ["groq", "llama-3.3-70b"],
    ["deepseek", "deepseek-chat"],
  ],
] as const;

/** Numbers that look drawn and are the same each time (xorshift). */
function drawing(): () => number {
  let state = 2_463_534_242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function statusOf(chance: number): RowStatus {
  if (chance < 0.955) return "ok";
  if (chance < 0.975) return "error";
  if (chance < 0.99) return "canceled";
  return chance < 0.995 ? "interrupted" : "refused";
}

/** Rows as a company's gateway would have them, in the order of time: three organizations, 60 keys with habits, 14 models. */
export function* plausibleRows(rows: number, fromMs: number, toMs: number): Generator<LedgerRow> {
  const draw = drawing();
  for (let n = 0; n < rows; n++) {
    const timeMs = Math.floor(fromMs + ((toMs - fromMs) * n) / rows);
    const key = Math.floor(draw() ** 2 * 60);
    const status = statusOf(draw());
    const [provider, model] = MODELS[(key + Math.floor(draw() ** 3 * 5)) % MODELS.length] ?? MODELS[0];
    const isAnswered = status === "ok" || status === "interrupted";
    const chance = draw();
    yield sampleRow({
      sequence: (timeMs - EPOCH_MS) * 4096 + (n % 4096),
      timeMs,
      orgId: `org_${key % 3}`,
      keyId: chance < 1 / 40_000 ? RARE_KEY : `key_${key.toString().padStart(20, "0")}`,
      provider: isAnswered ? provider : null,
      model: isAnswered ? model : null,
      industry: industryOf(chance),
      status,
      costNanoUsd: isAnswered ? Math.floor(draw() * 5_000_000) : null,
      usageSource: isAnswered ? "provider" : "none",
      latencyMs: Math.round(300_000 * draw() ** 4 * 1000) / 1000 + 80,
      ttftMs: isAnswered ? Math.round(draw() ** 2 * 900_000) / 1000 : null,
      fallbackUsed: draw() < 0.02,
    });
  }
}

function industryOf(chance: number): LedgerRow["industry"] {
  if (chance > 1 - 1 / 5_000) return RARE_INDUSTRY;
  return chance < 0.05 ? "legal" : chance < 0.1 ? "finance" : null;
}

/** Writes them without sums, as fast as SQLite takes them. */
export function writePlausibleRows(db: Database, rows: number, toMs: number, days: number): void {
  let written = 0;
  db.run("BEGIN");
  for (const row of plausibleRows(rows, toMs - days * DAY_MS, toMs)) {
    insertBareRequest(db, requestRowOf(row));
    written += 1;
    if (written % ROWS_PER_TRANSACTION === 0) db.run("COMMIT; BEGIN");
  }
  db.run("COMMIT");
}
