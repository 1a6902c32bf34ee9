import { type Fault, fault } from "../../core/faults.ts";
import { isObject, parseJson } from "../../core/json.ts";
import { readBounded } from "../read-bounded.ts";
import type { Lease } from "./renewed.ts";

/** A guarded POST of a form. A fault means that there is no response to read. */
export type PostForm = (url: string, form: string) => Promise<Response | Fault>;

const MAX_REPLY_BYTES = 64 * 1024;
/** OAuth's own error codes; whatever else stands there may be a secret. */
const ERROR_CODE = /^[a-z_]{1,40}$/;
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

/**
 * Asks an OAuth 2.0 token endpoint (RFC 6749 §5). Every failure is a fault of our credential, told by what the server
 * may say about it and never by what was sent.
 */
export async function askForToken(post: PostForm, url: string, form: string): Promise<Lease<string> | Fault> {
  const { host } = new URL(url);
  const response = await post(url, form);
  if ("kind" in response) return refusal(`${host} cannot be reached: ${response.cause}`);
  const bytes = await readBounded(response, MAX_REPLY_BYTES).catch(() => null);
  const reply = bytes === null ? undefined : parseJson(bytes.toString("utf8"));
  const told = isObject(reply) ? reply : {};
  if (!response.ok) {
    const { error } = told;
    const code = typeof error === "string" && ERROR_CODE.test(error) ? ` ${error}` : "";
    return refusal(`${host} gave no token: HTTP ${response.status}${code}`);
  }
  const { access_token: token, expires_in: lifetimeS } = told;
  if (typeof token !== "string" || !TOKEN.test(token)) return refusal(`${host} answered without a token`);
  const seconds = Number(lifetimeS);
  if (!Number.isFinite(seconds) || seconds <= 0) return refusal(`${host} gave a token that is over already`);
  return { value: token, lifetimeMs: seconds * 1000 };
}

function refusal(cause: string): Fault {
  return fault("upstream_auth", cause);
}
