import type { Fault } from "../../core/faults.ts";
import type { Credentials } from "../contract.ts";
import type { Lease } from "./renewed.ts";
import { askForToken, type PostForm } from "./token-server.ts";

/** All of Azure's AI services, Azure OpenAI included. */
const SCOPE = "https://cognitiveservices.azure.com/.default";

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
export function fetchEntraToken(
  { tenantId, clientId, clientSecret }: Extract<Credentials, { kind: "entra" }>,
  post: PostForm,
  endpoint: string,
): Promise<Lease<string> | Fault> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
    scope: SCOPE,
  });
  return askForToken(post, `${endpoint}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, form.toString());
}
