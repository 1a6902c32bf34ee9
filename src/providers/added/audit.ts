import type { JsonObject } from "../../core/json.ts";
import { insertAudit } from "../../store/audit-table.ts";
import type { Write } from "../../store/group-commit.ts";
import type { Queries } from "../../store/tables.ts";
import type { AddedProvider } from "./added-provider.ts";

/** Who changes something. */
export interface Author {
  keyId: string;
  orgId: string;
}

export interface ProviderChange {
  /** `provider.create`, `provider.update`, `provider.delete`. */
  action: string;
  author: Author;
  /** null = there was none. */
  before: AddedProvider | null;
  /** null = there is none any more. */
  after: AddedProvider | null;
  /** Names of the secrets that were told or taken away. */
  secretsGiven: readonly string[];
  timeMs: number;
}

/** The row of the audit log: what was and what is, of fields that changed; of secrets the names alone. */
export function auditOf(queries: Queries, change: ProviderChange): Write {
  const { action, author, before, after, secretsGiven, timeMs } = change;
  const [was, is] = [shown(before), shown(after)];
  const differs = (name: string) => JSON.stringify(was?.[name]) !== JSON.stringify(is?.[name]);
  const pick = (from: JsonObject | null) =>
    from && Object.fromEntries(Object.entries(from).filter(([name]) => differs(name)));
  const given = secretsGiven.length > 0 ? { secrets_given: secretsGiven } : {};
  return insertAudit(queries, {
    time_ms: timeMs,
    actor_key_id: author.keyId,
    org_id: author.orgId,
    action,
    object: (after ?? before)?.id ?? "",
    details: JSON.stringify({ before: pick(was), after: pick(is), ...given }),
  });
}

function shown(added: AddedProvider | null): JsonObject | null {
  return added && { ...added.settings, secrets: Object.keys(added.secrets ?? {}) };
}
