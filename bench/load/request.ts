import { BURST_DELTAS } from "../targets/mock-replies.ts";
import type { Pace } from "../targets/mock-requests.ts";
import type { Target } from "../targets/target.ts";

export type Profile = "json" | Pace;

const models = { json: "bench", burst: "bench", steady: "bench-steady", paced: "bench-paced" } as const;

const question =
  "Summarise for a new colleague what the gateway does between the socket of the caller and the socket of the " +
  "provider, in which order, and what would be lost if one of the steps were left out. ";

/** The whole HTTP request of one profile, head and body; about 1 KB. `burst` always has BURST_DELTAS. */
export function requestText(target: Target, profile: Profile, deltas = BURST_DELTAS): string {
  const stream = { stream: true, stream_options: { include_usage: true } };
  const body = JSON.stringify({
    model: models[profile],
    messages: [
      { role: "system", content: "You are a careful assistant. Answer in short sentences, without lists." },
      { role: "user", content: question.repeat(2).trim() },
    ],
    temperature: 0.2,
    max_tokens: deltas,
    user: "bench",
    ...(profile === "json" ? {} : stream),
  });
  const headers = Object.entries(target.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `POST ${target.path} HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nContent-Type: application/json\r\n` +
    `Accept: */*\r\nUser-Agent: bench\r\n${headers.join("")}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
