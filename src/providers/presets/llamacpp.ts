import type { Preset } from "../contract.ts";
import { OLDER_OPENAI, OPENAI_PATHS } from "./openai-ways.ts";

/**
 * llama-server has announced 9931 as its next default port: https://github.com/ggml-org/llama.cpp/pull/26508. It maps
 * the `developer` role itself since https://github.com/ggml-org/llama.cpp/pull/20215; older ones fail in the template.
 */
export const llamacpp: Preset = {
  id: "llamacpp",
  name: "llama.cpp",
  docs: "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
  dialect: "openai",
  baseUrl: "http://127.0.0.1:8080/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: null,
  local: true,
  port: 8080,
  quirks: { ...OLDER_OPENAI, replay: ["reasoning_content"] },
  priceId: null,
};
