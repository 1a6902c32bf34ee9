import type { Preset } from "../contract.ts";
import { OLDER_OPENAI } from "./openai-ways.ts";

/**
 * No list of models to ask for; usage is in every event of a stream. The vendor promised this API only until
 * 2026-09-27: https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview. Has no tools:
 * https://hexdocs.pm/langchain/LangChain.ChatModels.ChatPerplexity.html. Of JSON it knows
 * schemas only: https://github.com/567-labs/instructor/issues/1005. Citations stay in the answer as they are.
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
  quirks: {
    ...OLDER_OPENAI,
    refuse: { tools: true, response_format: ["json_object"] },
    streamUsage: "always",
  },
};
