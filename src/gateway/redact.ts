import type { UpstreamError } from "../core/faults.ts";
import { secretsIn } from "../providers/authorize/secrets.ts";
import type { Provider } from "../providers/contract.ts";

const HIDDEN = "[redacted]";
/**
 * Credentials by their looks: providers quote parts of a wrong key in their errors, masked or not. They quote callers as
 * well, so none of these may look at one stretch of text from many beginnings.
 */
export const KEY_LIKE =
  /\b(?:AKIA|ASIA|ABSK)[A-Za-z0-9+/=]{12,}|\bya29\.[\w.-]+|(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\b(?:sk|pk|rk|gsk|xai|pplx|nvapi|hf|csk|fw|tgp|neu_live|AIza)[-_][A-Za-z0-9*._-]{4,}|\bBearer\s+\S+|\bAIza[A-Za-z0-9_-]{10,}/g;
const PRIVATE_ADDRESSES =
  /\b(?:https?:\/\/)?(?:localhost|0\.0\.0\.0|(?:10|127)(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|169\.254(?:\.\d{1,3}){2})(?::\d{1,5})?\b/g;
const PRIVATE_IPV6 =
  /(?:\bhttps?:\/\/)?\[(?:::1|(?:f[cd]|fe[89ab])[\da-f]{0,2}:[\da-f:.]{0,45}(?:%[\w.-]{1,20})?)\](?::\d{1,5})?/gi;
const SHORTEST_SECRET = 6;

/** An upstream's words as a caller may read them: without our credentials and without our addresses. */
export function redactText(text: string, provider: Provider): string {
  let shown = text;
  // The longest first: one secret may be part of another.
  for (const secret of secretsOf(provider).sort((a, b) => b.length - a.length))
    shown = shown.replaceAll(secret, HIDDEN);
  for (const pattern of [KEY_LIKE, PRIVATE_ADDRESSES, PRIVATE_IPV6]) shown = shown.replace(pattern, HIDDEN);
  return shown;
}

export function redact(error: UpstreamError, provider: Provider): UpstreamError {
  const show = (value: string | null) => (value === null ? null : redactText(value, provider));
  return {
    message: redactText(error.message, provider),
    type: show(error.type),
    param: show(error.param),
    code: show(error.code),
  };
}

function secretsOf(provider: Provider): string[] {
  const { credentials } = provider;
  const login = credentials ? secretsIn(credentials) : [];
  const secrets = [provider.apiKey ?? "", ...Object.values(provider.headers), ...login].filter(
    (it) => it.length >= SHORTEST_SECRET,
  );
  if (!URL.canParse(provider.baseUrl)) return secrets;
  const url = new URL(provider.baseUrl);
  return [...secrets, provider.baseUrl, url.origin, url.host, url.hostname].filter(
    (it) => it.length >= SHORTEST_SECRET,
  );
}
