import type { Preset } from "../contract.ts";
import { CHAT_PATHS } from "./openai-ways.ts";

/** The fields dropped are answered with a 400: https://console.groq.com/docs/openai */
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
  quirks: { drop: ["logprobs", "top_logprobs", "logit_bias"] },
};
