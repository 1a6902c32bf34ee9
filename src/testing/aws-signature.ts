import { createHash, createHmac } from "node:crypto";

/** A request as it came over the wire. */
export interface SignedRequest {
  method: string;
  /** Raw, with its query: nothing decoded. */
  path: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  text: string;
}

export interface AwsVerdict {
  valid: boolean;
  accessKeyId: string;
  region: string;
  service: string;
  signedHeaders: readonly string[];
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/**
 * Checks a Signature Version 4 as AWS does, from its documentation alone and sharing nothing with the code that signs:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifyAwsSignature(request: SignedRequest, secretAccessKey: string): AwsVerdict {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? "");
  if (!parts) throw new Error(`no signature in ${JSON.stringify(request.headers.authorization)}`);
  const [, accessKeyId = "", day = "", region = "", service = "", names = "", signature = ""] = parts;
  const signedHeaders = names.split(";");
  const [path = "", query = ""] = request.path.split("?");
  const canonical = [
    request.method,
    path.split("/").map(encoded).join("/"),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names,
    sha256(request.text),
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const valid = hmac(key, toSign).toString("hex") === signature;
  return { valid, accessKeyId, region, service, signedHeaders };
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((pair) => pair.split("=").map((text) => encoded(decodeURIComponent(text.replaceAll("+", " ")))))
    .map(([name = "", value = ""]) => `${name}=${value}`)
    .sort()
    .join("&");
}

/** RFC 3986: everything but the unreserved characters. */
function encoded(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9._~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
