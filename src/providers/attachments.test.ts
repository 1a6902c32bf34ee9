import { afterEach, describe, expect, test } from "bun:test";
import { fixedClock } from "../testing/clock.ts";
import { type Script, ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { Pins, type Resolve } from "./pins.ts";
import { Sender } from "./send.ts";

const PNG = Buffer.from("\x89PNG\r\n\x1a\n-the-picture-", "latin1");
const BOMB = Buffer.from(Bun.gzipSync(new Uint8Array(1_000_000)));
const PAGE_SECRET = "canary-of-the-inner-network";
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

const running: ScriptedUpstream[] = [];
afterEach(async () => {
  for (const it of running.splice(0)) await it.stop();
});

const picture: Script = (_, answer) =>
  answer.raw(
    Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: ${PNG.length}\r\n\r\n`),
      PNG,
    ]),
  );

async function server(script: Script = picture): Promise<ScriptedUpstream> {
  const it = await ScriptedUpstream.start();
  running.push(it);
  return it.on("*", script);
}

const names: Record<string, string[]> = {
  "public.test": ["127.0.0.1"],
  "metadata.test": ["169.254.169.254"],
  "mapped.test": ["::ffff:127.0.0.1"],
  "mixed.test": ["10.0.0.1", "127.0.0.1"],
};
const resolve: Resolve = async (host) => {
  const addresses = names[host];
  if (!addresses) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" });
  return addresses;
};

const LIMITS = { maxBytes: 1000, timeoutMs: 3000 };
function get(url: string, told: { allow?: string[]; signal?: AbortSignal; timeoutMs?: number } = {}) {
  const { allow = LOOPBACK, signal = new AbortController().signal, timeoutMs = LIMITS.timeoutMs } = told;
  const sender = new Sender(new Pins(fixedClock(0), resolve), { allow });
  return sender.fetchAttachment(url, { ...LIMITS, timeoutMs, signal });
}

/** The caller's sentence; every one of them is checked for what it must not hold. */
async function sentence(outcome: ReturnType<typeof get>): Promise<string> {
  const got = await outcome;
  if (!("kind" in got)) return "it was fetched";
  expect(got).toMatchObject({ kind: "bad_request", error: { code: "attachment_not_fetched" } });
  const told = got.error?.message ?? "";
  for (const hidden of ["127.0.0.1", "169.254", "loopback", "ECONN", "ENOTFOUND", "test", PAGE_SECRET])
    expect(told).not.toContain(hidden);
  return told;
}
const UNREACHED = "A URL in the request could not be reached. Send the file itself as a data: URL.";

test("a picture comes back as its type and its bytes, and nothing of ours goes along", async () => {
  const at = await server();
  const url = `http://public.test:${at.port}/a/b.png?size=1&token=of-the-caller#part`;
  expect(await get(url)).toEqual({ mediaType: "image/png", base64: PNG.toString("base64") });
  const [request] = at.requests;
  expect(request).toMatchObject({ method: "GET", path: "/a/b.png?size=1&token=of-the-caller", text: "" });
  expect(request?.headers).toMatchObject({ host: `public.test:${at.port}`, "accept-encoding": "identity" });
  expect(Object.keys(request?.headers ?? {}).toSorted()).toEqual([
    "accept",
    "accept-encoding",
    "host",
    "user-agent",
  ]);
});

test("each fetch has its own connection", async () => {
  const at = await server();
  for (let i = 0; i < 3; i++) await get(`http://public.test:${at.port}/`);
  expect(at.accepted).toBe(3);
});

