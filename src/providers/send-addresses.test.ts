import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { fixedClock } from "../testing/clock.ts";
import { providerAt } from "../testing/provider.ts";
import type { WireRequest } from "./contract.ts";
import { Pins, type Resolve } from "./pins.ts";
import { Sender } from "./send.ts";

const WIRE: WireRequest = { operation: "chat", body: "{}", dropped: [], added: [] };

/** Whoever connects here has been tricked. */
let connects = 0;
async function canary(host: string): Promise<Server> {
  const server = createServer((socket) => {
    connects += 1;
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
  });
  await new Promise<void>((ready) => server.listen(0, host, ready));
  return server;
}
const server = await canary("127.0.0.1");
const address = server.address();
const PORT = typeof address === "object" && address ? address.port : 0;
afterAll(() => void server.close());
beforeEach(() => {
  connects = 0;
});

/** What a hostile or careless name server would say. */
const NAMES: Record<string, string[]> = {
  "public.test": ["127.0.0.1"],
  "mapped.test": ["::ffff:127.0.0.1"],
  "v6.test": ["::1"],
  "any.test": ["0.0.0.0"],
  "nat64.test": ["64:ff9b::7f00:1"],
  "sixtofour.test": ["2002:7f00:1::"],
  "mixed.test": ["127.0.0.1", "0.0.0.0", "::1"],
  "metadata.test": ["169.254.169.254"],
  "nothing.test": [],
};
const resolve: Resolve = async (host) => NAMES[host] ?? ["127.0.0.1"];

function send(baseUrl: string, rest: Parameters<typeof providerAt>[1] = {}, allow: string[] = []) {
  const sender = new Sender(new Pins(fixedClock(0), resolve), { allow });
  return sender.send(providerAt(baseUrl, rest), WIRE, "m", AbortSignal.timeout(2000));
}

const hosts = [
  ...[
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "017700000001",
  ],
  ...["0177.0.0.1", "0177.0.0.01", "127.0.0.1.", "0", "0.0.0.0", "0x0", "127.65535", "127.000.000.001"],
  ...[
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[::]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
  ],
  ...["[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[64:ff9b:1::7f00:1]"],
  ...[
    "127。0。0。1",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "foo.localhost",
    "ⓛocalhost",
  ],
  ...[
    "api.openai.com@127.0.0.1",
    "user:password@127.0.0.1",
    "api.openai.com%40@127.0.0.1",
    "api.openai.com:443@127.0.0.1",
  ],
  ...Object.keys(NAMES),
];

test.each(hosts.map((host) => [host] as const))("http://%s is not connected to", async (host) => {
  const outcome = await send(`http://${host}:${PORT}/v1`);
  expect("kind" in outcome && outcome.kind).toBe("network");
  expect(connects).toBe(0);
  expect(JSON.stringify(outcome)).not.toContain("sk-canary");
});

test.each([
  ["a backslash", `http://public.test\\@127.0.0.1:${PORT}/v1`],
  ["a fragment", `http://127.0.0.1:${PORT}#@api.openai.com/v1`],
  ["a query", `http://127.0.0.1:${PORT}?@api.openai.com/v1`],
  ["a tab inside", `http://127.0\t.0.1:${PORT}/v1`],
  ["a line break inside", `http://127.0.0\n.1:${PORT}/v1`],
  ["one slash", `http:/127.0.0.1:${PORT}/v1`],
  ["no slash", `http:127.0.0.1:${PORT}/v1`],
  ["TLS", `https://127.0.0.1:${PORT}/v1`],
])("%s changes nothing", async (_, baseUrl) => {
  const outcome = await send(baseUrl);
  expect("kind" in outcome && outcome.kind).toBe("network");
  expect(connects).toBe(0);
});

test.each([
  "169.254.169.254",
  "[::ffff:169.254.169.254]",
  "2852039166",
  "0xa9fea9fe",
  "metadata.test",
  "100.100.100.200",
  "0.0.0.0",
])("a local provider may not be at %s either", async (host) => {
  const outcome = await send(`http://${host}:${PORT}/v1`, { local: true });
  expect("kind" in outcome && outcome.kind).toBe("network");
  expect(connects).toBe(0);
});

describe("who may call a private address", () => {
  test.each([
    ["a local provider", { local: true }, [], 1],
    ["any provider where the operator allows the range", {}, ["127.0.0.0/8"], 1],
    ["nobody else", {}, ["10.0.0.0/8"], 0],
  ])("%s", async (_, rest, allow, expected) => {
    const outcome = await send(`http://public.test:${PORT}/v1`, rest, allow);
    expect(outcome instanceof Response ? 1 : 0).toBe(expected);
    expect(connects).toBe(expected);
  });
});

test("of several addresses only the allowed one is called", async () => {
  const outcome = await send(`http://mixed.test:${PORT}/v1`, { local: true });
  expect(outcome).toBeInstanceOf(Response);
  expect(connects).toBe(1);
});

test("a name that turns to a private address after it was checked is not followed there", async () => {
  const clock = fixedClock(0);
  const answers = [["1.1.1.1"], ["127.0.0.1"]];
  const pins = new Pins(clock, async () => answers.shift() ?? ["127.0.0.1"]);
  const sender = new Sender(pins, { allow: [] });
  await pins.look("public.test", false, { allow: [] });
  clock.advance(31_000);
  pins.known("public.test", false, { allow: [] });
  await new Promise<void>((done) => setImmediate(done));
  const outcome = await sender.send(
    providerAt(`http://public.test:${PORT}/v1`),
    WIRE,
    "m",
    AbortSignal.timeout(2000),
  );
  expect(outcome).toMatchObject({ kind: "network", beforeResponse: false });
  expect(connects).toBe(0);
});

test("a policy that is taken back is obeyed by the next call", async () => {
  const sender = new Sender(new Pins(fixedClock(0), resolve), { allow: ["127.0.0.0/8"] });
  const provider = providerAt(`http://public.test:${PORT}/v1`);
  expect(await sender.send(provider, WIRE, "m", AbortSignal.timeout(2000))).toBeInstanceOf(Response);
  sender.usePolicy({ allow: [] });
  expect(await sender.send(provider, WIRE, "m", AbortSignal.timeout(2000))).toMatchObject({
    kind: "network",
  });
  expect(connects).toBe(1);
});
