import type { Preset } from "../contract.ts";
import { CHAT_PATHS, OPENAI_EXTRAS, STRICT_MESSAGES, SYSTEM_ROLE } from "./openai-ways.ts";

/**
 * The fields dropped, `name` in messages and more than one answer are answered with a 400, as is every unknown field:
 * https://console.groq.com/docs/openai. Reasoning is not sent back: `reasoning_content` is unknown, and `reasoning` is
 * refused by models that do not reason (https://github.com/vercel/ai/pull/8057). Efforts that none of its models takes
 * are a 400 as well: https://console.groq.com/docs/reasoning.
 */
export const groq: Preset = {
  id: "groq",
  name: "Groq",
  docs: "https://console.groq.com/docs/openai",
  dialect: "openai",
  baseUrl: "https://api.groq.com/openai/v1",
  auth: { kind: "bearer" },
  paths: CHAT_PATHS,
  keyEnv: "GROQ_API_KEY",
  local: false,
  quirks: {
    ...SYSTEM_ROLE,
    ...STRICT_MESSAGES,
    drop: ["logprobs", "top_logprobs", "logit_bias", ...OPENAI_EXTRAS],
    values: { reasoning_effort: { minimal: null, xhigh: null, max: null } },
    refuse: { n: true },
  },
};
