import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { AwsKeys } from "../contract.ts";

/** One call as it will be sent; what is changed afterwards is not what was signed. */
export interface CallToSign {
  method: string;
  /** With the real host, whatever address is connected to. */
  url: URL;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Signing {
  keys: AwsKeys;
  region: string;
  /** The name the service signs by, which is not always its host's: `bedrock` for `bedrock-runtime`. */
  service: string;
  nowMs: number;
}

/** The network's, not ours to promise. The host is signed as the URL has it. */
const NOT_SIGNED = ["host", "accept-encoding", "user-agent"];
const OF_THE_SIGNATURE = ["authorization", "x-amz-date", "x-amz-security-token"];

/**
 * The headers that sign a call by AWS Signature Version 4, names in lower case. Path segments are encoded once more
 * for the signature than on the wire, as every service but S3 wants it:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signAws(call: CallToSign, signing: Signing): Promise<Record<string, string>> {
  const { keys, region, service, nowMs } = signing;
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  // Loaded when first needed: 20 ms that only gateways with Bedrock have to spend.
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { url, method, body } = call;
  const headers = Object.entries(call.headers).filter(([name]) => !NOT_SIGNED.includes(name));
  const request = {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: queryOf(url),
    headers: Object.fromEntries([...headers, ["host", url.host]]),
    body,
  };
  const signed = await signer.sign(request, { signingDate: new Date(nowMs) });
  return Object.fromEntries(
    Object.entries(signed.headers).filter(([name]) => OF_THE_SIGNATURE.includes(name)),
  );
}

function queryOf({ searchParams }: URL): Record<string, string | string[]> {
  return Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** The runtime's SHA-256 as the signer wants it. Its own way, Web Crypto, takes five times as long per call. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: Bytes): void {
    this.hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.hash.digest());
  }

  /** Every signer makes its own; none is used twice. */
  reset(): never {
    throw new Error("a hash is used once");
  }
}

function bytesOf(data: Bytes): string | Uint8Array {
  if (typeof data === "string") return data;
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
