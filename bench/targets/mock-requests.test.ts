import { expect, test } from "bun:test";
import { type MockRequest, readRequest } from "./mock-requests.ts";

function request(body: string, header = `content-length: ${Buffer.byteLength(body)}`): Buffer {
  return Buffer.from(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${header}\r\n\r\n${body}`);
}

const path = "/v1/chat/completions";
const chunked = "Transfer-Encoding: chunked";

const cases: [string, Buffer, Omit<MockRequest, "end">][] = [
  ["a JSON answer", request('{"model":"mock-chat"}'), { path, stream: false, pace: "burst", deltas: null }],
  [
    "a burst",
    request('{"model":"mock-chat","stream":true,"max_tokens":31}'),
    { path, stream: true, pace: "burst", deltas: 31 },
  ],
  [
    "a paced stream, spelt with blanks",
    request('{"model": "mock-paced", "stream": true, "max_tokens": 12}'),
    { path, stream: true, pace: "paced", deltas: 12 },
  ],
  [
    "a chunked body",
    request('30\r\n{"model":"mock-steady","stream":true,"max_tokens":1}\r\n0\r\n\r\n', chunked),
    { path, stream: true, pace: "steady", deltas: 1 },
  ],
  [
    "no body",
    Buffer.from("GET /stats HTTP/1.1\r\nhost: x\r\n\r\n"),
    { path: "/stats", stream: false, pace: "burst", deltas: null },
  ],
];

test.each(cases)("%s is understood, and only once it is whole", (_name, bytes, expected) => {
  for (let length = 0; length < bytes.length; length++)
    expect(readRequest(bytes.subarray(0, length))).toBeNull();
  expect(readRequest(bytes)).toEqual({ ...expected, end: bytes.length });
  expect(readRequest(Buffer.concat([bytes, bytes]))?.end).toBe(bytes.length);
});
