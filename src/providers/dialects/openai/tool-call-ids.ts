import { createHash } from "node:crypto";
import type { Quirks } from "../../contract.ts";

type Shape = NonNullable<Quirks["toolCallIds"]>;

const FITS: Record<Shape, RegExp> = { "nine-alphanumerics": /^[A-Za-z0-9]{9}$/, "at-most-40": /^.{1,40}$/s };
const LENGTH: Record<Shape, number> = { "nine-alphanumerics": 9, "at-most-40": 24 };
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * The id in the shape a provider wants. One that fits stays; of any other the same is made each time, so that a call
 * and its result still belong together, in this request and in the next ones of the conversation.
 */
export function fittingId(id: string, shape: Shape): string {
  if (FITS[shape].test(id)) return id;
  const digest = createHash("sha256").update(id).digest().subarray(0, LENGTH[shape]);
  return Array.from(digest, (byte) => BASE62[byte % 62]).join("");
}
