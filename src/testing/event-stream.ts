import { EventStreamCodec } from "@smithy/eventstream-codec";

/** A message of AWS's binary event stream: its headers, all text, and its payload. */
export type EventMessage = readonly [headers: Readonly<Record<string, string>>, payload: unknown];

/** What a message's headers say unless they are told. */
const USUAL: Readonly<Record<string, string>> = {
  ":message-type": "event",
  ":content-type": "application/json",
};

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
);

/** The stream of these messages, one latin1 character a byte. A message that says no type is an event. */
export function eventStream(messages: readonly EventMessage[]): string {
  return messages.map(eventMessage).join("");
}

function eventMessage([told, payload]: EventMessage): string {
  const all = { ...USUAL, ...told };
  const headers = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, { type: "string" as const, value }]),
  );
  const body = new TextEncoder().encode(
    payload === undefined || payload === null ? "" : JSON.stringify(payload),
  );
  return Buffer.from(codec.encode({ headers, body })).toString("latin1");
}

/** The messages of a stream in the same form, and how many bytes behind the last whole one make none. */
export function messagesIn(stream: Buffer): { messages: EventMessage[]; restBytes: number } {
  const messages: EventMessage[] = [];
  let from = 0;
  while (stream.length - from >= 4) {
    const length = stream.readUInt32BE(from);
    if (length < 16 || length > stream.length - from) break;
    messages.push(messageIn(stream.subarray(from, from + length)));
    from += length;
  }
  return { messages, restBytes: stream.length - from };
}

function messageIn(bytes: Buffer): EventMessage {
  const { headers, body } = codec.decode(bytes);
  const told = Object.entries(headers).map(([name, { value }]) => [name, String(value)] as const);
  const unusual = told.filter(([name, value]) => USUAL[name] !== value);
  const text = new TextDecoder().decode(body);
  return [Object.fromEntries(unusual), text === "" ? null : JSON.parse(text)];
}
