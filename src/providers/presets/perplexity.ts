import type { Preset } from "../contract.ts";
import { OLD_OUTPUT_LIMIT } from "./openai-ways.ts";

/**
 * No list of models to ask for; usage is in every event of a stream. The vendor promised this API only until
 * 2026-09-27: https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview
 */
export const perplexity: Preset = {
  id: "perplexity",
  name: "Perplexity",
  docs: "https://docs.perplexity.ai/docs/sonar/openai-compatibility",
  dialect: "openai",
  baseUrl: "https://api.perplexity.ai",
  auth: { kind: "bearer" },
  paths: { chat: "/chat/completions" },
  keyEnv: "PERPLEXITY_API_KEY",
  local: false,
  quirks: { ...OLD_OUTPUT_LIMIT, streamUsage: "always" },
};
