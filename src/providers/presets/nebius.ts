import type { Preset } from "../contract.ts";
import { OPENAI_PATHS, SYSTEM_ROLE } from "./openai-ways.ts";

export const nebius: Preset = {
  id: "nebius",
  name: "Nebius Token Factory",
  docs: "https://docs.tokenfactory.nebius.com/api-reference/introduction",
  dialect: "openai",
  baseUrl: "https://api.tokenfactory.nebius.com/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "NEBIUS_API_KEY",
  local: false,
  quirks: SYSTEM_ROLE,
  priceId: null,
};
