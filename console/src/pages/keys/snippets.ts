interface Known {
  /** `http://127.0.0.1:4210`. */
  origin: string;
  key: string;
  model: string;
  /** What is asked, as JSON, and where; absent = a chat that says hello. */
  body?: string;
  path?: string;
}

const inShell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const helloTo = (model: string) => JSON.stringify({ model, messages: [{ role: "user", content: "Hello!" }] });

export function curlOf({ origin, key, model, path = "/v1/chat/completions", body }: Known): string {
  return [
    `curl ${origin}${path} \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d ${inShell(body ?? helloTo(model))}`,
  ].join("\n");
}

function python({ origin, key, model }: Known): string {
  return `from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key="${key}")
reply = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=[{"role": "user", "content": "Hello!"}],
)
print(reply.choices[0].message.content)`;
}

function typescript({ origin, key, model }: Known): string {
  return `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${origin}/v1", apiKey: "${key}" });
const reply = await client.chat.completions.create({
  model: ${JSON.stringify(model)},
  messages: [{ role: "user", content: "Hello!" }],
});
console.log(reply.choices[0]?.message.content);`;
}

function environment({ origin, key }: Known): string {
  return `export OPENAI_BASE_URL="${origin}/v1"
export OPENAI_API_KEY="${key}"`;
}

/** Programs that go by Anthropic's variables would ask for `/v1/messages`, which is not served here. */
const ON_ENVIRONMENT =
  "For every program that goes by OpenAI's variables. ANTHROPIC_BASE_URL, as Claude Code reads it, does not work: it leads to /v1/messages, which this gateway does not serve. Claude's models are asked for by OpenAI's API here.";

/** Ready to paste, one way after the other; `about` is what has to be known beside it. */
export const SNIPPETS = [
  { id: "curl", label: "curl", about: null, write: curlOf },
  { id: "python", label: "Python", about: null, write: python },
  { id: "typescript", label: "TypeScript", about: null, write: typescript },
  { id: "environment", label: "Environment", about: ON_ENVIRONMENT, write: environment },
] as const;
