import { isObject, type JsonObject, parseJson } from "../../../core/json.ts";

interface Call {
  upstreamIndex: number | null;
  id: string;
  /** The arguments so far; tells whether a call is complete where the server's indexes do not. */
  text: string;
  /** A custom tool takes free text: nothing is a fine input. */
  isCustom: boolean;
}

/**
 * Puts right what servers get wrong in streamed tool calls, and leaves the rest alone. The contract that OpenAI's own
 * SDKs enforce: dense indexes from 0, the first delta of a call has `index, id, type, function.name`, every later one
 * only `index` and `function.arguments`.
 * One instance serves one choice of one stream.
 */
export class ToolDeltas {
  private readonly calls: Call[] = [];
  private readonly idStem: string;

  /** `idStem` makes ids for calls that came without one. */
  constructor(idStem: string) {
    this.idStem = idStem;
  }

  /** The deltas as the contract wants them, or null where they already are. */
  repair(deltas: readonly unknown[]): JsonObject[] | null {
    let changed = false;
    const repaired: JsonObject[] = [];
    for (const delta of deltas) {
      if (!isObject(delta)) {
        changed = true;
        continue;
      }
      const known = this.callOf(delta);
      const right = known === null ? this.first(delta) : this.later(delta, known);
      if (right !== delta) changed = true;
      repaired.push(right);
    }
    return changed ? repaired : null;
  }

  get hasCalls(): boolean {
    return this.calls.length > 0;
  }

  /** What completes the calls that got no arguments: clients parse them, and nothing is no JSON. */
  takeMissingArguments(): JsonObject[] {
    return this.calls.flatMap((call, index) => {
      if (call.isCustom || call.text.trim() !== "") return [];
      call.text = "{}";
      return [{ index, function: { arguments: "{}" } }];
    });
  }

  /** The position of the call this delta continues, or null where it begins one. */
  private callOf(delta: JsonObject): number | null {
    const index = typeof delta.index === "number" ? delta.index : null;
    const id = textOr(delta.id, null);
    const isNamed = textOr(functionOf(delta).name, null) !== null;
    if (id !== null) {
      const byId = this.calls.findIndex((call) => call.id === id);
      if (byId !== -1) return byId;
      if (isNamed) return null;
    }
    const byIndex = index === null ? -1 : this.calls.findLastIndex((call) => call.upstreamIndex === index);
    if (byIndex !== -1) return id === null && isNamed && this.isNextWhole(byIndex, delta) ? null : byIndex;
    const isNew = this.calls.length === 0 || isNamed || (id !== null && index !== null);
    return isNew ? null : this.calls.length - 1;
  }

  /** Google's endpoint sends every call whole, without id, all under index 0. */
  private isNextWhole(position: number, delta: JsonObject): boolean {
    const text = argumentsText(functionOf(delta).arguments);
    return isObject(parseJson(text)) && isObject(parseJson(this.calls[position]?.text ?? ""));
  }

  private first(delta: JsonObject): JsonObject {
    const index = this.calls.length;
    const called = functionOf(delta);
    const id = textOr(delta.id, `call_${this.idStem}_${index}`);
    const type = textOr(delta.type, isObject(delta.custom) ? "custom" : "function");
    const text = argumentsText(called.arguments);
    const upstreamIndex = typeof delta.index === "number" ? delta.index : null;
    this.calls.push({ upstreamIndex, id, text, isCustom: type === "custom" });
    const placed = delta.index === index && delta.id === id && delta.type === type;
    if (type !== "function" && !isObject(delta.function))
      return placed ? delta : { ...delta, index, id, type };
    if (placed && typeof called.name === "string" && typeof called.arguments === "string") return delta;
    return {
      ...delta,
      index,
      id,
      type,
      function: { ...called, name: textOr(called.name, ""), arguments: text },
    };
  }

  private later(delta: JsonObject, index: number): JsonObject {
    const called = functionOf(delta);
    const text = argumentsText(called.arguments);
    const call = this.calls[index];
    if (call) call.text += text;
    const bare = delta.id === undefined && delta.type === undefined && called.name === undefined;
    const isCustom = isObject(delta.custom);
    if (bare && delta.index === index && (isCustom || typeof called.arguments === "string")) return delta;
    if (isCustom) return { index, custom: delta.custom };
    const { id: _id, type: _type, index: _index, function: _function, ...extra } = delta;
    const { name: _name, ...rest } = called;
    return { index, ...extra, function: { ...rest, arguments: text } };
  }
}

function functionOf(delta: JsonObject): JsonObject {
  return isObject(delta.function) ? delta.function : {};
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

/** Arguments as text, whatever a server sends for them. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** What an answer's id gives to the ids of its tool calls. */
export function idStem(answerId: string): string {
  return answerId.replace(/[^A-Za-z0-9]/g, "").slice(-20);
}
