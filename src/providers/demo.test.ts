import { expect, test } from "bun:test";
import { relay, understand } from "../testing/streams.ts";
import type { Operation, WireRequest } from "./contract.ts";
import { DEMO_MODEL, demoReply } from "./demo.ts";
import { openaiDialect } from "./dialects/openai/dialect.ts";

const wire = (operation: Operation, body: unknown = {}): WireRequest => ({
  operation,
  body: JSON.stringify(body),
  dropped: [],
  added: [],
});
type Chat = { choices: { message: { content: string } }[] };
const said = async (body: unknown) => {
  const { choices } = (await demoReply(wire("chat", body)).json()) as Chat;
  return choices[0]?.message.content ?? "";
};
const ask = (content: unknown, rest = {}) => ({ messages: [{ role: "user", content }], ...rest });

test("it answers in OpenAI's shape and says plainly that it is simulated", async () => {
  const reply = openaiDialect.decodeChat(await demoReply(wire("chat", ask("hello 你好"))).text(), {
    model: "demo",
  });
  if ("kind" in reply) throw new Error(reply.cause);
  expect(reply.finishReason).toBe("stop");
  expect(reply.usage?.output).toBeGreaterThan(0);
  expect(reply.text).toContain("simulated");
  expect(reply.text).toContain("hello 你好");
});

test("its stream is complete, keeps the contract and says the same", async () => {
  const response = demoReply(wire("chat", ask("hello 你好", { stream: true })));
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const bytes = Buffer.from(await response.arrayBuffer()).toString("latin1");
  const { out, fault, reader } = relay(
    openaiDialect.streamReader({ model: DEMO_MODEL, showUsage: true }),
    bytes,
  );
  expect(fault).toBeNull();
  expect(out).toBe(bytes);
  expect(reader.usage).not.toBeNull();
  const understood = understand(out);
  expect(understood).toMatchObject({ finishReason: "stop", isDone: true });
  expect(understood.content).toBe(await said(ask("hello 你好")));
});

test.each([
  [
    "text in parts",
    ask([{ type: "text", text: "look: " }, { type: "image_url" }, { type: "text", text: "this" }]),
    "look: this",
  ],
  [
    "the last of several",
    {
      messages: [
        { role: "user", content: "a" },
        { role: "user", content: "b" },
        { role: "assistant", content: "c" },
      ],
    },
    '"b"',
  ],
  ["no messages", {}, 'You said: ""'],
  ["odd messages", { messages: [null, 5, { role: "user", content: null }] }, 'You said: ""'],
])("it repeats %s", async (_, body, repeated) => {
  expect(await said(body)).toContain(repeated);
});

test("a long question is not repeated whole", async () => {
  expect((await said(ask("x".repeat(5000)))).length).toBeLessThan(500);
});

test.each([
  ["one text", "a", 1],
  ["several", ["a", "b", "c"], 3],
  ["token ids", [1, 2, 3], 1],
  ["lists of token ids", [[1], [2]], 2],
])("embeddings of %s: one vector each, the same for the same text", async (_, input, count) => {
  const text = await demoReply(wire("embeddings", { input })).text();
  const decoded = openaiDialect.decodeEmbeddings(text, { model: "demo", encoding: "float" });
  if ("kind" in decoded) throw new Error(decoded.cause);
  const { data } = JSON.parse(decoded.text);
  expect(data).toHaveLength(count);
  for (const { embedding } of data) expect(embedding).toHaveLength(8);
  expect(await demoReply(wire("embeddings", { input })).text()).toBe(text);
});

test("it lists its one model", async () => {
  const listed = openaiDialect.decodeModels(await demoReply(wire("models")).text());
  expect(listed?.map(({ id }) => id)).toEqual([DEMO_MODEL]);
});
