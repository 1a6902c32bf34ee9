import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Cloud metadata services outside the link-local ranges (AWS over IPv6, Alibaba, Oracle): refused for local providers too. */
const METADATA = ["fd00:ec2::254", "100.100.100.200", "192.0.0.192"];
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
  if (!ipaddr.isValid(address)) return `${address} is no IP address`;
  const parsed = unmapped(ipaddr.parse(address));
  if (policy.allow.some((cidr) => contains(cidr, parsed))) return null;
  if (METADATA.some((metadata) => parsed.toString() === ipaddr.parse(metadata).toString())) {
    return `${address} is a cloud metadata address`;
  }
  const range = parsed.range();
  if (range === "unicast") return null;
  if (PRIVATE_RANGES.has(range)) {
    return local
      ? null
      : `${address} is in a ${range} range: mark the provider "local: true" or allow it in egress.allow`;
  }
  return `${address} is in the ${range} range, which is never called unless egress.allow names it`;
}

function unmapped(address: Address): Address {
  return address.kind() === "ipv6" && (address as ipaddr.IPv6).isIPv4MappedAddress()
    ? (address as ipaddr.IPv6).toIPv4Address()
    : address;
}

function contains(cidr: string, address: Address): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return network.kind() === address.kind() && address.match(network as never, bits);
}
