import type { Credentials } from "../contract.ts";

/** The last few are enough: one that was replaced is still good for minutes. A key pair with its token is three. */
const MOST_KEPT = 8;
const issued = new WeakMap<Credentials, string[]>();

/** Remembers what was fetched or read with credentials, for as long as these are in use. */
export function noteSecret(credentials: Credentials, secret: string): void {
  const known = issued.get(credentials) ?? [];
  if (known.includes(secret)) return;
  issued.set(credentials, [secret, ...known].slice(0, MOST_KEPT));
}

/** All that must not be shown of credentials: what the operator told, and what was fetched with it. */
export function secretsIn(credentials: Credentials): readonly string[] {
  return [...told(credentials), ...(issued.get(credentials) ?? [])];
}

function told(credentials: Credentials): string[] {
  switch (credentials.kind) {
    case "aws": {
      const { source } = credentials;
      if ("profile" in source) return [];
      return [source.accessKeyId, source.secretAccessKey, source.sessionToken ?? ""];
    }
    case "google":
      return [credentials.credentialsFile];
    case "entra":
      return [credentials.clientSecret];
  }
}
