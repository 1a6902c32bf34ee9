import { isObject, type JsonObject, numberOf } from "../../../core/json.ts";

const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/**
 * What an answer is grounded on as OpenAI's citations, one for each place that names a source; a source without a place
 * stands for the whole text. Google counts bytes of UTF-8, OpenAI characters.
 * https://ai.google.dev/gemini-api/docs/google-search#attributing_sources_with_inline_citations
 */
export function annotationsOf(grounding: unknown, text: string): JsonObject[] {
  if (!isObject(grounding)) return [];
  const sources = list(grounding.groundingChunks).map(sourceOf);
  const used = new Set<number>();
  const found: JsonObject[] = [];
  const bytes = Buffer.from(text);
  const characters = (at: unknown) =>
    typeof at === "number" ? bytes.subarray(0, at).toString("utf8").length : 0;
  for (const { segment, groundingChunkIndices } of list(grounding.groundingSupports)) {
    const place = isObject(segment) ? segment : {};
    for (const index of Array.isArray(groundingChunkIndices) ? groundingChunkIndices : []) {
      const position = numberOf(index);
      const source = sources[position];
      if (!source) continue;
      used.add(position);
      found.push(citation(source, characters(place.startIndex), characters(place.endIndex)));
    }
  }
  sources.forEach((source, index) => {
    if (source && !used.has(index)) found.push(citation(source, 0, text.length));
  });
  return found;
}

interface Source {
  url: string;
  title: string;
}

function sourceOf(chunk: JsonObject): Source | null {
  const told = chunk.web ?? chunk.retrievedContext ?? chunk.maps;
  if (!isObject(told) || typeof told.uri !== "string" || told.uri === "") return null;
  return { url: told.uri, title: typeof told.title === "string" ? told.title : "" };
}

function citation({ url, title }: Source, start: number, end: number): JsonObject {
  return { type: "url_citation", url_citation: { start_index: start, end_index: end, url, title } };
}
