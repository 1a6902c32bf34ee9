import type { Preset } from "../contract.ts";
import { DIALECT_WAYS } from "./dialect-ways.ts";

/** Google's Gemini API by an API key: AI Studio. */
export const gemini: Preset = {
  id: "gemini",
  name: "Google Gemini",
  docs: "https://ai.google.dev/api/generate-content",
  dialect: "gemini",
  baseUrl: "https://generativelanguage.googleapis.com/v1beta",
  ...DIALECT_WAYS.gemini,
  keyEnv: "GEMINI_API_KEY",
  otherKeyEnvs: ["GOOGLE_API_KEY"],
  local: false,
  priceId: "google",
};
