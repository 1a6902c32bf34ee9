import { readFileSync } from "node:fs";

/** A request under way: what it may still cost at most, and what its row must say if nobody lives to write it. */
export interface HoldRecord {
  /** Of the request; its row will have the same number. */
  sequence: number;
  /** Wall time the request arrived. */
  timeMs: number;
  orgId: string;
  keyId: string;
  operation: string;
  /** As the client wrote it; null = none. */
  requestedModel: string | null;
  /** Of the deployment that is being called. */
  provider: string;
  model: string;
  stream: boolean;
  /** null = its price is unknown. */
  amountNanoUsd: number | null;
}

/** Without the names: each attempt of each request writes one. */
export function lineOf(hold: HoldRecord): string {
  const { sequence, timeMs, orgId, keyId, operation, requestedModel, provider, model } = hold;
  const { stream, amountNanoUsd } = hold;
  const fields = [sequence, timeMs, orgId, keyId, operation, requestedModel, provider, model];
  return `${JSON.stringify([...fields, stream ? 1 : 0, amountNanoUsd])}\n`;
}

/**
 * The last hold of each request, in the order of their numbers, and how many lines say nothing. A last line that was
 * not written whole is none of them: nothing went upstream for it.
 */
export function readHolds(paths: readonly string[]): { holds: HoldRecord[]; unreadable: number } {
  const found = new Map<number, HoldRecord>();
  let unreadable = 0;
  for (const path of paths) {
    const lines = readFileSync(path, "utf8").split("\n");
    lines.pop();
    for (const line of lines) {
      if (line === "") continue;
      const hold = holdIn(line);
      if (hold) found.set(hold.sequence, hold);
      else unreadable += 1;
    }
  }
  const holds = [...found.values()].sort((one, other) => one.sequence - other.sequence);
  return { holds, unreadable };
}

function holdIn(line: string): HoldRecord | null {
  const fields = fieldsIn(line);
  if (fields?.length !== 10) return null;
  const [sequence, timeMs, orgId, keyId, operation, requestedModel, provider, model, stream, amount] = fields;
  const isHold =
    [sequence, timeMs, stream].every(Number.isSafeInteger) &&
    [orgId, keyId, operation, provider, model].every((text) => typeof text === "string") &&
    (requestedModel === null || typeof requestedModel === "string") &&
    (amount === null || Number.isSafeInteger(amount));
  if (!isHold) return null;
  const places = { orgId, keyId, operation, requestedModel, provider, model } as Omit<HoldRecord, "sequence">;
  return {
    ...places,
    sequence: Number(sequence),
    timeMs: Number(timeMs),
    stream: stream === 1,
    amountNanoUsd: amount === null ? null : Number(amount),
  };
}

function fieldsIn(line: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
