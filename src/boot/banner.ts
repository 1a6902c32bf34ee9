import type { CatalogView } from "../core/deployment.ts";

export interface BannerFacts {
  url: string;
  /** A secret just made: printed now and never again. Null = there are keys already. */
  newKey: string | null;
  /** Where the first owner is made, once; null = somebody can sign in already. */
  consoleLink: string | null;
  /** `openai (OPENAI_API_KEY)`, `ollama (127.0.0.1:11434)`, `demo (simulated)`. */
  providers: readonly string[];
  configPath: string | null;
  dataDir: string;
  /** What the example asks for. */
  model: string;
}

/** What a person sees at start: where it listens, the key, what was found, and one line that works when pasted. */
export function banner(facts: BannerFacts): string {
  const key = facts.newKey ?? "$NYURO_API_KEY";
  const lines = [
    "",
    `  Nyuro is ready at ${facts.url}`,
    "",
    `  config     ${facts.configPath ?? "none (defaults and environment)"}`,
    `  data       ${facts.dataDir}`,
    `  providers  ${facts.providers.length === 0 ? "none" : facts.providers.join(", ")}`,
    `  console    ${facts.url}/console`,
  ];
  if (facts.consoleLink !== null)
    lines.push(
      "",
      `  sign up    ${facts.consoleLink}`,
      "             (makes the owner, once, within 30 minutes)",
    );
  if (facts.newKey !== null)
    lines.push("", `  key        ${facts.newKey}`, "             (shown once: keep it; it has every scope)");
  lines.push("", "  Try it:", "", `    ${curlLine(facts.url, key, facts.model)}`, "");
  return lines.join("\n");
}

function curlLine(url: string, key: string, model: string): string {
  const body = `{"model":"${model}","messages":[{"role":"user","content":"Hello!"}]}`;
  return `curl ${url}/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -d '${body}'`;
}

/** A model that surely answers chat: a small well-known one if it is there, else the first that can. */
export function exampleModel(catalog: CatalogView): string {
  for (const known of ["gpt-4o-mini", "gpt-5-mini", "mistral-small-latest", "deepseek-chat", "llama3.1"]) {
    if (catalog.models.has(known)) return known;
  }
  for (const card of catalog.models.values()) {
    if (card.deployments.some(({ kind }) => kind !== "embedding")) return card.id;
  }
  return "demo";
}
