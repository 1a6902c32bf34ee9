import type { Caller } from "../core/caller.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import { notSignedIn, type Person } from "../people/person.ts";
import { checkBrowser, sessionTokenOf } from "./browser.ts";
import { credentialOf } from "./credential.ts";
import type { Services } from "./services.ts";

/** Who asks. */
export interface Known {
  caller: Caller;
  /** Null = a key asks. */
  person: Person | null;
}

type Asked = Pick<Services, "verify" | "personOf" | "reached">;

/** By the key the request carries, else by its session's cookie: a key that is sent is the only thing that counts. */
export async function callerOf(services: Asked, request: Request): Promise<Known | { refusal: ApiError }> {
  const caller = services.verify(credentialOf(request.headers));
  return caller ? { caller, person: null } : await callerOfCookie(services, request);
}

/** For a request whose key may not pass: who asks, where it sent none but the console's cookie. */
export async function callerOfCookie(
  services: Asked,
  request: Request,
): Promise<Known | { refusal: ApiError }> {
  const token = credentialOf(request.headers) === null ? sessionTokenOf(request.headers) : null;
  if (token === null) return { refusal: invalidKey() };
  const foreign = checkBrowser(request, services.reached(), true);
  if (foreign) return { refusal: foreign };
  return (await services.personOf(token)) ?? { refusal: notSignedIn() };
}

/** One body for every key that may not pass, so that nothing can be learned from it. */
export function invalidKey(): ApiError {
  return apiError(
    "invalid_api_key",
    "Missing or invalid API key. Send it as `Authorization: Bearer neu_live_…`.",
  );
}
