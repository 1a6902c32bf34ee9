import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Cloud metadata services outside the link-local ranges (AWS over IPv6, Alibaba, Oracle): refused for local providers too. */
const METADATA = ["fd00:ec2::254", "100.100.100.200", "192.0.0.192"];
/** All that is routed over IPv6; outside it lie old site-local, IPv4-compatible and local NAT64 addresses. */
const IPV6_GLOBAL = ipaddr.IPv6.parseCIDR("2000::/3");
const PRIVATE_RANGES = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/** Which addresses upstream calls may reach. */
export interface AddressPolicy {
  /** CIDRs the operator allows for every provider; the only way to reach link-local or reserved ranges. */
  allow: readonly string[];
}

/**
 * Why this address may not be called, as a sentence for the operator, or null where it may. Judged on the resolved
 * address, so no spelling of a name or number gets around it.
 */
export function refusalOf(address: string, local: boolean, policy: AddressPolicy): string | null {
  const written = withoutDots(address);
  if (!ipaddr.isValid(written)) return `${address} is no IP address`;
  const parsed = unmapped(ipaddr.parse(written));
  if (policy.allow.some((cidr) => contains(cidr, parsed))) return null;
  if (isListed(parsed)) {
    return `${address} is a cloud metadata address`;
  }
  const range = rangeOf(parsed);
  if (range === "unicast") return null;
  if (PRIVATE_RANGES.has(range)) {
    return local
      ? null
      : `${address} is in a ${range} range: mark the provider "local: true" or allow it in egress.allow`;
  }
  return `${address} is in the ${range} range, which is never called unless egress.allow names it`;
}

/**
 * Whether it is where clouds keep the credentials of their machines, or beside it. For addresses that came over the
 * network: not even what the operator allows makes one of these reachable.
 */
export function isMetadataAddress(address: string): boolean {
  const written = withoutDots(address);
  if (!ipaddr.isValid(written)) return false;
  const parsed = unmapped(ipaddr.parse(written));
  return rangeOf(parsed) === "linkLocal" || isListed(parsed);
}

function isListed(address: Address): boolean {
  return METADATA.some((metadata) => address.toString() === ipaddr.parse(metadata).toString());
}

/** `::127.0.0.1` as `::7f00:1`: the library takes the dotted form for an IPv4-mapped address, the network does not. */
function withoutDots(address: string): string {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const [, head, tail] = dotted ?? [];
  if (head === undefined || tail === undefined || !ipaddr.IPv4.isValidFourPartDecimal(tail)) return address;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail).toByteArray();
  return `${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function rangeOf(address: Address): string {
  const range = address.range();
  const isIpv6 = address instanceof ipaddr.IPv6;
  return isIpv6 && range === "unicast" && !address.match(IPV6_GLOBAL) ? "reserved" : range;
}

function unmapped(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function contains(cidr: string, address: Address): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  if (network instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(network, bits);
  return address instanceof ipaddr.IPv6 && address.match(network, bits);
}
