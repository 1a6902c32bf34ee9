import type { LedgerRow } from "../ledger/row.ts";
import { answer, brokeDown } from "./answer.ts";
import type { Gateway, Incoming } from "./gateway.ts";

/** The request that is answered for all others with its `Idempotency-Key`. */
export interface Lead {
  /** Called once. Never rejects. */
  answer(): Promise<Response>;
  /** Asked once it was answered: its answer may be given again. */
  isFinal(): boolean;
  /** Nobody waits for it. True = it is broken off; false = its row is written, so that it ends in any case. */
  abandon(): boolean;
}

/** Statuses that say something about the request, which asking again does not change. */
const OF_THE_REQUEST: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** What a retry may cure is tried again: rate limits, spent budgets, our own rules, providers that failed, breaks. */
export function isFinal({ status, httpStatus }: Pick<LedgerRow, "status" | "httpStatus">): boolean {
  return status === "ok" || OF_THE_REQUEST.has(httpStatus);
}

/** How the request ended is what its row says. */
export function leadOf(gateway: Gateway, incoming: Incoming, body: string): Lead {
  let ended: LedgerRow | null = null;
  const watched: Gateway = {
    ...gateway,
    observe: (row) => {
      ended = row;
      gateway.observe(row);
    },
  };
  return {
    answer: () => answer(watched, incoming, body).catch((bug) => brokeDown(watched, incoming, bug)),
    isFinal: () => ended !== null && isFinal(ended),
    abandon() {
      if (incoming.open.isRecorded) return false;
      incoming.open.breakOff("client_gone");
      return true;
    },
  };
}
