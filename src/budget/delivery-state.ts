import type { AlertRow } from "../store/tables.ts";

export type DeliveryState = Pick<AlertRow, "delivery" | "attempts" | "next_try_ms">;

const FIRST_DELAY_MS = 5_000;
/** Between two calls about one alert. */
export const LONGEST_DELAY_MS = 3_600_000;
/** Reckoned from the alert; the first call is made however late it is. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/**
 * Where an alert stands after one more call: delivered, to be tried again after a while that doubles each time, or given
 * up. `random`, from 0 to below 1, spreads the tries over the second half of the while.
 */
export function stateAfter(
  { attempts, time_ms }: Pick<AlertRow, "attempts" | "time_ms">,
  isDelivered: boolean,
  nowMs: number,
  random: number,
): DeliveryState {
  const made = attempts + 1;
  if (isDelivered) return { delivery: "delivered", attempts: made, next_try_ms: null };
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** attempts, LONGEST_DELAY_MS);
  const nextMs = nowMs + Math.round(delayMs * (0.5 + random / 2));
  if (nextMs > time_ms + GIVE_UP_AFTER_MS) return { delivery: "given_up", attempts: made, next_try_ms: null };
  return { delivery: "pending", attempts: made, next_try_ms: nextMs };
}
