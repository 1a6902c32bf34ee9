import { describe, expect, test } from "bun:test";
import { toldAddressRefusal } from "./told-address.ts";

const ANYTHING = { allow: ["0.0.0.0/0", "::/0"] };
const NOTHING = { allow: [] };

/** However it is written. */
const METADATA = [
  ...["169.254.169.254", "169.254.169.254.", "169.254.43518", "169.16689662", "2852039166", "2852039166."],
  ...["0xa9fea9fe", "0xA9.0xFE.0xA9.0xFE", "0251.0376.0251.0376", "025177524776", "0xa9.254.0251.254"],
  ...["00000251.0376.0251.0376", "169.254.0xa9fe", "169.0376.43518"],
  ...["[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[0:0:0:0:0:FFFF:A9FE:A9FE]"],
  ...[
    "１６９.２５４.１６９.２５４",
    "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
    "169。254。169。254",
    "169．254．169．254",
    "１６９｡254.169.254",
  ],
  ...["169%2e254%2e169%2e254", "%31%36%39.254.169.254", "169.254.169.254:80", "169.254.169.254:443"],
  ...["169.254.170.2", "[fe80::1]", "[FE80::a9fe:a9fe]", "[fd00:ec2::254]", "[FD00:0EC2:0:0::254]"],
  ...["[fd00:ec2:0:0:0:0:0:254]", "100.100.100.200", "0x646464c8", "192.0.0.192"],
];

const LOOPBACK = [
  ...["127.0.0.1", "127.1", "127.0.0.1.", "2130706433", "0x7f.1", "0177.0.0.1", "017700000001", "[::1]"],
  ...[
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "ｌｏｃａｌｈｏｓｔ",
    "①②⑦.①",
  ],
  ...["10.0.0.8", "192.168.1.1", "172.16.0.1", "100.64.0.1", "[fd12::1]", "0xc0a80101"],
];

const NEVER = [
  "0.0.0.0",
  "0",
  "[::]",
  "224.0.0.1",
  "255.255.255.255",
  "[::127.0.0.1]",
  "[64:ff9b::a9fe:a9fe]",
];

describe.each(METADATA)("http://%s/v1", (host) => {
  test.each([
    [false, NOTHING],
    [true, NOTHING],
    [true, ANYTHING],
  ] as const)("is a metadata address, local %p", (local, policy) => {
    const refusal = toldAddressRefusal(`http://${host}/v1`, local, policy);
    expect(refusal).toMatch(/^leads to a cloud's metadata address/);
  });
});

test.each(
  LOOPBACK,
)("http://%s/v1 is private: for local providers, and where egress.allow names it", (host) => {
  const url = `http://${host}:8000/v1`;
  expect(toldAddressRefusal(url, false, NOTHING)).toMatch(
    /^may not be called: .* mark the provider "local: true"/,
  );
  expect(toldAddressRefusal(url, true, NOTHING)).toBeNull();
  expect(toldAddressRefusal(url, false, ANYTHING)).toBeNull();
});

test.each(NEVER)("http://%s/v1 is nobody's address", (host) => {
  for (const local of [false, true])
    expect(toldAddressRefusal(`http://${host}/v1`, local, NOTHING)).toContain("is never called unless");
});

test.each([
  "api.openai.com",
  "8.8.8.8",
  "[2606:4700::1111]",
  "169.254.169.254.example.com",
  "box",
  "localhost.example",
])("http://%s/v1 is called, or judged when it is looked up", (host) =>
  expect(toldAddressRefusal(`http://${host}/v1`, false, NOTHING)).toBeNull());
