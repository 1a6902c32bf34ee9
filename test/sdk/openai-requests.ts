import { z } from "zod";

/** The requests that OpenAI accepts, as far as the tests send them; what it does not list travels unchecked. */

const parts = z.array(z.looseObject({ type: z.string(), text: z.string().optional() }));
const content = z.union([z.string(), parts]);

const toolCall = z.object({
  id: z.string().min(1),
  type: z.literal("function"),
  function: z.object({
    name: z.string().min(1),
    arguments: z.string().refine((text) => JSON.parse(text) !== null),
  }),
});

const message = z.discriminatedUnion("role", [
  z.looseObject({ role: z.enum(["system", "developer"]), content }),
  z.looseObject({ role: z.literal("user"), content }),
  z.looseObject({
    role: z.literal("assistant"),
    content: content.nullish(),
    tool_calls: z.array(toolCall).min(1).optional(),
  }),
  z.looseObject({ role: z.literal("tool"), tool_call_id: z.string().min(1), content }),
]);

/** A strict schema must close its objects and require every property. */
const strictSchema = z.looseObject({
  type: z.literal("object"),
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()),
  additionalProperties: z.literal(false),
});

const named = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

const responseFormat = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["text", "json_object"]) }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.discriminatedUnion("strict", [
      z.looseObject({ name: named, strict: z.literal(true), schema: strictSchema }),
      z.looseObject({ name: named, strict: z.literal(false).optional() }),
    ]),
  }),
]);

const tool = z.object({
  type: z.literal("function"),
  function: z.looseObject({
    name: named,
    parameters: z.looseObject({ type: z.literal("object") }).optional(),
    strict: z.boolean().nullish(),
  }),
});

/** Every call of a tool must be answered before anything else is said. */
function unansweredCall(messages: readonly z.infer<typeof message>[]): string | null {
  const open = new Set<string>();
  for (const it of messages) {
    if (it.role === "tool") {
      if (!open.delete(it.tool_call_id)) return `tool_call_id ${it.tool_call_id} answers no call`;
    } else if (open.size > 0) return `no answer to ${[...open].join(", ")}`;
    if (it.role === "assistant") for (const { id } of it.tool_calls ?? []) open.add(id);
  }
  return open.size > 0 ? `no answer to ${[...open].join(", ")}` : null;
}

export const chatRequest = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(message)
    .min(1)
    .superRefine((messages, context) => {
      const problem = unansweredCall(messages);
      if (problem) context.addIssue({ code: "custom", message: problem });
    }),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  tools: z.array(tool).min(1).optional(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: responseFormat.optional(),
});

const tokens = z.array(z.int().min(0)).min(1);

export const embeddingsRequest = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), tokens, z.array(z.string().min(1)).min(1), z.array(tokens).min(1)]),
  encoding_format: z.enum(["float", "base64"]).optional(),
  dimensions: z.int().min(1).optional(),
});
