import type { Command } from "commander";
import { isObject, type JsonObject } from "../core/json.ts";

/** What may be sent and spent, as it was written; absent = nothing is said of it. */
export interface LimitOptions {
  rpm?: string;
  tpm?: string;
  maxParallel?: string;
  budgetUsd?: string;
  budgetPeriod?: string;
  alertThreshold?: string;
}

/** Takes a limit away. */
const NONE = "none";

/** `whose` ends each description: ` of all its keys together`, or nothing. */
export function withLimits(command: Command, whose = ""): Command {
  return command
    .option("--rpm <number>", `requests per minute${whose}`)
    .option("--tpm <number>", `tokens per minute${whose}`)
    .option("--max-parallel <number>", `requests at once${whose}`)
    .option("--budget-usd <amount>", `the most that may be spent${whose}`)
    .option("--budget-period <word>", "none, daily, weekly or monthly: when the budget begins anew")
    .option("--alert-threshold <fraction>", "of the budget, at which its first alert is due: 0.8 by default");
}

export function saysLimits(options: LimitOptions): boolean {
  const { rpm, tpm, maxParallel, budgetUsd, budgetPeriod, alertThreshold } = options;
  return [rpm, tpm, maxParallel, budgetUsd, budgetPeriod, alertThreshold].some((it) => it !== undefined);
}

/**
 * What a body says of them. The API takes each whole: what is not said stays as `current`, the object as the API shows
 * it, has it.
 */
export function limitsOf(options: LimitOptions, current: JsonObject = {}): JsonObject {
  const { rpm, tpm, maxParallel, budgetUsd, budgetPeriod, alertThreshold } = options;
  const figures = said({ rpm: numberOf(rpm), tpm: numberOf(tpm), max_parallel: numberOf(maxParallel) });
  const body: JsonObject = {};
  if (Object.keys(figures).length > 0) {
    const merged = { ...(isObject(current.rate_limit) ? current.rate_limit : {}), ...figures };
    body.rate_limit = Object.values(merged).some((figure) => figure !== null) ? merged : null;
  }
  const budget = said({
    limit_usd: budgetUsd,
    period: budgetPeriod,
    alert_threshold: fractionOf(alertThreshold),
  });
  if (budgetUsd === NONE) body.budget = null;
  else if (Object.keys(budget).length > 0) body.budget = { ...settingsOf(current.budget), ...budget };
  return body;
}

/** A budget's settings, without where it stands. */
function settingsOf(budget: unknown): JsonObject {
  if (!isObject(budget)) return {};
  const { limit_usd, period, alert_threshold } = budget;
  return { limit_usd, period, alert_threshold };
}

function said(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function fractionOf(text: string | undefined): unknown {
  return text === undefined || !/^\d*\.?\d+$/.test(text) ? text : Number(text);
}

/** What is no number is left for the server to refuse. */
function numberOf(text: string | undefined): unknown {
  if (text === NONE) return null;
  return text === undefined || !/^\d+$/.test(text) ? text : Number(text);
}
