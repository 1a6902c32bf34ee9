import { readText } from "../gateway/body.ts";
import type { Dialect, Provider } from "../providers/contract.ts";
import { modelsRequest, type Sender } from "../providers/send.ts";

const TIMEOUT_MS = 5_000;
/** A server on this machine answers at once or is not there: the start must not wait for it. */
const LOCAL_TIMEOUT_MS = 400;
const MAX_LIST_BYTES = 8 * 1024 * 1024;

/** The provider's models, or null where it did not answer in time with a well-formed list. Never rejects. */
export async function fetchModels(
  sender: Sender,
  provider: Provider,
  dialect: Dialect,
): Promise<string[] | null> {
  const signal = AbortSignal.timeout(provider.local ? LOCAL_TIMEOUT_MS : TIMEOUT_MS);
  try {
    const response = await sender.send(provider, modelsRequest(), "", signal);
    if ("kind" in response || response.status !== 200) return null;
    const text = await readText(response, MAX_LIST_BYTES);
    return typeof text === "string" ? dialect.decodeModels(text) : null;
  } catch {
    return null;
  }
}