describe("an address within is not connected to, and reads like one that is not there", () => {
  const spellings = [
    ..."127.0.0.1 127.1 0x7f000001 0x7f.0.0.1 2130706433 017700000001 0 0.0.0.0 127.0.0.1.".split(" "),
    ..."[::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::127.0.0.1] [2002:7f00:1::]".split(
      " ",
    ),
    ..."169.254.169.254 [fd00:ec2::254] 100.100.100.200 10.0.0.1 192.168.0.1 [fe80::1] [fc00::1]".split(" "),
    ..."public.test mapped.test metadata.test mixed.test PUBLIC.test. ①②⑦.0.0.1 127。0。0。1".split(" "),
  ];
  test.each(spellings.map((it) => [it] as const))("http://%s", async (host) => {
    const at = await server();
    expect(await sentence(get(`http://${host}:${at.port}/`, { allow: [] }))).toBe(UNREACHED);
    expect(await sentence(get(`https://${host}:${at.port}/`, { allow: [] }))).toBe(UNREACHED);
    expect(at.accepted).toBe(0);
  });

  test("localhost, as this machine resolves it", async () => {
    const at = await server();
    const sender = new Sender(new Pins(fixedClock(0)), { allow: [] });
    const url = `http://localhost:${at.port}/`;
    const { signal } = new AbortController();
    expect(await sentence(sender.fetchAttachment(url, { ...LIMITS, signal }))).toBe(UNREACHED);
    expect(at.accepted).toBe(0);
  });

  test("one that nobody listens at, and one that does not exist", async () => {
    const at = await server();
    const { port } = at;
    await at.stop();
    running.length = 0;
    expect(await sentence(get(`http://public.test:${port}/`))).toBe(UNREACHED);
    expect(await sentence(get(`http://unknown.test:${port}/`))).toBe(UNREACHED);
  });
});

describe("a URL that is not fetched", () => {
  test.each([
    ["http://user:password@public.test/", "holds a user name or a password"],
    ["http://api.example.com@127.0.0.1/", "holds a user name or a password"],
    ["ftp://public.test/a.png", "does not begin with http:// or https://"],
    ["file:///etc/passwd", "does not begin with http:// or https://"],
    ["gopher://127.0.0.1:70/_x", "does not begin with http:// or https://"],
    ["data:image/png;base64,AAAA", "does not begin with http:// or https://"],
    ["/a.png", "is no complete address"],
    ["http://", "is no complete address"],
    ["", "is no complete address"],
  ])("%s", async (url, what) => {
    expect(await sentence(get(url))).toStartWith(`A URL in the request ${what}.`);
  });
});

describe("redirects", () => {
  const to =
    (location: string, status = 302): Script =>
    (_, answer) =>
      answer.json(status, PAGE_SECRET, { location });

  test.each([301, 302, 303, 307, 308])("%d is followed, also by a relative address", async (status) => {
    const at = await server((request, answer) =>
      request.path === "/a" ? to("b.png", status)(request, answer) : picture(request, answer),
    );
    expect(await get(`http://public.test:${at.port}/a`)).toMatchObject({ mediaType: "image/png" });
    expect(at.requests.map(({ path }) => path)).toEqual(["/a", "/b.png"]);
  });

  test("three are followed, a fourth is not", async () => {
    const at = await server((request, answer) => {
      const left = Number(request.path.slice(1));
      return left === 0 ? picture(request, answer) : to(`/${left - 1}`)(request, answer);
    });
    expect(await get(`http://public.test:${at.port}/3`)).toMatchObject({ mediaType: "image/png" });
    expect(await sentence(get(`http://public.test:${at.port}/4`))).toContain("redirected more than 3 times");
    expect(at.requests).toHaveLength(8);
  });

  test.each([
    "http://10.0.0.1:PORT/",
    "http://[::1]:PORT/",
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.test:PORT/",
    "//metadata.test:PORT/",
  ])("one that leads within is not followed: %s", async (location) => {
    const inner = await server();
    const at = await server(to(location.replace("PORT", String(inner.port))));
    const outcome = get(`http://public.test:${at.port}/`, { allow: ["127.0.0.1/32"] });
    expect(await sentence(outcome)).toBe(UNREACHED);
    expect(inner.accepted).toBe(0);
  });

  test.each([
    ["file:///etc/passwd", "does not begin with http"],
    ["http://user:password@public.test/", "holds a user name"],
    ["http://", "is no complete address"],
  ])("one to %s is not followed", async (location, what) => {
    const at = await server(to(location));
    expect(await sentence(get(`http://public.test:${at.port}/`))).toContain(what);
    expect(at.requests).toHaveLength(1);
  });
});

