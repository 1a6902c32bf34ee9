import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { refusalOf } from "./address-policy.ts";

const NONE = { allow: [] };

/** Never called: not for a local provider either. */
const NEVER = [
  ...["0.0.0.0", "0.0.0.1", "0.255.255.255", "0", "0x0", "00.0.0.0"],
  ...[
    "169.254.169.254",
    "169.254.0.1",
    "169.254.255.255",
    "169.254.170.2",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
  ],
  ...[
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "0:0:0:0:0:ffff:169.254.169.254",
    "::ffff:0:169.254.169.254",
  ],
  ...[
    "fd00:ec2::254",
    "FD00:EC2:0:0:0:0:0:254",
    "100.100.100.200",
    "::ffff:100.100.100.200",
    "192.0.0.192",
    "192.0.0.1",
  ],
  ...["::", "0:0:0:0:0:0:0:0", "::ffff:0.0.0.0", "::0.0.0.0"],
  ...["fe80::1", "FE80::A", "fe80::1%eth0", "febf::1", "fe80::ffff:127.0.0.1"],
  ...["fec0::1", "feff::1", "fec0:0:0:ffff::1"],
  ...[
    "64:ff9b::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::7f00:1",
    "64:ff9b:1:ffff::1",
  ],
  ...["2002:7f00:1::", "2002:7f00:0001::1", "2002:a9fe:a9fe::", "2002:0a00:0001::", "2002:c0a8:101::"],
  ...["2001:0:7f00:1::", "2001::1", "2001:db8::1", "2001:10::1", "100::1"],
  ...[
    "::127.0.0.1",
    "::7f00:1",
    "::10.0.0.1",
    "::2",
    "1::",
    "::ffff:0:7f00:1",
    "4000::1",
    "5f00::1",
    "e000::1",
  ],
  ...["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1", "::ffff:224.0.0.1"],
  ...[
    "240.0.0.1",
    "255.255.255.254",
    "255.255.255.255",
    "0xffffffff",
    "4294967295",
    "::ffff:255.255.255.255",
  ],
  ...["192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "198.19.255.255", "192.88.99.1"],
];

/** Only for providers marked local. */
const PRIVATE = [
  ...[
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.255",
    "127.1",
    "127.0.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "0X7F.1",
    "017700000001",
  ],
  ...["0177.0.0.1", "0177.0.0.01", "2130706433", "00000177.1", "127.0.0.0x1", "127.65535"],
  ...["::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "::0001"],
  ...["::ffff:127.0.0.1", "::FFFF:7F00:1", "0:0:0:0:0:ffff:7f00:1", "::ffff:127.1.2.3"],
  ...[
    "10.0.0.1",
    "10.255.255.255",
    "10.1",
    "0xa.0.0.1",
    "012.0.0.1",
    "167772161",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
  ],
  ...["172.16.0.1", "172.31.255.255", "172.16.1", "0xac100001", "::ffff:172.16.0.1"],
  ...[
    "192.168.0.1",
    "192.168.255.255",
    "192.168.1",
    "0xc0a80001",
    "3232235521",
    "0300.0250.0.1",
    "::ffff:192.168.1.1",
  ],
  ...["100.64.0.1", "100.127.255.255", "::ffff:100.64.0.1"],
  ...["fc00::1", "fd00::1", "fdff:ffff::1", "FD12:3456:789A::1"],
];

const PUBLIC = [
  ...["1.1.1.1", "8.8.8.8", "104.18.6.192", "0x08080808", "134744072", "::ffff:8.8.8.8"],
  ...[
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "11.0.0.1",
    "126.255.255.255",
    "128.0.0.1",
  ],
  ...["169.253.255.255", "169.255.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255"],
  ...["2606:4700::6812:6c0", "2a00:1450:4001::200e", "2400:cb00::1", "3000::1"],
];

const NO_ADDRESS = [
  ...[
    "",
    " ",
    "localhost",
    "example.com",
    "127.0.0.1.",
    "127.0.0.1:80",
    "[::1]",
    "1.2.3.4.5",
    "256.0.0.1",
    "127.0.0.1/8",
  ],
  ...[
    "http://127.0.0.1",
    "127。0。0。1",
    "１２７.0.0.1",
    "127.0.0.1\n",
    "::1%",
    "::g",
    "1::2::3",
    "user@127.0.0.1",
    "0x",
    "-1",
  ],
];

const each = (addresses: readonly string[]) => addresses.map((address) => [address] as const);

test("more than 120 spellings are judged", () => {
  expect(new Set([...NEVER, ...PRIVATE, ...PUBLIC, ...NO_ADDRESS]).size).toBeGreaterThan(120);
});

test.each(each(NEVER))("%p is never called", (address) => {
  expect(refusalOf(address, false, NONE)).toContain(address);
  expect(refusalOf(address, true, NONE)).toContain(address);
});

test.each(each(PRIVATE))("%p is called for local providers only", (address) => {
  expect(refusalOf(address, false, NONE)).toContain("local: true");
  expect(refusalOf(address, true, NONE)).toBeNull();
});

test.each(each(PUBLIC))("%p may be called", (address) => {
  expect(refusalOf(address, false, NONE)).toBeNull();
  expect(refusalOf(address, true, NONE)).toBeNull();
});

test.each(each(NO_ADDRESS))("%p is no address and is not called", (address) => {
  expect(refusalOf(address, false, NONE)).not.toBeNull();
  expect(refusalOf(address, true, { allow: ["0.0.0.0/0", "::/0"] })).not.toBeNull();
});

describe("what the operator allows", () => {
  test.each([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["::ffff:10.1.2.3", "10.0.0.0/8", true],
    ["11.0.0.1", "10.0.0.0/8", true],
    ["192.168.1.5", "192.168.1.5/32", true],
    ["192.168.1.6", "192.168.1.5/32", false],
    ["169.254.169.254", "169.254.169.254/32", true],
    ["169.254.169.253", "169.254.169.254/32", false],
    ["127.0.0.1", "::/0", false],
    ["::1", "0.0.0.0/0", false],
    ["fe80::1", "fe80::/10", true],
    ["100.100.100.200", "100.64.0.0/10", true],
  ])("%p with %p allowed: %p", (address, allowed, isCalled) => {
    expect(refusalOf(address, false, { allow: ["198.18.0.0/15", allowed] }) === null).toBe(isCalled);
  });
});

test("a public IPv4 address and its IPv6-mapped form are judged alike, whatever the number", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.boolean(), (address, local) => {
      const plain = refusalOf(address, local, NONE);
      expect(refusalOf(`::ffff:${address}`, local, NONE) === null).toBe(plain === null);
      for (const tunnel of [`64:ff9b::${address}`, `::${address}`])
        expect(refusalOf(tunnel, local, NONE) === null).toBe(tunnel === "::0.0.0.1" && local);
    }),
    { numRuns: 500, seed: 20_261_122 },
  );
});
