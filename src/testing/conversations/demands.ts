import { expect } from "bun:test";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { WireRequest } from "../../providers/contract.ts";
import { propertiesOf, propertyNames } from "../api-rules/embedded-schemas.ts";
import type { Heard, WireProvider } from "../wire/wire-provider.ts";
import { list, numberOrNull, record, text } from "../wire/wire-provider.ts";

/** Fails unless what the chat demands of the answer is in the body, or is named as dropped: tools, form, limits. */
export function expectDemands(
  request: JsonObject,
  wire: WireRequest,
  body: JsonObject,
  api: WireProvider,
): void {
  const path = wire.path ?? "";
  const heard = api.hear({
    method: "POST",
    path,
    headers: {},
    text: wire.body,
    body,
    closed: Promise.resolve(),
  });
  const isDropped = (field: string) => wire.dropped.includes(field);
  expectTools(request, wire, body);
  if (!isDropped("tool_choice")) expectChoice(request, wire, heard);
  if (!isDropped("response_format")) expectForm(request, propertyNames(body));
  const limit = numberOrNull(request.max_completion_tokens) ?? numberOrNull(request.max_tokens);
  if (limit !== null && !isDropped("max_tokens") && !isDropped("max_completion_tokens"))
    expect(heard.maxTokens).toBe(limit);
  const { temperature } = request;
  if (!isDropped("temperature") && temperature !== 1)
    expect(heard.temperature).toBe(numberOrNull(temperature));
  const stops = stopsOf(request.stop).filter((it) => !isDropped("stop") || heard.stop.includes(it));
  expect(stopsOf(heard.stop).map((it) => it.toWellFormed())).toEqual(stops.map((it) => it.toWellFormed()));
  expect(heard.stream).toBe(request.stream === true);
}

function stopsOf(told: unknown): string[] {
  const stops = Array.isArray(told) ? told.map(text) : [text(told)];
  return stops.filter((it) => it !== "");
}

/** Those that can be called. */
function callable(request: JsonObject): JsonObject[] {
  if (request.tool_choice === "none") return [];
  const allowed = record(record(request.tool_choice).allowed_tools).tools;
  const names = Array.isArray(allowed) ? list(allowed).map(({ function: it }) => record(it).name) : null;
  const forced = isObject(request.tool_choice) ? text(record(request.tool_choice.function).name) : "";
  const tools = list(request.tools).map(({ function: it }) => record(it));
  return tools.filter(({ name }) => (names ? names.includes(name) : forced === "" || forced === name));
}

function declaredIn(body: JsonObject): string[] {
  const tools = [...list(body.tools), ...list(record(body.toolConfig).tools)];
  const named = tools.flatMap((it) => [
    it,
    record(it.function),
    record(it.toolSpec),
    ...list(it.functionDeclarations),
  ]);
  return named.map(({ name }) => text(name));
}

/** What the scenarios of a scripted provider take for a tool that stands in for a schema. */
const STAND_IN = /^(json|answer|response|structured)/;

function expectTools(request: JsonObject, wire: WireRequest, body: JsonObject): void {
  const names = declaredIn(body);
  const properties = [...propertyNames(body)];
  for (const { name, description, parameters } of callable(request)) {
    expect(names).toContain(text(name));
    const told = text(description).trim() === "" ? "" : text(description);
    const forms = [told, told.toWellFormed()].map((it) => JSON.stringify(it).slice(1, -1));
    expect(forms.some((it) => wire.body.includes(it)) || told).toBe(true);
    for (const property of propertiesOf(parameters)) expect(properties).toContain(property);
  }
}

/** A tool that is the only one is forced by forcing any. */
function expectChoice(
  { tool_choice: choice, tools }: JsonObject,
  { reading }: WireRequest,
  heard: Heard,
): void {
  if (list(tools).length === 0) return;
  const named = isObject(choice) ? text(record(choice.function).name) : "";
  const isRequired = choice === "required" || record(record(choice).allowed_tools).mode === "required";
  const forced =
    heard.tools.length === 1 && heard.forced !== null
      ? text(heard.tools[0]).replace(/\(.*$/s, "")
      : heard.forced;
  if (STAND_IN.test(named)) return;
  if (named !== "") expect(forced).toBe(named);
  else if (isRequired) expect(heard.forced).not.toBeNull();
  else if (!reading) expect(heard.forced).toBeNull();
}

function expectForm({ response_format: format }: JsonObject, properties: ReadonlySet<string>): void {
  const { schema } = record(record(format).json_schema);
  for (const property of propertiesOf(schema)) expect([...properties]).toContain(property);
}
