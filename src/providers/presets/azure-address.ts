import type { Provider } from "../contract.ts";
import { OPENAI_PATHS } from "./openai-ways.ts";

type Address = Pick<Provider, "baseUrl" | "paths" | "query">;

/** The last dated version that is generally available; the v1 endpoint needs none. */
export const AZURE_API_VERSION = "2024-10-21";

/**
 * Azure has two addresses for one thing. A base URL that ends in `/openai/v1` is the current one: the deployment is
 * the body's `model`, `api-version` is sent only if told. Any other is the classic one: the deployment is part of the
 * path, or already of the base URL, and a dated `api-version` is required. A dated version with the standard address
 * also means the classic one, which is where dated versions live.
 */
export function azureAddress(baseUrl: string, apiVersion: string | undefined): Address {
  const v1 = /\/openai\/v1$/.test(baseUrl);
  if (v1 && !isDated(apiVersion)) {
    const query: Record<string, string> = apiVersion === undefined ? {} : { "api-version": apiVersion };
    return { baseUrl, paths: { chat: OPENAI_PATHS.chat, embeddings: OPENAI_PATHS.embeddings }, query };
  }
  const query = { "api-version": apiVersion ?? AZURE_API_VERSION };
  if (/\/deployments\/[^/]+$/.test(baseUrl)) {
    return { baseUrl, paths: { chat: OPENAI_PATHS.chat, embeddings: OPENAI_PATHS.embeddings }, query };
  }
  const root = baseUrl.replace(/\/openai(\/v1)?$/, "");
  return {
    baseUrl: `${root}/openai`,
    paths: {
      chat: `/deployments/{model}${OPENAI_PATHS.chat}`,
      embeddings: `/deployments/{model}${OPENAI_PATHS.embeddings}`,
    },
    query,
  };
}

function isDated(apiVersion: string | undefined): boolean {
  return apiVersion !== undefined && /^\d{4}-\d{2}-\d{2}/.test(apiVersion);
}
