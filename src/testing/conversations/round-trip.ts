import { expect } from "bun:test";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { DecodeOptions } from "../../providers/contract.ts";
import { DIALECTS } from "../../providers/dialects/list.ts";
import { detailsIn } from "../dialect-case.ts";
import { relay, understand } from "../streams.ts";
import { list, record, type Said, text, type WireProvider } from "../wire/wire-provider.ts";
import { written } from "../wire/written.ts";
import { continued, SIGNATURES } from "./answers.ts";
import { encode, expectLawful } from "./laws.ts";
import { TARGETS } from "./targets.ts";

const SHOWN: DecodeOptions = { model: "canonical-model", id: "req_roundtrip", createdS: 1_795_000_000 };

/** Fails unless an answer of this provider survives: read, whole and as a stream, and told to every other one. */
export function expectRoundTrip(wire: WireProvider, said: Said): void {
  const message = readWhole(wire, said);
  expectSaid(message, said);
  expectStreamed(wire, said, message);
  const calls = list(message.tool_calls);
  const request = continued(message, calls);
  for (const at of Object.values(TARGETS).flat()) expectLawful(request, at);
  if (calls.length > 0 && said.reasoning) expectSigned(wire, request);
}

function readWhole(wire: WireProvider, said: Said): JsonObject {
  const bytes = Buffer.from(written(wire, said, false), "latin1");
  const decoded = DIALECTS[wire.id].decodeChat(bytes.toString("utf8"), SHOWN);
  if ("kind" in decoded) throw new Error(`${decoded.kind}: ${decoded.cause}`);
  return record(list(JSON.parse(decoded.text).choices)[0]?.message);
}

/** Its words, and its calls with their names and arguments; the ids too, where the provider gives any. */
function expectSaid(message: JsonObject, { text: pieces, calls = [], reasoning }: Said): void {
  expect(text(message.content)).toBe(pieces?.join("") ?? "");
  expect(text(message.reasoning_content)).toBe(reasoning?.text ?? "");
  const told = list(message.tool_calls);
  const asSaid = told.map(({ function: it }) => ({
    name: record(it).name,
    input: JSON.parse(text(record(it).arguments)),
  }));
  expect(asSaid).toEqual(calls.map(({ name, input }) => ({ name, input })));
  const ids = told.map(({ id }) => text(id));
  const isMade = ids.every((id) => id.startsWith("call_roundtrip_"));
  expect(isMade ? [] : ids).toEqual(isMade ? [] : calls.map(({ id }) => id));
  expect(new Set(ids).size).toBe(calls.length);
}

function expectStreamed(wire: WireProvider, said: Said, message: JsonObject): void {
  const reader = DIALECTS[wire.id].streamReader({ ...SHOWN, showUsage: true });
  const { out, fault } = relay(reader, written(wire, said, true));
  expect(fault).toBeNull();
  const { content, reasoning, toolCalls, isDone } = understand(out);
  expect({ content, reasoning, isDone }).toEqual({
    content: text(message.content),
    reasoning: text(message.reasoning_content),
    isDone: true,
  });
  const calls = list(message.tool_calls).map(({ id, function: it }) => ({ id, ...record(it) }));
  expect(toolCalls.map(withInput)).toEqual(calls.map(withInput));
  expect(detailsIn(out)).toEqual(list(message.reasoning_details));
}

function withInput(call: JsonObject): JsonObject {
  return { ...call, arguments: JSON.parse(text(call.arguments)) };
}

/** Its issuer gets back what it signed. */
function expectSigned(wire: WireProvider, request: JsonObject): void {
  const signature = SIGNATURES[wire.id];
  const at = TARGETS[wire.id].find(({ takes }) => takes.length > 0);
  if (signature === undefined || !at) return;
  const sent = encode(request, { ...at, target: { ...at.target, upstreamModel: wire.model } });
  expect(isObject(sent) && "body" in sent && text(sent.body)).toContain(signature);
}
