import type { DialectId, Provider, Quirks } from "../contract.ts";
import { DIALECT_WAYS } from "./dialect-ways.ts";
import { OLDER_OPENAI, OPENAI_PATHS } from "./openai-ways.ts";

type Address = Pick<Provider, "baseUrl" | "dialect" | "paths" | "quirks">;

/** The OpenAI-compatible port passes over what is dropped or refused here: https://docs.ollama.com/api/openai-compatibility */
const COMPATIBLE: Quirks = {
  ...OLDER_OPENAI,
  drop: ["logit_bias", "parallel_tool_calls", "user"],
  refuse: { n: true, tool_choice: ["none", "required", "function", "allowed_tools"] },
  replay: ["reasoning"],
  inlineImages: true,
};

/**
 * Ollama speaks two languages at one port. A base URL that ends in `/v1` is its OpenAI-compatible one, any other its
 * own, which refuses a prompt that is too long instead of cutting it. A dialect that is told decides over the base URL.
 */
export function ollamaAddress(baseUrl: string, told: DialectId | null): Address {
  const root = baseUrl.replace(/\/(?:v1|api)$/, "");
  const dialect = told ?? (baseUrl.endsWith("/v1") ? "openai" : "ollama");
  return dialect === "openai"
    ? { dialect, baseUrl: `${root}/v1`, paths: OPENAI_PATHS, quirks: COMPATIBLE }
    : { dialect: "ollama", baseUrl: root, paths: DIALECT_WAYS.ollama.paths, quirks: {} };
}
