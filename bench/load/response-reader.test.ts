import { expect, test } from "bun:test";
import { type ReadResponse, ResponseReader } from "./response-reader.ts";

const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a":"b"}';
const empty = "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n";

function streamOf(...chunks: string[]): string {
  const body = chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join("");
  const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
  return `${head}${body}0\r\n\r\n`;
}

const split = streamOf('data: {"a":1}\n', '\ndata: {"a":2}\n\nda', "ta: [DONE]\n\n");
const cut = streamOf('data: {"a":1}\n\n', 'data: {"a":2}\n\n');

interface Read {
  responses: ReadResponse[];
  events: number[];
}

function read(parts: readonly Buffer[]): Read {
  const found: Read = { responses: [], events: [] };
  const reader = new ResponseReader({
    onEvent: (count) => void found.events.push(count),
    onEnd: (response) => void found.responses.push(response),
  });
  for (const part of parts) reader.feed(part);
  return found;
}

const whole = Buffer.from(json + split + empty + cut);
const expected: Read = {
  responses: [
    { status: 200, bodyBytes: 9, events: 0, done: false },
    { status: 200, bodyBytes: 44, events: 3, done: true },
    { status: 429, bodyBytes: 0, events: 0, done: false },
    { status: 200, bodyBytes: 30, events: 2, done: false },
  ],
  events: [1, 2, 3, 1, 2],
};

test("responses on one connection are told apart, and a stream without [DONE] is not done", () => {
  expect(read([whole])).toEqual(expected);
});

test("wherever the bytes are cut, the same is read", () => {
  for (let at = 1; at < whole.length; at++) {
    expect(read([whole.subarray(0, at), whole.subarray(at)])).toEqual(expected);
  }
  expect(read(Array.from(whole, (byte) => Buffer.from([byte])))).toEqual(expected);
});

test.each([
  ["a response whose end cannot be known", "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"],
  ["a chunk without a size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
])("%s stops the load", (_name, bytes) => {
  expect(() => read([Buffer.from(bytes)])).toThrow();
});
