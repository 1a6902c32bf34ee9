import { afterAll } from "bun:test";

/** One call as the receiver got it. */
export interface WebhookCall {
  method: string;
  path: string;
  headers: Headers;
  body: string;
}

export interface WebhookReceiver {
  url: string;
  calls: WebhookCall[];
  /** What it answers from now on; 204 at first. */
  answer: (call: WebhookCall) => Response | Promise<Response>;
  /** Resolves once it was called that often. */
  called(count: number): Promise<WebhookCall[]>;
  stop(): Promise<void>;
}

/** A real server on loopback that keeps what it is sent. Port 0 = any free one. */
export function webhookReceiver(port = 0): WebhookReceiver {
  const looks = new Set<() => void>();
  const server = Bun.serve({
    ...{ port, hostname: "127.0.0.1", idleTimeout: 0 },
    async fetch(request) {
      const { method, headers } = request;
      const { pathname, search } = new URL(request.url);
      const call = { method, path: pathname + search, headers, body: await request.text() };
      receiver.calls.push(call);
      for (const look of looks) look();
      return receiver.answer(call);
    },
  });
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${server.port}/hook?token=in-the-address`,
    calls: [],
    answer: () => new Response(null, { status: 204 }),
    called: (count) =>
      new Promise((resolve) => {
        const look = () => void (receiver.calls.length >= count && resolve(receiver.calls));
        looks.add(look);
        look();
      }),
    stop: () => server.stop(true),
  };
  afterAll(() => server.stop(true));
  return receiver;
}

/** By the platform's own cryptography, not by ours: whether a call was signed with this key. */
export async function isSignedWith(
  key: Uint8Array<ArrayBuffer>,
  { headers, body }: WebhookCall,
): Promise<boolean> {
  const [version, signature] = (headers.get("webhook-signature") ?? "").split(",");
  const signed = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${body}`;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["verify"]);
  const bytes = Uint8Array.from(Buffer.from(signature ?? "", "base64"));
  return version === "v1" && crypto.subtle.verify("HMAC", imported, bytes, new TextEncoder().encode(signed));
}
