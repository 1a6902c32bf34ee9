import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Dialect } from "../providers/contract.ts";
import { openaiDialect } from "../providers/dialects/openai/dialect.ts";
import { deployment } from "../testing/catalog.ts";
import { startGateway, type TestGateway, type TestGatewayOptions, testProvider } from "../testing/gateway.ts";
import { completion, streamEvents } from "../testing/openai-replies.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

const SECRET_CAUSE = "disk full at /var/lib/private";
const fail = (): never => {
  throw new TypeError(SECRET_CAUSE);
};

let upstream: ScriptedUpstream;
let nyuro: TestGateway;

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("m", ({ body }, answer) => {
    if (body.stream !== true) return answer.json(200, completion("m", "fine"));
    answer.startStream();
    answer.chunk(streamEvents("m", ["fine"]).join(""));
    answer.endStream();
  });
  upstream.on("refused", (_, answer) => answer.json(400, { error: { message: "no" } }));
});
afterAll(() => upstream.stop());
afterEach(() => nyuro.stop());

function start(rest: Partial<TestGatewayOptions>): void {
  nyuro = startGateway({
    providers: [testProvider("one", upstream.baseUrl)],
    deployments: ["m", "slow", "refused"].map((model) => deployment(`one/${model}`)),
    ...rest,
  });
}

const ask = (stream: boolean, model = "m") =>
  nyuro.chat({ model, messages: [{ role: "user", content: "hi" }], stream });

/** A plain 500 with an id, and nothing of what happened. */
async function expectPlain500(response: Response): Promise<void> {
  expect(response.status).toBe(500);
  const id = response.headers.get("x-request-id");
  expect(id).toMatch(/^req_/);
  expect(response.headers.get("x-should-retry")).toBe("false");
  expect(await response.json()).toEqual({
    error: {
      message: `Internal error. Its id is ${id}.`,
      type: "server_error",
      param: null,
      code: "internal_error",
    },
  });
  expect([...response.headers].join()).not.toContain(SECRET_CAUSE);
  expect(nyuro.logs.some((line) => line.includes(String(id)) && line.includes(SECRET_CAUSE))).toBe(true);
}

const BUGS: [string, Partial<Dialect>, boolean, string][] = [
  ["encoding, whole", { encodeChat: fail }, false, "m"],
  ["encoding, stream", { encodeChat: fail }, true, "m"],
  ["decoding", { decodeChat: fail }, false, "m"],
  ["making a stream reader", { streamReader: fail }, true, "m"],
  [
    "reading the head of a stream",
    {
      streamReader: () =>
        Object.assign(openaiDialect.streamReader({ model: "m", showUsage: false }), { read: fail }),
    },
    true,
    "m",
  ],
  ["reading a refusal", { fault: fail }, false, "refused"],
];

describe("a bug of ours", () => {
  test.each(
    BUGS,
  )("while %s is a plain 500, one row, and nothing stays open", async (_, broken, stream, model) => {
    start({ dialect: { ...openaiDialect, ...broken } });
    await expectPlain500(await ask(stream, model));
    expect(nyuro.rows).toMatchObject([{ status: "error", httpStatus: 500, errorCode: "internal_error" }]);
    expect(nyuro.gateway.health.view(`one/${model}`)).toMatchObject({ inFlight: 0, rest: null });
    expect(nyuro.gateway.deadlines.size).toBe(0);
  });

  test("in the middle of a stream is told in band, and its row says interrupted", async () => {
    const reader = openaiDialect.streamReader({ model: "m", showUsage: false });
    const read = reader.read.bind(reader);
    let reads = 0;
    const dialect = {
      ...openaiDialect,
      streamReader: () =>
        Object.assign(reader, { read: (text: string) => (++reads > 1 ? fail() : read(text)) }),
    };
    start({ dialect });
    const [role = "", word = ""] = streamEvents("m", ["fine"]);
    const { promise: isRead, resolve: goOn } = Promise.withResolvers<void>();
    upstream.on("slow", async (_, answer) => {
      answer.startStream();
      answer.chunk(role + word);
      await isRead;
      answer.chunk(word);
    });
    const response = await ask(true, "slow");
    goOn();
    const text = await response.text();
    expect(text).toContain('data: {"error":{');
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain(SECRET_CAUSE);
    expect(nyuro.rows).toMatchObject([{ status: "interrupted" }]);
  });
});

describe("a ledger that cannot be written", () => {
  const broken = { write: async () => fail() };

  test("makes an answer a plain 500: nobody gets what has no row", async () => {
    start(broken);
    const response = await ask(false);
    await expectPlain500(response);
    expect(nyuro.rows).toEqual([]);
    expect(nyuro.gateway.health.inFlight("one/m")).toBe(0);
  });

  test("makes a refusal a plain 500", async () => {
    start(broken);
    await expectPlain500(await nyuro.chat("{"));
  });

  test("makes a refusal for its scope a plain 500, and nothing waits for it at the end", async () => {
    start({ ...broken, caller: { scopes: ["read"] } });
    await expectPlain500(await ask(false));
    await nyuro.stop(10_000);
  });

  test("cuts a stream before [DONE]", async () => {
    start(broken);
    const response = await ask(true);
    let text = "";
    const reading = (async () => {
      for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
    })();
    await expect(reading).rejects.toThrow();
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain(SECRET_CAUSE);
    expect(nyuro.logs.some((line) => line.includes(SECRET_CAUSE))).toBe(true);
  });
});
