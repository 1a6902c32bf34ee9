import { type ClientOptions, OpenAI } from "openai";
import { KEY, type ServerProcess, startServer } from "../process/server.ts";
import { type InferenceServer, MODEL } from "./inference-server.ts";

/** The same model by Anthropic's Messages API, which llama.cpp speaks too: https://github.com/ggml-org/llama.cpp/pull/17570 */
export const BY_MESSAGES = "gemma-by-messages";

/** What these tests read of `GET /api/v1/logs`. */
export interface Row {
  id: string;
  model: string;
  status: string;
  http_status: number;
  stream: boolean;
  prompt_tokens: number;
  completion_tokens: number;
  usage_source: string;
  cost_usd: string;
  latency_ms: number;
}

export interface RealGateway {
  process: ServerProcess;
  /** The official client, which repeats nothing. */
  client(options?: ClientOptions): OpenAI;
  /** The row of a request by its `X-Request-Id`, once it is there: a client that leaves does not wait for it. */
  row(requestId: string | null): Promise<Row>;
}

/** The real gateway in front of the inference server: by OpenAI's API with models discovered, and by Anthropic's. */
export async function startRealGateway(inference: InferenceServer): Promise<RealGateway> {
  const messages = [{ id: BY_MESSAGES, upstream: MODEL, kind: "chat" }];
  const providers = [
    { id: "llama", preset: "llamacpp", base_url: `${inference.url}/v1` },
    { id: "messages", dialect: "anthropic", base_url: inference.url, local: true, models: messages },
  ];
  const process = await startServer({ config: { providers } });
  return {
    process,
    client: (options = {}) =>
      new OpenAI({
        baseURL: `${process.url}/v1`,
        apiKey: KEY,
        organization: null,
        project: null,
        maxRetries: 0,
        ...options,
      }),
    async row(requestId) {
      let response = await process.get(`/api/v1/logs/${requestId}`);
      while (response.status === 404) response = await process.get(`/api/v1/logs/${requestId}`);
      return JSON.parse(await response.text());
    },
  };
}
