import { createHash } from "node:crypto";
import { type ApiError, invalidField } from "../core/errors.ts";
import type { Incoming } from "./gateway.ts";

/** What makes two requests the same. */
export interface Asked {
  keyId: string;
  idempotencyKey: string;
  /** Of the operation, the body, and the headers that change what is answered. */
  fingerprint: string;
}

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Reads an `Idempotency-Key` that came with this body. */
export function askedOf(
  { caller, operation, maxCostUsd, sessionId }: Incoming,
  idempotencyKey: string,
  body: string,
): Asked | ApiError {
  if (!KEY.test(idempotencyKey))
    return invalidField(null, "The header Idempotency-Key must be 1 to 255 visible ASCII characters.");
  const hash = createHash("sha256");
  hash.update(`${JSON.stringify([operation, maxCostUsd, sessionId])}\n`).update(body);
  return { keyId: caller.keyId, idempotencyKey, fingerprint: hash.digest("base64") };
}
