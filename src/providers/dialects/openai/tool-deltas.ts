import { type JsonObject, isObject } from "../../../core/json.ts";

interface Call {
  upstreamIndex: number | null;
  id: string;
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

  /** The position of the call this delta continues, or null where it begins one. */
  private callOf(delta: JsonObject): number | null {
    const index = typeof delta.index === "number" ? delta.index : null;
    const id = typeof delta.id === "string" && delta.id !== "" ? delta.id : null;
    const named = isObject(delta.function) && typeof delta.function.name === "string" && delta.function.name !== "";
    if (id !== null) {
      const byId = this.calls.findIndex((call) => call.id === id);
      if (byId !== -1) return byId;
      if (named) return null;
    }
    if (index !== null) {
      const byIndex = this.calls.findLastIndex((call) => call.upstreamIndex === index);
      if (byIndex !== -1 || this.calls.length === 0) return byIndex === -1 ? null : byIndex;
    }
    if (this.calls.length === 0 || named) return null;
    return this.calls.length - 1;
  }

  private first(delta: JsonObject): JsonObject {
    const position = this.calls.length;
    const called = isObject(delta.function) ? delta.function : {};
    const id = typeof delta.id === "string" && delta.id !== "" ? delta.id : `call_${this.idStem}_${position}`;
    this.calls.push({ upstreamIndex: typeof delta.index === "number" ? delta.index : null, id });
    const custom = delta.type === "custom";
    const right = delta.index === position && delta.id === id && (delta.type === "function" || custom);
    if (custom || (right && typeof called.name === "string" && typeof called.arguments === "string")) {
      return right ? delta : { ...delta, index: position, id };
    }
    return {
      ...delta,
      index: position,
      id,
      type: "function",
      function: { ...called, name: typeof called.name === "string" ? called.name : "", arguments: argumentsText(called.arguments) },
    };
  }

  private later(delta: JsonObject, position: number): JsonObject {
    const called = isObject(delta.function) ? delta.function : {};
    const bare = delta.id === undefined && delta.type === undefined && called.name === undefined;
    const custom = isObject(delta.custom);
    if (bare && delta.index === position && (custom || typeof called.arguments === "string")) return delta;
    if (custom) return { index: position, custom: delta.custom };
    const { id: _id, type: _type, index: _index, function: _function, ...extra } = delta;
    const { name: _name, ...rest } = called;
    return { index: position, ...extra, function: { ...rest, arguments: argumentsText(called.arguments) } };
  }
}

function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
