import { type Fault, fault } from "../../core/faults.ts";
import type { Gateway, Upstream } from "../../gateway/gateway.ts";
import type { ListedModel } from "../../providers/contract.ts";
import { modelsRequest } from "../../providers/send.ts";

const TIMEOUT_MS = 10_000;
const MAX_LIST_BYTES = 8 * 2 ** 20;

/** Asks a provider for its models, now: those it serves, or the fault that prevented it. Bounded in time and size. */
export async function askForModels(
  { sender, clock }: Gateway,
  { provider, dialect }: Upstream,
): Promise<readonly ListedModel[] | Fault> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await sender.send(provider, modelsRequest(), "", signal);
  if ("kind" in response) return signal.aborted ? fault("timeout", "no answer in time") : response;
  try {
    const text = await boundedText(response);
    if (text === null) return fault("malformed", "the list is too long", { status: response.status });
    if (response.status !== 200) return dialect.fault(response.status, response.headers, text, clock.now());
    return dialect.decodeModels(text) ?? fault("malformed", "this is no list of models", { status: 200 });
  } catch (error) {
    return fault(signal.aborted ? "timeout" : "network", String(error), { status: response.status });
  }
}

/** Null = more than we are ready to read. */
async function boundedText(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_LIST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
