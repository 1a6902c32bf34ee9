import { createCipheriv, createDecipheriv } from "node:crypto";
import { randomNonce } from "../../core/ids.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = "v1.";

/** Whose secrets they are and the only origin they may be sent to. Sealed for one, they open for no other. */
export interface Bound {
  id: string;
  /** `https://api.example.com` */
  origin: string;
}

/** Secrets as they lie in the database: `v1.` and nonce, ciphertext and tag in base64url. `key` has 32 bytes. */
export function seal(key: Uint8Array, bound: Bound, secrets: JsonObject): string {
  const nonce = randomNonce(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(bound));
  const sealed = [cipher.update(JSON.stringify(secrets), "utf8"), cipher.final()];
  return VERSION + Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString("base64url");
}

/** Null = sealed with another key, for another provider or origin, or not whole: there is no telling which. */
export function unseal(key: Uint8Array, bound: Bound, sealed: string): JsonObject | null {
  const bytes = Buffer.from(sealed.slice(VERSION.length), "base64url");
  if (!sealed.startsWith(VERSION) || bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associated(bound));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    const secrets = parseJson(Buffer.concat(text).toString("utf8"));
    return isObject(secrets) ? secrets : null;
  } catch {
    return null;
  }
}

/** As JSON, so that no two pairs are written alike. */
function associated({ id, origin }: Bound): Buffer {
  return Buffer.from(JSON.stringify(["provider secrets", VERSION, id, origin]));
}
