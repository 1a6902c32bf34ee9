import { isObject, type JsonObject } from "../../../core/json.ts";
import { deltaHasContent, flattenContent, generatedIn } from "./content.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { ToolDeltas } from "./tool-deltas.ts";

/** What became of a choice in one event. */
export interface Repaired {
  /** Something broke OpenAI's contract and was put right. */
  changed: boolean;
  /** It only repeated the end and holds nothing else. */
  isRepeat: boolean;
  hasContent: boolean;
  /** The text it brought. */
  generated: readonly string[];
}

/** One choice of one stream: role first, content as text, tool calls in order, one finish reason in OpenAI's words. */
export class StreamedChoice {
  finishReason: string | null = null;
  /** Of the older completions API: text without a message. */
  isText = false;
  private hasRole = false;
  private readonly tools: ToolDeltas;

  /** `idStem` makes ids for tool calls that come without one. */
  constructor(idStem: string) {
    this.tools = new ToolDeltas(idStem);
  }

  /** Changes the choice of a parsed event where it breaks the contract. */
  repair(choice: JsonObject): Repaired {
    if (typeof choice.text === "string") {
      this.isText = true;
      const ended = this.repairFinish(choice, {});
      const hasContent = choice.text !== "";
      return { ...ended, isRepeat: ended.isRepeat && !hasContent, hasContent, generated: [choice.text] };
    }
    const delta = isObject(choice.delta) ? choice.delta : {};
    let changed = delta !== choice.delta;
    choice.delta = delta;
    changed = flattenContent(delta) || changed;
    const hasContent = deltaHasContent(delta);
    changed = this.repairCalls(delta) || changed;
    const ended = this.repairFinish(choice, delta);
    changed = this.repairRole(delta, hasContent || ended.hasEnded) || changed;
    return {
      changed: changed || ended.changed,
      isRepeat: ended.isRepeat && isEmpty(delta) && (choice.logprobs ?? null) === null,
      hasContent,
      generated: generatedIn(delta),
    };
  }

  /** The end that the upstream never told although it ended; null where it did. */
  end(index: number): JsonObject | null {
    if (this.finishReason !== null) return null;
    const reason = finishReasonOf("", this.tools.hasCalls);
    this.finishReason = reason;
    if (this.isText) return { index, text: "", logprobs: null, finish_reason: reason };
    const missing = this.tools.takeMissingArguments();
    const delta: JsonObject = missing.length > 0 ? { tool_calls: missing } : {};
    this.repairRole(delta, true);
    return { index, delta, finish_reason: reason };
  }

  private repairCalls(delta: JsonObject): boolean {
    const repaired = Array.isArray(delta.tool_calls) ? this.tools.repair(delta.tool_calls) : null;
    if (repaired) delta.tool_calls = repaired;
    return repaired !== null;
  }

  /** The SDKs refuse an answer that never named its role. */
  private repairRole(delta: JsonObject, isDue: boolean): boolean {
    if (this.hasRole) return false;
    if (typeof delta.role === "string") this.hasRole = true;
    if (this.hasRole || !isDue) return false;
    this.hasRole = true;
    delta.role = "assistant";
    return true;
  }

  private repairFinish(choice: JsonObject, delta: JsonObject) {
    const raw = choice.finish_reason;
    if (typeof raw !== "string") return { changed: false, isRepeat: false, hasEnded: false };
    if (raw === "" || this.finishReason !== null) {
      choice.finish_reason = null;
      return { changed: true, isRepeat: raw !== "", hasEnded: false };
    }
    const right = finishReasonOf(raw, this.tools.hasCalls);
    this.finishReason = right;
    const missing = right === "tool_calls" ? this.tools.takeMissingArguments() : [];
    if (missing.length > 0) delta.tool_calls = [...asList(delta.tool_calls), ...missing];
    if (right !== raw) {
      choice.finish_reason = right;
      choice.native_finish_reason ??= raw;
    }
    return { changed: right !== raw || missing.length > 0, isRepeat: false, hasEnded: true };
  }
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isEmpty(delta: JsonObject): boolean {
  for (const field in delta) {
    const value = delta[field];
    const isNothing = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (!isNothing && field !== "role") return false;
  }
  return true;
}
