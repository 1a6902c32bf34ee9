import type { Preset } from "../contract.ts";
import { DIALECT_WAYS } from "./dialect-ways.ts";

export const anthropic: Preset = {
  id: "anthropic",
  name: "Anthropic",
  docs: "https://docs.anthropic.com/en/api/messages",
  dialect: "anthropic",
  baseUrl: "https://api.anthropic.com/v1",
  ...DIALECT_WAYS.anthropic,
  /** Files of Anthropic's store are refused without it: https://docs.claude.com/en/docs/build-with-claude/files */
  headers: { ...DIALECT_WAYS.anthropic.headers, "anthropic-beta": "files-api-2025-04-14" },
  keyEnv: "ANTHROPIC_API_KEY",
  local: false,
};
