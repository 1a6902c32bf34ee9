import { z } from "zod";
import { providerSchema } from "./provider-schema.ts";
import { ruleSchema } from "./rule-schema.ts";
import { aliasName, cidr, days, durationMs, host, modelForms, origin, publicUrl, tokens } from "./scalars.ts";
import { INDUSTRIES, TASKS } from "./words.ts";

/** One optional list of models under each name of a closed list, so that a mistyped name is an unknown key. */
function listsOf<Name extends string>(names: readonly Name[], meaning: (name: Name) => string) {
  const shape: Record<string, z.ZodOptional<typeof modelForms>> = {};
  for (const name of names) shape[name] = modelForms.optional().describe(meaning(name));
  return z.strictObject(shape);
}

const server = z.strictObject({
  host: host.default("127.0.0.1").describe("Address to listen on; `0.0.0.0` = every interface."),
  port: z.int().min(0).max(65_535).default(4210).describe("Port to listen on; 0 = any free one."),
  public_url: publicUrl
    .default("")
    .describe(
      "Where browsers reach the console, such as `https://llm.example.com`; empty = by an address or `localhost`.",
    ),
  max_body_mb: z
    .int()
    .min(1)
    .max(1024)
    .default(32)
    .describe("Largest request body in MiB; above it the answer is 413."),
  body_timeout_ms: durationMs.default(30_000).describe("Milliseconds a request's body may take to arrive."),
  drain_ms: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(30_000)
    .describe("Milliseconds that requests in flight may finish in at shutdown."),
  public_metrics: z.boolean().default(false).describe("Serve `/metrics` without a key."),
  cors: z
    .strictObject({
      origins: z
        .array(origin)
        .default([])
        .describe("Web origins that may call; none = CORS is off, `*` = all."),
    })
    .prefault({})
    .describe("Calls from web pages."),
});

const store = z.strictObject({
  sync: z
    .enum(["normal", "full"])
    .default("normal")
    .describe("`normal` survives a killed process, `full` also a power loss."),
  raw_days: days.default(400).describe("Days that log rows are kept; sums of them stay."),
  body_days: days
    .default(30)
    .describe(
      "Days that message bodies are kept, where an organization stores them; never longer than their rows.",
    ),
});

const routing = z.strictObject({
  quality_floor: z
    .number()
    .min(0)
    .max(100)
    .default(50)
    .describe("Lowest quality that `strategy:cost` considers."),
  local_fallback: z
    .enum(["none", "cloud"])
    .default("none")
    .describe("Whether `strategy:local` may be continued by cloud models."),
  max_attempts: z.int().min(1).max(100).default(5).describe("Most candidates called for one request."),
  sticky: z
    .array(z.string().regex(/^[A-Za-z_][\w.-]{0,63}$/, { error: "must be the name of a request field" }))
    .default(["user", "session_id"])
    .describe("Request fields whose value keeps a conversation on one deployment."),
});

const budgets = z.strictObject({
  default_output_tokens: tokens
    .default(8192)
    .describe("Output limit sent for callers under a budget who name none."),
  on_limit: z
    .enum(["cut", "finish"])
    .default("cut")
    .describe("An answer that passes its hold is cut, or may finish and is billed."),
  unknown_price: z
    .enum(["skip", "allow"])
    .default("skip")
    .describe("What a budget does with models of unknown price."),
});

const WHOLE_BASE64 = /^(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const webhookUrl = z
  .string()
  .refine(
    (text) => text === "" || (/^https?:\/\/[^\s\\/?#@]+([/?][^\s\\#]*)?$/i.test(text) && URL.canParse(text)),
    {
      error: "must be an http:// or https:// address without user name and fragment, or empty",
    },
  );

const webhookSecret = z
  .string()
  .refine((text) => !text.startsWith("whsec_") || WHOLE_BASE64.test(text.slice(6)), {
    error: "must have base64 after whsec_, or not begin with it",
  });

const webhook = z.strictObject({
  url: webhookUrl
    .default("")
    .describe(
      "Where budget alerts are posted; empty = nowhere. `https://`, or `http://` to an address that `egress.allow` names.",
    ),
  secret: webhookSecret
    .default("")
    .describe("Key of the signature, needed with a `url`; `whsec_` and base64, or any text."),
});

/** The file as it is written, in snake_case, with every default. The JSON schema and the documentation come from here. */
export const fileSchema = z.strictObject({
  $schema: z.string().optional().describe("For editors; ignored."),
  server: server.prefault({}).describe("How Nyuro listens."),
  data_dir: z
    .string()
    .min(1)
    .default("./data")
    .describe("Folder of the embedded database; relative to this file, the default to the working folder."),
  store: store.prefault({}).describe("The embedded database."),
  egress: z
    .strictObject({
      allow: z
        .array(cidr)
        .default([])
        .describe(
          "Private ranges (CIDR) that providers not marked local may use, and that callers may name files in by URL.",
        ),
    })
    .prefault({})
    .describe("Where upstream calls may go."),
  providers: z
    .array(providerSchema)
    .default([])
    .describe("Where models are served; none = what the environment and loopback offer."),
  aliases: z
    .record(aliasName, modelForms)
    .default({})
    .describe("Further names, each for a model or for several in order."),
  industries: listsOf(INDUSTRIES, (name) => `Models of \`industry:${name}\` in order.`)
    .prefault({})
    .describe("Priority lists by industry."),
  auto: listsOf(TASKS, (name) => `Models of \`auto\` for prompts classified as ${name}.`)
    .prefault({})
    .describe("Lists by class of prompt."),
  rules: z
    .array(ruleSchema)
    .default([])
    .describe("Conditions of the operator; the first that matches decides."),
  routing: routing.prefault({}).describe("How candidates are chosen and tried."),
  budgets: budgets.prefault({}).describe("How budgets are kept."),
  alerts: z
    .strictObject({ webhook: webhook.prefault({}).describe("Where alerts are sent besides log and API.") })
    .prefault({})
    .describe("What happens as a budget runs out."),
});

export type FileShape = z.output<typeof fileSchema>;

/** The JSON schema of the file as people write it. */
export function fileJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(fileSchema, { io: "input" }) };
}
