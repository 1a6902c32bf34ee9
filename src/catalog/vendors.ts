/**
 * Who makes models, as the first half of slugs (`openai/gpt-4o`, `meta-llama/Llama-3.1-8B-Instruct`). Only these are
 * read as vendors: a name with any other first half stays whole, since two strangers may use one second half.
 * Compared without case, because Hugging Face organizations are written as they please.
 */
const VENDORS: ReadonlySet<string> = new Set([
  "ai21",
  "alibaba",
  "allenai",
  "amazon",
  "anthropic",
  "baai",
  "baidu",
  "bytedance",
  "bytedance-seed",
  "cohere",
  "coherelabs",
  "deepseek",
  "deepseek-ai",
  "google",
  "ibm-granite",
  "inclusionai",
  "meta",
  "meta-llama",
  "meta-models",
  "microsoft",
  "minimax",
  "minimaxai",
  "mistral",
  "mistralai",
  "mixedbread-ai",
  "moonshotai",
  "nomic-ai",
  "nousresearch",
  "nvidia",
  "openai",
  "openai-community",
  "perplexity",
  "primeintellect",
  "prime-intellect",
  "qwen",
  "stepfun",
  "stepfun-ai",
  "tencent",
  "thinkingmachines",
  "thudm",
  "x-ai",
  "xai",
  "xiaomi",
  "xiaomimimo",
  "z-ai",
  "zai",
  "zai-org",
]);

export function isVendor(prefix: string): boolean {
  return VENDORS.has(prefix.toLowerCase());
}

/** Where providers keep models in folders of their own: Fireworks' accounts and routers, Google's `models/`. */
const FOLDERS = /^(?:accounts\/[^/]+\/(?:models|routers)|publishers\/[^/]+\/models|models)\//;

/** A name cut in two; `vendor` is null where the first half is no vendor, and then `name` is all of it. */
export interface Slug {
  vendor: string | null;
  name: string;
}

export function splitSlug(upstream: string): Slug {
  const plain = upstream.replace(FOLDERS, "");
  const slash = plain.indexOf("/");
  const vendor = slash > 0 ? plain.slice(0, slash) : "";
  const name = plain.slice(slash + 1);
  return isVendor(vendor) && name !== ""
    ? { vendor: vendor.toLowerCase(), name }
    : { vendor: null, name: plain };
}
