import { pathSegment } from "../../path-segment.ts";

export type Method = "generateContent" | "streamGenerateContent?alt=sse" | "batchEmbedContents" | "predict";

/**
 * Where a model is called. Names are also given as the provider's list shows them (`models/gemini-2.5-flash`,
 * `tunedModels/mine`); they must not be doubled.
 */
export function pathOf(upstreamModel: string, method: Method): string {
  return upstreamModel.includes("/")
    ? `/${fullName(upstreamModel).split("/").map(pathSegment).join("/")}:${method}`
    : `/models/{model}:${method}`;
}

/** `models/gemini-2.5-flash`. Google's own prefixes are cut; those of other collections (`tunedModels/`) stay. */
export function fullName(upstreamModel: string): string {
  const name = upstreamModel.replace(/^(.*\/)?publishers\/google\//, "").replace(/^google\//, "");
  return name.includes("/") ? name : `models/${name}`;
}
