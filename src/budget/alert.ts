import { toRfc3339 } from "../core/clock.ts";
import { formatUsd } from "../core/money.ts";
import type { AlertRow } from "../store/tables.ts";
import type { Band } from "./bands.ts";
import type { BudgetScope } from "./budget.ts";
import type { PeriodKind } from "./period.ts";

/** What is told of an alert, by API and webhook alike: figures and who it is about, nothing that opens anything. */
export interface Alert {
  /** `alert_…` */
  id: string;
  /** RFC 3339. */
  time: string;
  scope: BudgetScope;
  /** Of an organization's budget only. */
  org_id?: string;
  /** The beginning of the key, not enough to use it; with `key_id`, of a key's budget only. */
  key_prefix?: string;
  key_id?: string;
  band: Band;
  /** USD as a decimal; so is the next. */
  limit_usd: string;
  /** In the period, when the alert was due. */
  spent_usd: string;
  period: PeriodKind;
}

/** Trusts the table: only `Alerts` ever wrote it. */
export function alertOf(row: AlertRow): Alert {
  const owner =
    row.scope === "key"
      ? { scope: "key" as const, key_prefix: row.key_prefix ?? "", key_id: row.owner_id }
      : { scope: "org" as const, org_id: row.owner_id };
  return {
    id: row.id,
    time: toRfc3339(row.time_ms),
    ...owner,
    band: row.band === "refused" ? "refused" : Number(row.band),
    limit_usd: formatUsd(row.limit_nano_usd),
    spent_usd: formatUsd(row.spent_nano_usd),
    period: row.period as PeriodKind,
  };
}
