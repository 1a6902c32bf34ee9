import { dataOf, type Fields } from "./streams.ts";

const REASONS = ["stop", "length", "tool_calls", "content_filter", "function_call"];
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value : []);
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

interface ChoiceSoFar {
  hasRole: boolean;
  hasEnded: boolean;
  /** What each tool call was given, by its index. */
  calls: Map<unknown, string>;
}

/** The rules of OpenAI's stream that its SDKs rely on, written apart from the reader that keeps them. */
export class ChunkContract {
  private readonly choices = new Map<unknown, ChoiceSoFar>();

  /** What the event breaks, in a few words; null = nothing. */
  breach(chunk: Fields): string | null {
    if (chunk.error) return "an error";
    if (!Array.isArray(chunk.choices)) return "no choices";
    const isAside = chunk.choices.length === 0 && !chunk.usage && chunk.id === "";
    if (!isAside && !(isText(chunk.id) && isText(chunk.object) && typeof chunk.created === "number"))
      return "identity";
    for (const choice of list(chunk.choices)) {
      const found = this.breachOfChoice(choice);
      if (found) return found;
    }
    return null;
  }

  /** True where an end came, and once, for every choice. */
  get isComplete(): boolean {
    return [...this.choices.values()].every(({ hasEnded }) => hasEnded);
  }

  /** A breach is told once: what follows is judged as if it had been put right. */
  private breachOfChoice(choice: Fields): string | null {
    if (typeof choice.index !== "number") return "no index";
    const state = this.choices.get(choice.index) ?? { hasRole: false, hasEnded: false, calls: new Map() };
    this.choices.set(choice.index, state);
    const reason = choice.finish_reason ?? null;
    const ofDelta =
      typeof choice.text === "string" ? null : breachOfDelta(choice.delta, state, reason !== null);
    return reason === null ? ofDelta : (breachOfEnd(reason, state) ?? ofDelta);
  }
}

function breachOfEnd(reason: unknown, state: ChoiceSoFar): string | null {
  if (reason === "") return "an empty finish reason";
  if (state.hasEnded) return "a second finish reason";
  state.hasEnded = true;
  if (!REASONS.includes(String(reason))) return "a finish reason of its own";
  if (reason === "stop" && state.calls.size > 0) return "stop after tool calls";
  const hasEmpty = [...state.calls.values()].some((text) => text === "");
  return reason === "tool_calls" && hasEmpty ? "a call without arguments" : null;
}

function breachOfDelta(told: unknown, state: ChoiceSoFar, isEnd: boolean): string | null {
  if (typeof told !== "object" || told === null) return "no delta";
  const delta = told as Fields;
  const hadRole = state.hasRole || typeof delta.role === "string";
  const says = ["content", "reasoning", "reasoning_content", "refusal"].some((field) => isSaid(delta[field]));
  const calls = list(delta.tool_calls);
  const isDue = says || isEnd || calls.length > 0;
  state.hasRole = hadRole || isDue;
  const ofCalls = calls.map((call) => breachOfCall(call, state.calls)).find((found) => found !== null);
  if (Array.isArray(delta.content)) return "content in parts";
  return isDue && !hadRole ? "no role" : (ofCalls ?? null);
}

const isSaid = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : isText(value));

function breachOfCall(call: Fields, known: Map<unknown, string>): string | null {
  if (call.custom) return null;
  const called = (call.function ?? {}) as Fields;
  if (typeof called.arguments !== "string") return "arguments";
  const before = known.get(call.index);
  known.set(call.index, (before ?? "") + called.arguments);
  if (before !== undefined)
    return "id" in call || "type" in call || "name" in called ? "identity repeated" : null;
  const isDense = call.index === known.size - 1;
  return !isDense || !call.id || !call.type || !called.name ? "the first delta of a call" : null;
}

/** The first breach in a stream of whole events; null = none. */
export function breachIn(stream: string): string | null {
  const contract = new ChunkContract();
  for (const data of dataOf(stream)) {
    const found = data === "[DONE]" ? null : contract.breach(JSON.parse(data));
    if (found) return found;
  }
  return contract.isComplete ? null : "no finish reason";
}
