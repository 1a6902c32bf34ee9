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

function stringEnd(text: string, openQuote: number): number {
  let at = text.indexOf('"', openQuote + 1);
  while (at !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}

/** Where the string value of the top-level key `model` stands; null where there is none. */
export function modelSpan(json: string): Span | null {
  let depth = 0;
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) depth -= 1;
    else if (code === 34) {
      const end = stringEnd(json, at);
      if (depth === 1 && end - at === 7 && json.startsWith('"model"', at)) {
        const value = /\s*:\s*"/y;
        value.lastIndex = end;
        const match = value.exec(json);
        if (match) return { start: value.lastIndex - 1, end: stringEnd(json, value.lastIndex - 1) };
      }
      at = end;
      continue;
    }
    at += 1;
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
    this.quotedModel = JSON.stringify(model);
  }

  rename(event: string): string {
    if (this.prefix !== "" && event.startsWith(this.prefix)) {
      return this.prefix === this.renamedPrefix ? event : this.renamedPrefix + event.slice(this.prefix.length);
    }
    const json = event.indexOf("{");
    if (json === -1) return event;
    const span = modelSpan(json === 0 ? event : event.slice(json));
    if (!span) return event;
    const before = event.slice(0, json + span.start) + this.quotedModel;
    this.prefix = event.slice(0, json + span.end);
    this.renamedPrefix = before;
    return before + event.slice(json + span.end);
  }
}
