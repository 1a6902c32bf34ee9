import { createHmac } from "node:crypto";

const ENCODED = "whsec_";

/**
 * The headers of a signed call, as Standard Webhooks has them: https://www.standardwebhooks.com. `timestampS` is in
 * seconds since the epoch; of the body the very bytes that are sent are signed.
 */
export function signedHeaders(
  secret: string,
  id: string,
  timestampS: number,
  body: string,
): Record<string, string> {
  const signature = createHmac("sha256", keyOf(secret))
    .update(`${id}.${timestampS}.${body}`)
    .digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestampS),
    "webhook-signature": `v1,${signature}`,
  };
}

/** `whsec_` is followed by the key in base64; any other text is the key itself. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(ENCODED)
    ? Buffer.from(secret.slice(ENCODED.length), "base64")
    : Buffer.from(secret, "utf8");
}
