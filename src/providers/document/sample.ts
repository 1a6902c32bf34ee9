import type { JsonObject } from "../../core/json.ts";

/** A request that differs from another by one thing, which shows what becomes of that thing. */
export interface Sample {
  /** How the documents call it: `` `top_k` ``. */
  label: string;
  /** The value, where others of the same label may fare differently; absent = any. */
  value?: string;
  /** The request without it. */
  base: Readonly<JsonObject>;
  /** What is put in, over what `base` has under that name. */
  added: Readonly<JsonObject>;
}
