import { expect } from "bun:test";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { JsonObject } from "../../core/json.ts";
import type { Target, Unsupported, WireRequest } from "../../providers/contract.ts";
import { deepFreeze } from "../deep-freeze.ts";
import { expectDemands } from "./demands.ts";
import { asksForNothing, isNamed, valueAt } from "./fields.ts";
import { ISSUERS } from "./messages.ts";
import { ATTACHMENTS } from "./parts.ts";
import { expectSurvival } from "./survival.ts";
import type { ConversationTarget } from "./targets.ts";

type Wire = WireRequest | Unsupported;

/** With what the gateway would have fetched for it. */
function targetFor(request: JsonObject, { dialect, target }: ConversationTarget): Target {
  const urls = dialect.urlsToFetch?.(request, target) ?? [];
  return { ...target, attachments: new Map([...ATTACHMENTS].filter(([url]) => urls.includes(url))) };
}

export function encode(request: JsonObject, at: ConversationTarget): Wire {
  return at.dialect.encodeChat(request, targetFor(request, at));
}

/** Fails unless what becomes of a request at this target keeps every law. */
export function expectLawful(request: JsonObject, at: ConversationTarget): "sent" | "unsupported" {
  const before = JSON.stringify(request);
  const wire = encode(deepFreeze(request), at);
  expect(JSON.stringify(request)).toBe(before);
  expect(encode(structuredClone(request), at)).toEqual(wire);
  if ("unsupported" in wire) {
    expect([wire.unsupported, valueAt(request, wire.unsupported) === undefined]).toEqual([
      wire.unsupported,
      false,
    ]);
    expect(wire.why).toMatch(/^[A-Z`].*\.$/s);
    return "unsupported";
  }
  const body: JsonObject = JSON.parse(wire.body);
  expect(JSON.stringify(body)).toBe(wire.body);
  expect(schemaErrors(body, at.schema)).toEqual([]);
  expect(at.problems(body)).toEqual([]);
  expect(wire.dropped.filter((field) => !isNamed(request, field))).toEqual([]);
  expect(silentlyDropped(request, wire, at)).toEqual([]);
  expect(foreignSignatures(wire.body, at)).toEqual([]);
  expectSurvival(request, wire, body, at, targetFor(request, at).attachments);
  expectDemands(request, wire, body, at.wire);
  return "sent";
}

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allErrors: true,
});
const validators = new Map<JsonObject, ValidateFunction>();

/** All that the schema has against the body, each with its place. */
export function schemaErrors(body: JsonObject, schema: JsonObject | null): string[] {
  if (!schema) return [];
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  if (validate(body)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`;
  });
}

/** Fields without which the same would be sent, and whose loss is told nowhere. */
function silentlyDropped(request: JsonObject, wire: WireRequest, at: ConversationTarget): string[] {
  return Object.keys(request).filter((field) => {
    const isTold = wire.dropped.some((path) => path.split(/[.[]/)[0] === field);
    if (isTold || asksForNothing(field, request) || at.ownWays[field]?.(request[field])) return false;
    const { [field]: value, ...rest } = request;
    // What is done anyway in one way may be named in the other.
    const others = typeof value === "boolean" ? [rest, { ...rest, [field]: !value }] : [rest];
    return others.every((other) => isSame(encode(other, at), wire));
  });
}

function isSame(one: Wire, other: WireRequest): boolean {
  if ("unsupported" in one) return false;
  const read = ({ body, path, reading, dropped }: WireRequest) =>
    JSON.stringify([body, path, reading, dropped]);
  return read(one) === read(other);
}

/** Only its issuer understands a signature; to all others it is a reason to refuse the request. */
function foreignSignatures(body: string, { takes }: ConversationTarget): string[] {
  const foreign = Object.entries(ISSUERS).filter(([issuer]) => !takes.some((own) => own === issuer));
  return foreign.filter(([, signature]) => body.includes(signature)).map(([issuer]) => issuer);
}
