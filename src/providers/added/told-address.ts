import { isIP } from "node:net";
import { type AddressPolicy, isMetadataAddress, refusalOf } from "../address-policy.ts";
import { hostOf } from "../prepared-call.ts";

/**
 * Why a base URL that came by API may not be called, as the rest of a sentence, or null. The URL reader has made one
 * address of all spellings before this looks. Names are looked up and judged when they are called; those that mean
 * this machine by themselves are judged here.
 */
export function toldAddressRefusal(baseUrl: string, local: boolean, policy: AddressPolicy): string | null {
  const host = hostOf(new URL(baseUrl)).replace(/\.$/, "").toLowerCase();
  const address = host === "localhost" || host.endsWith(".localhost") ? "127.0.0.1" : host;
  if (isIP(address) === 0) return null;
  if (isMetadataAddress(address))
    return `leads to a cloud's metadata address (${address}), which is never called`;
  const refusal = refusalOf(address, local, policy);
  return refusal === null ? null : `may not be called: ${refusal}`;
}
