import type { Preset } from "../contract.ts";
import { DIALECT_WAYS } from "./dialect-ways.ts";

export const anthropic: Preset = {
  id: "anthropic",
  name: "Anthropic",
  docs: "https://docs.anthropic.com/en/api/messages",
  dialect: "anthropic",
  baseUrl: "https://api.anthropic.com/v1",
  ...DIALECT_WAYS.anthropic,
  keyEnv: "ANTHROPIC_API_KEY",
  local: false,
};
