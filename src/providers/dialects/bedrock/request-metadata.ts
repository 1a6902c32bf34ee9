import { isObject, type JsonObject } from "../../../core/json.ts";

const MOST = 16;
const KEY = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/;
const VALUE = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

/**
 * `requestMetadata` filters the account's invocation logs. A caller who sends it knows what for; OpenAI's `metadata`
 * goes there only where the operator allows it. Pairs for which Bedrock would refuse the request stay behind.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function requestMetadata(
  body: Readonly<JsonObject>,
  takesMetadata: boolean,
): { sent: JsonObject; dropped: string[] } {
  const own = pairsOf(body.requestMetadata);
  const theirs = pairsOf(body.metadata);
  const sentOwn = own.filter(fits).slice(0, MOST);
  const sentTheirs = takesMetadata ? theirs.filter(fits).slice(0, MOST - sentOwn.length) : [];
  return {
    sent: Object.fromEntries([...sentTheirs, ...sentOwn]),
    dropped: [
      ...(sentTheirs.length < theirs.length ? ["metadata"] : []),
      ...(sentOwn.length < own.length ? ["requestMetadata"] : []),
    ],
  };
}

function pairsOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function fits([key, value]: [string, unknown]): boolean {
  return KEY.test(key) && typeof value === "string" && VALUE.test(value);
}
