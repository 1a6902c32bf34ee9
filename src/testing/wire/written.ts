import type { Answer, UpstreamRequest } from "../scripted-upstream.ts";
import type { Said, WireProvider } from "./wire-provider.ts";

/** What a scripted provider answers, one latin1 character a byte, without a socket between. */
export function written(wire: WireProvider, said: Said, isStream: boolean): string {
  let out = "";
  const take = (bytes: string | Uint8Array) => {
    out += Buffer.from(bytes as string).toString("latin1");
  };
  const answer: Answer = {
    json: (_, body) => take(typeof body === "string" ? body : JSON.stringify(body)),
    startStream() {},
    chunk: take,
    endStream() {},
    raw: take,
    drained: async () => {},
    cut() {},
    reset() {},
  };
  const request: UpstreamRequest = {
    method: "POST",
    path: isStream ? "/x:streamGenerateContent-stream" : "/x",
    headers: {},
    text: "",
    body: { stream: isStream },
    closed: Promise.resolve(),
  };
  wire.say(said, request, answer);
  return out;
}
