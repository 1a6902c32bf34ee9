interface Known {
  /** `http://127.0.0.1:4210`. */
  origin: string;
  key: string;
  model: string;
}

const inShell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

export function curlOf({ origin, key, model }: Known): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello!" }] });
  return [
    `curl ${origin}/v1/chat/completions \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d ${inShell(body)}`,
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

/** Ready to paste, one way after the other. */
export const SNIPPETS = [
  { id: "curl", label: "curl", write: curlOf },
  { id: "python", label: "Python", write: python },
  { id: "typescript", label: "TypeScript", write: typescript },
  { id: "environment", label: "Environment", write: environment },
] as const;
