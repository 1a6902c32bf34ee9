import ipaddr from "ipaddr.js";
import { isObject, type JsonObject } from "../core/json.ts";
import type { Mistake } from "./sentences.ts";

const PATH = ["alerts", "webhook"] as const;

/**
 * A webhook is signed and goes over TLS; without TLS only where the operator has allowed the very address for upstream
 * calls. What has the wrong shape is passed over, the schema reports it.
 */
export function webhookMistakes({ alerts, egress }: JsonObject): Mistake[] {
  const webhook = isObject(alerts) && isObject(alerts.webhook) ? alerts.webhook : {};
  const { url, secret = "" } = webhook;
  if (typeof url !== "string" || !URL.canParse(url)) return [];
  const mistakes: Mistake[] = [];
  const { protocol, hostname } = new URL(url);
  if (protocol === "http:" && !isAllowed(hostname, isObject(egress) ? egress.allow : []))
    mistakes.push({
      path: [...PATH, "url"],
      reason:
        "must be an https:// address; http:// is for IP addresses and localhost that egress.allow names",
    });
  if (secret === "")
    mistakes.push({ path: [...PATH, "secret"], reason: "is needed with a url: each call is signed" });
  return mistakes;
}

/** Names other than localhost may lead anywhere, so no range speaks for them. */
function isAllowed(hostname: string, ranges: unknown): boolean {
  const written = hostname === "localhost" ? "127.0.0.1" : hostname.replace(/^\[|\]$/g, "");
  if (!ipaddr.isValid(written) || !Array.isArray(ranges)) return false;
  const address = ipaddr.process(written);
  return ranges.some((range) => {
    if (typeof range !== "string" || !ipaddr.isValidCIDR(range)) return false;
    const [network, bits] = ipaddr.parseCIDR(range);
    return network.kind() === address.kind() && address.match([network, bits] as [ipaddr.IPv4, number]);
  });
}
