import { z } from "zod";
import { CAPABILITIES } from "../core/deployment.ts";
import {
  baseUrl,
  durationMs,
  headerName,
  headerValue,
  line,
  modelId,
  providerId,
  tokens,
  usd,
} from "./scalars.ts";

export const capability = z.enum(CAPABILITIES);

const price = z.strictObject({
  input: usd.describe("USD per million prompt tokens."),
  output: usd.describe("USD per million completion tokens."),
  cached_input: usd
    .optional()
    .describe("USD per million prompt tokens read from the prompt cache; absent = as `input`."),
  cache_write: usd
    .optional()
    .describe("USD per million prompt tokens written to the prompt cache; absent = as `input`."),
});

export const modelSchema = z.strictObject({
  id: modelId.describe("The name callers use; unique within the provider."),
  upstream: line.optional().describe("What the provider calls the model; absent = the same as `id`."),
  price: price
    .optional()
    .describe("USD per million tokens as decimals; absent = from the price data, unknown where it has none."),
  quality: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe("0 to 100; absent = the built-in rating, if there is one."),
  context: tokens
    .optional()
    .describe(
      "Context window in tokens, prompt and output together; absent = from the price data. Ollama is told to run the model with it (`num_ctx`); absent = as its server is set.",
    ),
  max_output: tokens.optional().describe("Most output tokens of one answer; absent = from the price data."),
  capabilities: z
    .array(capability)
    .optional()
    .describe("What the model can do; absent = what is known of it."),
  kind: z.enum(["chat", "embedding"]).optional().describe("What the model serves; absent = both."),
  max_parallel: z.int().min(1).max(1_000_000).optional().describe("Most calls at once; absent = no limit."),
  weight: z.number().gt(0).max(1_000_000).default(1).describe("Relative share among equals."),
});

const timeouts = z.strictObject({
  connect_ms: durationMs.optional().describe("Milliseconds until connected; absent = 5000."),
  first_content_ms: durationMs
    .optional()
    .describe("Milliseconds to a stream's first content; absent = 120000."),
  idle_ms: durationMs.optional().describe("Milliseconds between two events of a stream; absent = 60000."),
  total_ms: durationMs.optional().describe("Milliseconds for the whole call; absent = 600000."),
});

export const providerSchema = z.strictObject({
  id: providerId.describe("The provider's name in pins, headers and logs; unique."),
  preset: z
    .string()
    .optional()
    .describe("Id of a built-in provider whose address and ways are known; absent = `base_url` is needed."),
  dialect: z
    .string()
    .optional()
    .describe(
      "The API the server speaks, one of `openai`, `anthropic`, `gemini`, `ollama`, `bedrock`; absent = the preset's, else `openai`.",
    ),
  base_url: baseUrl
    .optional()
    .describe("Where the dialect's paths begin, such as `http://127.0.0.1:8000/v1`; absent = the preset's."),
  api_key: headerValue
    .optional()
    .describe("The credential; absent = the preset's environment variable, else none is sent."),
  local: z
    .boolean()
    .optional()
    .describe(
      "On your own infrastructure: costs 0 unless priced, may use private addresses; absent = the preset's, else false.",
    ),
  timeouts: timeouts.optional().describe("How long to wait for this provider."),
  auth: z
    .record(z.string(), line)
    .default({})
    .describe("Settings of the provider's address and login, by preset: see Logins."),
  headers: z
    .record(headerName, headerValue)
    .default({})
    .describe("Headers sent with every call to this provider."),
  takes_metadata: z
    .boolean()
    .optional()
    .describe("Forward the request's `metadata`; absent = the preset's, else false."),
  data_collection: z
    .enum(["allow", "deny"])
    .optional()
    .describe(
      "Whether the provider may keep what it is sent, matched against a request's `provider.data_collection`; absent = allow, deny if local.",
    ),
  models: z
    .array(modelSchema)
    .optional()
    .describe(
      "The only models served by this provider; absent = discovered from the server or known from the price data.",
    ),
});
