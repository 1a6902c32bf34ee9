import { toLatin1 } from "../../frames.ts";

/**
 * Replaces the top-level `model` of a JSON text and nothing else: every other byte stays as the provider wrote it.
 * The key can also occur deeper (`moderation.model`), so the text is walked, not searched.
 */
export interface Span {
  /** Index of the value's opening quote. */
  start: number;
  /** Index after the value's closing quote. */
  end: number;
}

/** The index after the closing quote of a JSON string, or the end of a text that is cut before it. */
export function stringEnd(text: string, openQuote: number): number {
  let at = text.indexOf('"', openQuote + 1);
  while (at !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}

const VALUE_STARTS = /\s*:\s*"/y;
/** Everything between these is skipped at once: a list of embeddings has millions of digits. */
const STRUCTURE = /["{}[\]]/g;

/** Where the string value of the top-level key `model` stands; null where there is none. */
export function modelSpan(json: string, from = 0): Span | null {
  let depth = 0;
  STRUCTURE.lastIndex = from;
  for (let match = STRUCTURE.exec(json); match; match = STRUCTURE.exec(json)) {
    const at = match.index;
    const code = json.charCodeAt(at);
    if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) depth -= 1;
    else {
      const end = stringEnd(json, at);
      if (depth === 1 && end - at === 7 && json.startsWith('"model"', at)) {
        VALUE_STARTS.lastIndex = end;
        if (VALUE_STARTS.test(json)) {
          const start = VALUE_STARTS.lastIndex - 1;
          return { start, end: stringEnd(json, start) };
        }
      }
      STRUCTURE.lastIndex = end;
    }
  }
  return null;
}

/** The text with its top-level model renamed; unchanged where it names none. `quotedModel` is a JSON string literal. */
export function withModel(json: string, quotedModel: string): string {
  const span = modelSpan(json);
  return span ? json.slice(0, span.start) + quotedModel + json.slice(span.end) : json;
}

/**
 * Renames the model in one stream's events. All events of a stream share the bytes up to the model in nearly every
 * API, so after the first one a rename is a prefix comparison.
 */
export class ModelRenamer {
  private readonly quotedModel: string;
  private prefix = "";
  private renamedPrefix = "";

  constructor(model: string) {
    this.quotedModel = toLatin1(JSON.stringify(model));
  }

  rename(event: string): string {
    if (this.prefix !== "" && event.startsWith(this.prefix)) {
      return this.prefix === this.renamedPrefix
        ? event
        : this.renamedPrefix + event.slice(this.prefix.length);
    }
    const span = modelSpan(event, event.startsWith("data:") ? 0 : Math.max(0, event.search(/^data:/m)));
    if (!span) return event;
    this.prefix = event.slice(0, span.end);
    this.renamedPrefix = event.slice(0, span.start) + this.quotedModel;
    return this.renamedPrefix + event.slice(span.end);
  }
}
