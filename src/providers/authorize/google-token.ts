import { readFile } from "node:fs/promises";
import { type Fault, fault } from "../../core/faults.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { Lease } from "./renewed.ts";
import { askForToken, type PostForm } from "./token-server.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

export interface GoogleTokenRequest {
  credentialsFile: string;
  post: PostForm;
  /** The one address that assertions are for and go to; what the file says of it is not obeyed. */
  endpoint: string;
  /** Told of the private key before it is used. */
  onSecret: (secret: string) => void;
}

/**
 * An access token for a service account (RFC 7523). The key file is read at each renewal, so a key that was replaced
 * is used without a restart.
 */
export async function fetchGoogleToken(request: GoogleTokenRequest): Promise<Lease<string> | Fault> {
  const key = await readKey(request.credentialsFile);
  if ("kind" in key) return key;
  request.onSecret(key.privateKey);
  let answer: Lease<string> | Fault | null = null;
  // The library signs and would call by itself: its way to the network is ours, so that the call is guarded.
  const fetchImplementation = async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    answer = await askForToken(request.post, request.endpoint, String(init?.body ?? ""));
    if ("kind" in answer) return new Response("{}", { status: 401 });
    return Response.json({ access_token: answer.value, expires_in: answer.lifetimeMs / 1000 });
  };
  // Loaded when first needed: 60 ms that hardly any gateway has to spend.
  const { JWT } = await import("google-auth-library");
  try {
    const client = new JWT({
      email: key.email,
      key: key.privateKey,
      scopes: [SCOPE],
      transporterOptions: { fetchImplementation: fetchImplementation as never, retryConfig: { retry: 0 } },
    });
    await client.authorize();
  } catch {
    // Either told in `answer`, or the key could not sign; the library's own words may hold the assertion.
  }
  return answer ?? unusable(request.credentialsFile, "holds a private key that cannot sign");
}

async function readKey(path: string): Promise<{ email: string; privateKey: string } | Fault> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return unusable(path, `cannot be read (${code})`);
  }
  const parsed = parseJson(text);
  const file: JsonObject = isObject(parsed) ? parsed : {};
  if (file.type !== "service_account") return unusable(path, "is no key of a service account");
  const { client_email: email, private_key: privateKey } = file;
  if (typeof email !== "string" || typeof privateKey !== "string")
    return unusable(path, "has no client_email or no private_key");
  return { email, privateKey };
}

function unusable(path: string, what: string): Fault {
  return fault("upstream_auth", `the credentials file ${path} ${what}`);
}