describe("what is answered", () => {
  const body =
    (headers: string, content: string | Buffer): Script =>
    (_, answer) =>
      answer.raw(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`), Buffer.from(content)]));

  test.each([
    ["a page", body("content-type: text/html\r\ncontent-length: 6", "<html>"), "neither an image nor a PDF"],
    [
      "a page that says it is a picture",
      body("content-type: image/png\r\ncontent-length: 6", "<html>"),
      "neither",
    ],
    ["another type", body(`content-type: application/json\r\ncontent-length: ${PNG.length}`, PNG), "neither"],
    [
      "too much, as told",
      body("content-type: image/png\r\ncontent-length: 1001", PNG),
      "longer than 1000 bytes",
    ],
    [
      "a file that is sent compressed, however little it is",
      body(`content-type: image/png\r\ncontent-encoding: gzip\r\ncontent-length: ${BOMB.length}`, BOMB),
      "is sent compressed",
    ],
    ["a refusal", (_, answer) => answer.json(403, PAGE_SECRET), "answered with status 403"],
    ["no HTTP", (_, answer) => answer.raw(`SSH-2.0-${PAGE_SECRET}\r\n\r\n`), "could not be reached"],
    [
      "a body that breaks off",
      (_, answer) => {
        answer.raw("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 900\r\n\r\n\x89PNG");
        answer.reset();
      },
      "",
    ],
  ] as [string, Script, string][])("%s is refused", async (_, script, what) => {
    const at = await server(script);
    const told = await sentence(get(`http://public.test:${at.port}/`));
    expect(told).toStartWith("A URL in the request ");
    expect(told).toContain(what);
  });

  test("too much without a length is given up while it comes", async () => {
    let sent = 0;
    const at = await server(async (request, answer) => {
      answer.startStream({ "content-type": "image/png" });
      let gone = false;
      void request.closed.then(() => {
        gone = true;
      });
      while (!gone && sent < 50_000_000) {
        answer.chunk(PNG);
        answer.chunk("x".repeat(65_536));
        sent += 65_536;
        await Promise.race([answer.drained(), request.closed]);
      }
    });
    expect(await sentence(get(`http://public.test:${at.port}/`))).toContain("longer than 1000 bytes");
    await at.requests[0]?.closed;
    expect(sent).toBeLessThan(50_000_000);
  });

  test("what there is no room for is not read on", async () => {
    const at = await server();
    const sender = new Sender(new Pins(fixedClock(0), resolve), { allow: LOOPBACK });
    const { signal } = new AbortController();
    const told: number[] = [];
    const admit = (bytes: number) => told.push(bytes) < 1;
    const outcome = sender.fetchAttachment(`http://public.test:${at.port}/`, { ...LIMITS, signal, admit });
    expect(await sentence(outcome)).not.toBe("it was fetched");
    expect(told).toEqual([PNG.length]);
  });

  test.each([
    ["the head", () => {}],
    [
      "the rest",
      (_, answer) => answer.raw("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 9\r\n\r\n"),
    ],
  ] as [string, Script][])("one that never sends %s is given up in time", async (_, script) => {
    const at = await server(script);
    const told = await sentence(get(`http://public.test:${at.port}/`, { timeoutMs: 50 }));
    expect(told).toContain("did not arrive within 50 ms");
    await at.requests[0]?.closed;
  });

  test("a caller who goes away closes the connection", async () => {
    const controller = new AbortController();
    const at = await server(() => controller.abort());
    const outcome = await get(`http://public.test:${at.port}/`, { signal: controller.signal });
    expect(outcome).toMatchObject({ kind: "canceled" });
    await at.requests[0]?.closed;
  });
});

test("names that callers invent are not remembered", async () => {
  let looked = 0;
  const pins = new Pins(fixedClock(0), async () => {
    looked += 1;
    return ["127.0.0.1"];
  });
  const sender = new Sender(pins, { allow: [] });
  const { signal } = new AbortController();
  for (let i = 0; i < 3; i++) await sender.fetchAttachment("http://public.test/", { ...LIMITS, signal });
  expect(looked).toBe(3);
  expect(pins.known("public.test", false, { allow: [] })).toBeNull();
});
